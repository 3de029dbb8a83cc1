//! Whether each listener could be had now.

use std::ffi::OsStr;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::FileTypeExt as _;
use std::path::Path;

use haproxy_cfg::model::{Address, Bind, Config};
use nix::unistd::{AccessFlags, access};
use proxy::listen::attempt_inet;
use syntax::SourceMap;

use super::{Grade, Item, kernel, place};

/// All listeners of the configuration.
pub(super) fn look(config: &Config, sources: &SourceMap) -> Vec<Item> {
    let holders = Holders::look();
    let mut items = Vec::new();
    let proxies = config.proxies.iter().filter(|proxy| !proxy.disabled);
    for proxy in proxies {
        for bind in &proxy.binds {
            let item = judge(bind, &holders, &format!("{} {}", proxy.name, bind.written));
            items.push(item.at(place(sources, bind.span)));
        }
    }
    for bind in &config.global.stats_sockets {
        let item = judge(bind, &holders, &format!("stats socket {}", bind.written));
        items.push(item.at(place(sources, bind.span)));
    }
    items
}

fn judge(bind: &Bind, holders: &Holders, about: &str) -> Item {
    match &bind.address {
        Address::Inet(address) => inet(bind, *address, holders, about),
        Address::Unix(path) => unix(Path::new(OsStr::from_bytes(path)), about),
        Address::Abstract(_) => Item::new(Grade::Fine, about, "a name of the abstract namespace; not tried"),
        Address::Fd(number) | Address::SockPair(number) => Item::new(
            Grade::Note,
            about,
            format!("descriptor {number} comes from whoever starts the process; not tried"),
        ),
    }
}

fn inet(bind: &Bind, address: SocketAddr, holders: &Holders, about: &str) -> Item {
    let held = holders.of(address);
    let by = || {
        let names: Vec<String> = held.iter().map(ToString::to_string).collect();
        if names.is_empty() {
            "somebody".to_owned()
        } else {
            names.join(", ")
        }
    };
    match attempt_inet(bind, address) {
        Ok(()) if held.is_empty() => Item::new(Grade::Fine, about, "can be bound"),
        Ok(()) => Item::new(
            Grade::Note,
            about,
            format!(
                "can be bound, though {} listens there: a reload takes it over, a start beside it shares it",
                by()
            ),
        ),
        Err(error) => Item::new(Grade::Wrong, about, why(&error, address, &by)),
    }
}

/// Why an address cannot be bound, and what helps.
fn why(error: &io::Error, address: SocketAddr, by: &dyn Fn() -> String) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "in use by {}; a reload (-sf, or of the master) takes it over",
            by()
        ),
        io::ErrorKind::AddrNotAvailable => {
            let family = if address.is_ipv4() { "ipv4" } else { "ipv6" };
            let name = format!("net.{family}.ip_nonlocal_bind");
            let set = kernel::setting(&name).unwrap_or_default();
            format!(
                "no address of this machine, and {name} is {set}: set it to 1, write 'transparent' on the bind line, or start once the \
                 address is here"
            )
        }
        io::ErrorKind::PermissionDenied => {
            let first = kernel::setting("net.ipv4.ip_unprivileged_port_start").unwrap_or_default();
            format!("not allowed: only root, or who has CAP_NET_BIND_SERVICE, binds ports below {first}")
        }
        _ => format!("cannot be bound: {error}"),
    }
}

fn unix(path: &Path, about: &str) -> Item {
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        return Item::new(
            Grade::Wrong,
            about,
            format!("there is no folder {}", folder.display()),
        );
    }
    if access(folder, AccessFlags::W_OK).is_err() {
        return Item::new(
            Grade::Wrong,
            about,
            format!("the folder {} cannot be written to", folder.display()),
        );
    }
    match path.symlink_metadata() {
        Err(_) => Item::new(Grade::Fine, about, "can be made"),
        Ok(found) if found.file_type().is_socket() => Item::new(
            Grade::Note,
            about,
            "there already; its place is taken from whoever listens on it",
        ),
        Ok(_) => Item::new(Grade::Wrong, about, "there is something that is no socket"),
    }
}

/// A process that listens.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    at: SocketAddr,
    pid: Option<u32>,
    name: String,
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "{} (process {pid})", self.name),
            None => write!(f, "a process of somebody else"),
        }
    }
}

/// Who listens on this machine.
#[derive(Debug, Default)]
struct Holders(Vec<Holder>);

impl Holders {
    fn look() -> Self {
        let mut holders = Vec::new();
        let owners = owners();
        for table in ["/proc/self/net/tcp", "/proc/self/net/tcp6"] {
            let Ok(text) = std::fs::read_to_string(table) else {
                continue;
            };
            for (at, inode) in text.lines().skip(1).filter_map(listening) {
                let owner = owners.iter().find(|(known, ..)| *known == inode);
                holders.push(Holder {
                    at,
                    pid: owner.map(|(_, pid, _)| *pid),
                    name: owner.map_or_else(String::new, |(_, _, name)| name.clone()),
                });
            }
        }
        Self(holders)
    }

    /// Those at an address, each process once.
    fn of(&self, address: SocketAddr) -> Vec<&Holder> {
        let mut found: Vec<&Holder> = Vec::new();
        for holder in &self.0 {
            let same = holder.at.ip() == address.ip();
            let meets = same || holder.at.ip().is_unspecified() || address.ip().is_unspecified();
            if holder.at.port() == address.port()
                && meets
                && !found.iter().any(|known| known.pid == holder.pid)
            {
                found.push(holder);
            }
        }
        found
    }
}

/// The address and the inode of a line of the kernel's table, where it listens.
fn listening(line: &str) -> Option<(SocketAddr, u64)> {
    const LISTENS: &str = "0A";
    let words: Vec<&str> = line.split_whitespace().collect();
    if *words.get(3)? != LISTENS {
        return None;
    }
    let (ip, port) = words.get(1)?.split_once(':')?;
    let word = |at: usize| u32::from_str_radix(ip.get(at * 8..at * 8 + 8)?, 16).ok();
    let ip = if ip.len() == 8 {
        IpAddr::from(word(0)?.to_ne_bytes())
    } else {
        let mut octets = [0; 16];
        for at in 0..4 {
            octets[at * 4..at * 4 + 4].copy_from_slice(&word(at)?.to_ne_bytes());
        }
        IpAddr::from(octets)
    };
    let port = u16::from_str_radix(port, 16).ok()?;
    Some((SocketAddr::new(ip, port), words.get(9)?.parse().ok()?))
}

/// Sockets of processes that may be looked at: inode, process, its name.
fn owners() -> Vec<(u64, u32, String)> {
    let mut owners = Vec::new();
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return owners;
    };
    for process in processes.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // What ended meanwhile, or is somebody else's, holds nothing that could be named.
        let Ok(descriptors) = std::fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let name = std::fs::read_to_string(process.path().join("comm")).unwrap_or_default();
        for descriptor in descriptors.flatten() {
            let Ok(target) = std::fs::read_link(descriptor.path()) else {
                continue;
            };
            let inode = target
                .to_str()
                .and_then(|text| text.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok());
            if let Some(inode) = inode {
                owners.push((inode, pid, name.trim().to_owned()));
            }
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_kernel_are_read() {
        let line = "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0";
        assert_eq!(listening(line), Some(("127.0.0.1:8080".parse().unwrap(), 4711)));
        assert_eq!(listening(&line.replace(" 0A ", " 01 ")), None);
        let six = "   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 12";
        assert_eq!(listening(six), Some(("[::1]:80".parse().unwrap(), 12)));
    }
}
