//! The machine that a keepalived configuration is read on.

use std::io;
use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::time::{SystemTime, UNIX_EPOCH};

use haproxy_cfg::Host as _;
use keepalived_conf::{FileStatus, Host};
use nix::net::if_::InterfaceFlags;
use nix::unistd::User;

use crate::host::{SystemHost, hostname};

/// This machine, in the network namespace that the process is in.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Machine;

impl Host for Machine {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        SystemHost.list_folder(path)
    }

    fn file_status(&self, path: &str) -> io::Result<FileStatus> {
        let meta = std::fs::metadata(path)?;
        Ok(FileStatus {
            folder: meta.is_dir(),
            regular: meta.is_file(),
            mode: meta.permissions().mode() & 0o7777,
            uid: meta.uid(),
            gid: meta.gid(),
        })
    }

    fn canonical_path(&self, path: &str) -> io::Result<String> {
        let path = std::fs::canonicalize(path)?;
        path.into_os_string()
            .into_string()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "its path is not UTF-8"))
    }

    fn current_folder(&self) -> String {
        std::env::current_dir().map_or_else(|_| ".".to_owned(), |path| path.to_string_lossy().into_owned())
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        SystemHost.env(name)
    }

    fn resolve(&self, host: &str) -> Option<IpAddr> {
        SystemHost.resolve(host)
    }

    fn user(&self, name: &str) -> Option<(u32, u32)> {
        let user = User::from_name(name).ok()??;
        Some((user.uid.as_raw(), user.gid.as_raw()))
    }

    fn group(&self, name: &str) -> Option<u32> {
        SystemHost.group_id(name)
    }

    fn own_ids(&self) -> (u32, u32) {
        (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw())
    }

    fn groups_of(&self, uid: u32, gid: u32) -> Vec<u32> {
        let Ok(Some(user)) = User::from_uid(nix::unistd::Uid::from_raw(uid)) else {
            return Vec::new();
        };
        let Ok(name) = std::ffi::CString::new(user.name) else {
            return Vec::new();
        };
        let groups = nix::unistd::getgrouplist(&name, nix::unistd::Gid::from_raw(gid));
        let groups = groups.unwrap_or_default().into_iter();
        groups.map(nix::unistd::Gid::as_raw).collect()
    }

    fn hostname(&self) -> String {
        hostname()
    }

    fn has_interface(&self, name: &str) -> bool {
        nix::net::if_::if_nametoindex(name).is_ok()
    }

    fn is_loopback(&self, name: &str) -> bool {
        // Where the system does not tell, the name that it always has decides.
        nix::ifaddrs::getifaddrs().map_or(name == "lo", |mut interfaces| {
            interfaces.any(|interface| {
                interface.interface_name == name && interface.flags.contains(InterfaceFlags::IFF_LOOPBACK)
            })
        })
    }

    fn processors(&self) -> u32 {
        let count = nix::unistd::sysconf(nix::unistd::SysconfVar::_NPROCESSORS_CONF);
        // Where the system does not tell, no number is refused.
        count
            .ok()
            .flatten()
            .and_then(|count| u32::try_from(count).ok())
            .unwrap_or(u32::MAX)
    }

    fn is_macvlan(&self, name: &str) -> bool {
        vrrp::is_private_macvlan(name)
    }

    fn is_ipvlan(&self, name: &str) -> bool {
        vrrp::is_l2_ipvlan(name)
    }

    fn random(&self, seed: Option<u32>, count: u32, low: u32, high: u32) -> u32 {
        let seed = seed.map_or_else(start_of_random, u64::from);
        // SplitMix64: numbers that look drawn, the same for the same seed.
        let mut mixed = seed.wrapping_add(u64::from(count).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let span = u64::from(high.saturating_sub(low)) + 1;
        let drawn = mixed % span;
        // Below `span`, which is at most 2^32.
        low + u32::try_from(drawn).unwrap_or(0)
    }
}

/// A seed that is another one in each run.
fn start_of_random() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (u64::from(now.subsec_nanos()) << 32) ^ now.as_secs() ^ u64::from(std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_numbers_stay_in_their_range_and_repeat_with_their_seed() {
        for count in 0..1000 {
            let drawn = Machine.random(Some(7), count, 10, 12);
            assert!((10..=12).contains(&drawn));
            assert_eq!(drawn, Machine.random(Some(7), count, 10, 12));
        }
        assert_eq!(Machine.random(None, 1, 5, 5), 5);
    }
}
