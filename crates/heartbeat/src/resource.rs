//! One resource: whether it runs, starting and stopping it. Addresses are set by netlink and announced by ARP; everything else is a
//! script of resource.d, or of init.d where resource.d has none.

use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::rc::Rc;
use std::time::Duration;

use heartbeat_conf::model::{Address, Family, Resource, ResourceKind};
use heartbeat_proto::Level;
use tokio::process::Command;
use tokio::task::spawn_local;
use tokio::time::sleep;
use vrrp::machine::{Addresses, Place};

use crate::log::Log;

/// How often an address is announced, and how far apart: neighbours may miss one.
const ANNOUNCEMENTS: u32 = 5;
const BETWEEN_ANNOUNCEMENTS: Duration = Duration::from_millis(500);

/// The most names that are tried for an address (`eth0:0`, `eth0:1` and so on).
const MOST_ALIASES: u32 = 1000;

/// The exit status of an agent's or script's `status` that says that it does not run.
const NOT_RUNNING: [i32; 2] = [3, 7];

/// What resources are handled with.
#[derive(Clone, Debug)]
pub(crate) struct Hand {
    addresses: Rc<RefCell<Addresses>>,
    folders: Rc<[PathBuf]>,
    ha_dir: PathBuf,
    log: Log,
}

impl Hand {
    /// Scripts are looked for in `resource.d` of `ha_dir`, then in `init_dir`.
    pub(crate) fn new(ha_dir: &Path, init_dir: &Path, log: Log) -> io::Result<Self> {
        Ok(Self {
            addresses: Rc::new(RefCell::new(Addresses::open()?)),
            folders: [ha_dir.join("resource.d"), init_dir.to_owned()].into(),
            ha_dir: ha_dir.to_owned(),
            log,
        })
    }

    /// Whether it runs here.
    pub(crate) async fn is_running(&self, resource: &Resource) -> io::Result<bool> {
        match &resource.kind {
            ResourceKind::Address(address) => {
                let holder = self.addresses.borrow_mut().holder(address.address)?;
                Ok(holder.is_some())
            }
            ResourceKind::Script => {
                let output = self
                    .command(resource, "status")?
                    .stdout(Stdio::piped())
                    .output()
                    .await?;
                let text = String::from_utf8_lossy(&output.stdout).to_ascii_lowercase();
                Ok(says_running(&text, output.status))
            }
        }
    }

    /// Starts it.
    ///
    /// # Errors
    /// Why it does not run.
    pub(crate) async fn start(&self, resource: &Resource) -> io::Result<()> {
        match &resource.kind {
            ResourceKind::Address(address) => self.take(address),
            ResourceKind::Script => self.run(resource, "start").await,
        }
    }

    /// Stops it.
    ///
    /// # Errors
    /// Why it may still run.
    pub(crate) async fn stop(&self, resource: &Resource) -> io::Result<()> {
        match &resource.kind {
            ResourceKind::Address(address) => self.addresses.borrow_mut().remove(address.address),
            ResourceKind::Script => self.run(resource, "stop").await,
        }
    }

    /// How the log is told of what is done to it.
    pub(crate) fn shown(&self, resource: &Resource, action: &str) -> String {
        let script = match &resource.kind {
            ResourceKind::Address(_) => self.folders.first().map(|folder| folder.join(&resource.name)),
            ResourceKind::Script => self.script(&resource.name).ok(),
        };
        let script = script.map_or_else(|| resource.name.clone(), |path| path.display().to_string());
        let arguments = resource.arguments.join(" ");
        format!("{script} {arguments} {action}")
    }

    fn script(&self, name: &str) -> io::Result<PathBuf> {
        // A name with a slash would lead out of the folders.
        let inside = !name.contains('/') && name != "." && name != "..";
        self.folders
            .iter()
            .map(|folder| folder.join(name))
            .find(|path| inside && path.is_file())
            .ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::NotFound,
                    format!("Cannot locate resource script {name}"),
                )
            })
    }

    fn command(&self, resource: &Resource, action: &str) -> io::Result<Command> {
        let mut command = Command::new(self.script(&resource.name)?);
        command
            .args(&resource.arguments)
            .arg(action)
            .env("HA_DIR", &self.ha_dir)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        Ok(command)
    }

    async fn run(&self, resource: &Resource, action: &str) -> io::Result<()> {
        let status = self.command(resource, action)?.status().await?;
        if status.success() {
            return Ok(());
        }
        let script = self.script(&resource.name)?;
        Err(io::Error::other(match status.code() {
            Some(code) => format!("Return code {code} from {}", script.display()),
            None => format!("{} was ended: {status}", script.display()),
        }))
    }

    fn take(&self, address: &Address) -> io::Result<()> {
        let ip = address.address;
        let place = self.place(address)?;
        self.log.resources(
            Level::Info,
            format!(
                "Adding {} address {ip}/{} to device {}{}",
                if ip.is_ipv4() { "inet" } else { "inet6" },
                place.prefix,
                place.interface,
                place
                    .label
                    .as_ref()
                    .map_or_else(String::new, |label| format!(" (with label {label})")),
            ),
        );
        self.addresses.borrow_mut().add(ip, &place)?;
        let hand = self.clone();
        spawn_local(async move { hand.announce(ip, &place.interface).await });
        Ok(())
    }

    /// Tells the neighbours, as long as the address is there.
    async fn announce(&self, address: IpAddr, interface: &str) {
        for _ in 0..ANNOUNCEMENTS {
            let told = {
                let mut addresses = self.addresses.borrow_mut();
                match addresses.holder(address) {
                    Ok(Some(_)) => addresses.announce(address, interface),
                    Ok(None) => return,
                    Err(error) => Err(error),
                }
            };
            if let Err(error) = told {
                self.log.resources(
                    Level::Error,
                    format!("gratuitous ARP for {address} on {interface}: {error}"),
                );
            }
            sleep(BETWEEN_ANNOUNCEMENTS).await;
        }
    }

    /// Where an address goes, with what the file leaves out.
    fn place(&self, address: &Address) -> io::Result<Place> {
        let ip = address.address;
        let mut addresses = self.addresses.borrow_mut();
        let network = addresses.network_of(ip, address.interface.as_deref())?;
        let host = if ip.is_ipv4() { 32 } else { 128 };
        let interface = match (&address.interface, &network) {
            (Some(interface), _) => interface.clone(),
            (None, Some((interface, _))) => interface.clone(),
            (None, None) => {
                return Err(io::Error::other(format!(
                    "no interface has an address of the network of {ip}: name one behind the address"
                )));
            }
        };
        let prefix = address
            .prefix
            .or(network.map(|(_, prefix)| prefix))
            .unwrap_or(host);
        let broadcast = match ip {
            IpAddr::V4(ip) if prefix < 31 => Some(address.broadcast.unwrap_or_else(|| broadcast(ip, prefix))),
            _ => None,
        };
        let label = match (&address.alias, address.family) {
            (Some(alias), _) => Some(format!("{interface}:{alias}")),
            (None, Family::IpAddr) if ip.is_ipv4() => free_label(&interface)?,
            (None, _) => None,
        };
        Ok(Place {
            interface,
            prefix,
            broadcast,
            label,
        })
    }
}

/// The last address of a network.
fn broadcast(address: Ipv4Addr, prefix: u8) -> Ipv4Addr {
    let host = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
    Ipv4Addr::from_bits(address.to_bits() | host)
}

/// The first name of the interface with a number behind it that no address has.
fn free_label(interface: &str) -> io::Result<Option<String>> {
    let taken: Vec<String> = nix::ifaddrs::getifaddrs()?
        .map(|one| one.interface_name)
        .collect();
    Ok((0..MOST_ALIASES)
        .map(|number| format!("{interface}:{number}"))
        .find(|label| !taken.contains(label)))
}

/// Whether what `status` prints (in small letters) and ends with says that a resource runs: the words count, as for scripts that were
/// written for heartbeat, unless the status says plainly that it does not.
fn says_running(text: &str, status: ExitStatus) -> bool {
    if status.code().is_some_and(|code| NOT_RUNNING.contains(&code)) {
        return false;
    }
    let denies = ["stopped", "not running", "isn't running", "inactive", "dead"];
    if denies.iter().any(|word| text.contains(word)) {
        return false;
    }
    text.contains("running")
        || text
            .split(|letter: char| !letter.is_ascii_alphanumeric())
            .any(|word| word == "ok")
        || (status.success() && text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn words_say_whether_a_resource_runs() {
        let status = |code| ExitStatus::from_raw(code << 8);
        assert!(says_running("running\n", status(0)));
        assert!(says_running("info: running ok\n", status(0)));
        assert!(says_running("ok", status(0)));
        assert!(says_running("", status(0)));
        assert!(!says_running("", status(1)));
        assert!(!says_running("stopped", status(0)));
        assert!(!says_running("running", status(3)));
        assert!(!says_running("nginx is not running", status(0)));
        assert!(!says_running("token", status(1)));
    }

    #[test]
    fn a_broadcast_address_is_the_last_of_its_network() {
        let address = Ipv4Addr::new(192, 168, 0, 99);
        assert_eq!(broadcast(address, 24), Ipv4Addr::new(192, 168, 0, 255));
        assert_eq!(broadcast(address, 28), Ipv4Addr::new(192, 168, 0, 111));
    }
}
