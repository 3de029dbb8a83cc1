//! What a reading asks of the machine. A question that cannot be answered (because the files are looked at elsewhere) is answered
//! by none, and nothing is said of it.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The machine that the files are for.
pub trait Host {
    /// `uname -n`.
    fn node_name(&self) -> Option<String>;
    /// Whether there is an interface of that name.
    fn has_interface(&self, name: &str) -> Option<bool>;
    /// The IPv4 address of that name of a host; some of none when it has none.
    fn resolve_v4(&self, name: &str) -> Option<Option<Ipv4Addr>>;
    /// The IPv6 address of that name of a host; some of none when it has none.
    fn resolve_v6(&self, name: &str) -> Option<Option<Ipv6Addr>>;
    /// What that path is, for `serial`.
    fn terminal(&self, path: &str) -> Option<Terminal>;
    /// Whether there is such a user (a name).
    fn has_user(&self, name: &str) -> Option<bool>;
    /// Whether there is such a group (a name).
    fn has_group(&self, name: &str) -> Option<bool>;
    /// Whether that file is there and may be executed.
    fn is_executable(&self, path: &str) -> Option<bool>;
    /// The port that the machine has under that name of a service over UDP.
    fn udp_service(&self, name: &str) -> Option<u16>;
}

/// What is behind the path of a serial line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// A character device.
    Device,
    /// Something else.
    Other,
    /// Nothing.
    Missing,
}

/// A host that cannot be asked: for files that are looked at elsewhere than where they run. Addresses are still read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Elsewhere;

impl Host for Elsewhere {
    fn node_name(&self) -> Option<String> {
        None
    }
    fn has_interface(&self, _name: &str) -> Option<bool> {
        None
    }
    fn resolve_v4(&self, name: &str) -> Option<Option<Ipv4Addr>> {
        name.parse().ok().map(Some)
    }
    fn resolve_v6(&self, name: &str) -> Option<Option<Ipv6Addr>> {
        name.parse().ok().map(Some)
    }
    fn terminal(&self, _path: &str) -> Option<Terminal> {
        None
    }
    fn has_user(&self, _name: &str) -> Option<bool> {
        None
    }
    fn has_group(&self, _name: &str) -> Option<bool> {
        None
    }
    fn is_executable(&self, _path: &str) -> Option<bool> {
        None
    }
    fn udp_service(&self, _name: &str) -> Option<u16> {
        None
    }
}
