//! A machine in memory, for tests: the one that the original's verdicts were recorded on.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::{Host, Input, Inputs, Loaded, Source, Terminal, load};

/// A machine with the interfaces lo, eth0 and eth1, the users root and hacluster, the groups root and haclient, and the terminals
/// /dev/null and /dev/tty.
#[derive(Clone, Debug)]
pub struct FakeHost {
    /// `uname -n`.
    pub name: String,
}

impl FakeHost {
    /// The machine under that name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }
}

impl Host for FakeHost {
    fn node_name(&self) -> Option<String> {
        Some(self.name.clone())
    }
    fn has_interface(&self, name: &str) -> Option<bool> {
        Some(matches!(name, "lo" | "eth0" | "eth1"))
    }
    fn resolve_v4(&self, name: &str) -> Option<Option<Ipv4Addr>> {
        // The C library takes addresses with parts left out.
        Some(match name {
            "localhost" => Some(Ipv4Addr::LOCALHOST),
            "192.168.0" => Some(Ipv4Addr::new(192, 168, 0, 0)),
            _ => name.parse().ok(),
        })
    }
    fn resolve_v6(&self, name: &str) -> Option<Option<Ipv6Addr>> {
        Some(name.parse().ok())
    }
    fn terminal(&self, path: &str) -> Option<Terminal> {
        Some(match path {
            "/dev/null" | "/dev/tty" => Terminal::Device,
            "/etc" | "/etc/passwd" => Terminal::Other,
            _ => Terminal::Missing,
        })
    }
    fn has_user(&self, name: &str) -> Option<bool> {
        Some(matches!(name, "root" | "hacluster"))
    }
    fn has_group(&self, name: &str) -> Option<bool> {
        Some(matches!(name, "root" | "haclient"))
    }
    fn is_executable(&self, path: &str) -> Option<bool> {
        Some(matches!(
            path,
            "/bin/true" | "/bin/sleep" | "/bin/sh" | "/usr/libexec/heartbeat/ipfail" | "/etc"
        ))
    }
    fn udp_service(&self, name: &str) -> Option<u16> {
        (name == "ha-cluster").then_some(694)
    }
}

/// Reads these three files on a machine of that name, authkeys with mode 600.
#[must_use]
pub fn read(host: &str, ha_cf: &str, haresources: &str, authkeys: &str) -> Loaded {
    let file = |name: &str, text: &str| Input::new(format!("/etc/ha.d//{name}"), text);
    let inputs = Inputs {
        ha_cf: Source::File(file("ha.cf", ha_cf)),
        haresources: Source::File(file("haresources", haresources)),
        authkeys: Source::File(file("authkeys", authkeys).mode(0o600)),
    };
    load(&inputs, &FakeHost::new(host))
}
