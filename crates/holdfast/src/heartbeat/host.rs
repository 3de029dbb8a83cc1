//! The machine that heartbeat's files are read on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs as _};
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};

use heartbeat_conf::{Host, Terminal};
use nix::net::if_::if_nametoindex;
use nix::unistd::{Group, User};

use crate::host::hostname;

/// This machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Machine;

fn addresses(name: &str) -> Vec<IpAddr> {
    (name, 0)
        .to_socket_addrs()
        .map(|all| all.map(|one| one.ip()).collect())
        .unwrap_or_default()
}

impl Host for Machine {
    fn node_name(&self) -> Option<String> {
        Some(hostname())
    }

    fn has_interface(&self, name: &str) -> Option<bool> {
        Some(if_nametoindex(name).is_ok())
    }

    fn resolve_v4(&self, name: &str) -> Option<Option<Ipv4Addr>> {
        Some(addresses(name).into_iter().find_map(|one| match one {
            IpAddr::V4(one) => Some(one),
            IpAddr::V6(_) => None,
        }))
    }

    fn resolve_v6(&self, name: &str) -> Option<Option<Ipv6Addr>> {
        Some(addresses(name).into_iter().find_map(|one| match one {
            IpAddr::V6(one) => Some(one),
            IpAddr::V4(_) => None,
        }))
    }

    fn terminal(&self, path: &str) -> Option<Terminal> {
        Some(match std::fs::metadata(path) {
            Ok(found) if found.file_type().is_char_device() => Terminal::Device,
            Ok(_) => Terminal::Other,
            Err(_) => Terminal::Missing,
        })
    }

    fn has_user(&self, name: &str) -> Option<bool> {
        Some(matches!(User::from_name(name), Ok(Some(_))))
    }

    fn has_group(&self, name: &str) -> Option<bool> {
        Some(matches!(Group::from_name(name), Ok(Some(_))))
    }

    fn is_executable(&self, path: &str) -> Option<bool> {
        Some(
            std::fs::metadata(path)
                .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0),
        )
    }

    fn udp_service(&self, name: &str) -> Option<u16> {
        let services = std::fs::read_to_string("/etc/services").ok()?;
        services.lines().find_map(|line| {
            let line = line.split('#').next().unwrap_or_default();
            let mut words = line.split_whitespace();
            let known = words.next()?;
            let port = words.next()?.strip_suffix("/udp")?;
            (known == name || words.any(|alias| alias == name))
                .then(|| port.parse().ok())
                .flatten()
        })
    }
}
