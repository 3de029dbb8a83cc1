//! Addresses that go with the master.

use std::net::{IpAddr, Ipv4Addr};

/// How far an address reaches, as the kernel numbers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Everywhere.
    #[default]
    Global,
    /// Within the site (IPv6).
    Site,
    /// On this link.
    Link,
    /// On this host.
    Host,
    /// Nowhere.
    Nowhere,
    /// Another of the kernel's numbers.
    Other(u8),
}

impl Scope {
    /// The kernel's number (`RT_SCOPE_*`).
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Global => 0,
            Self::Site => 200,
            Self::Link => 253,
            Self::Host => 254,
            Self::Nowhere => 255,
            Self::Other(number) => number,
        }
    }
}

/// An entry of `virtual_ipaddress` or `virtual_ipaddress_excluded`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualAddress {
    /// The address.
    pub address: IpAddr,
    /// Bits of its network; 32 (IPv4) or 128 (IPv6) when the file names none.
    pub prefix: u8,
    /// The interface that it is set on: `dev`, or the instance's.
    pub interface: String,
    /// `use_vmac`, or `use_vmac_addr` of its instance: it is set on an interface of its own above that one, which has the virtual
    /// router's MAC address.
    pub vmac: bool,
    /// `label`.
    pub label: Option<String>,
    /// `scope`; global when the file names none.
    pub scope: Scope,
    /// `brd`, worked out when the file asks for `+` or `-`; none sets none.
    pub broadcast: Option<Ipv4Addr>,
    /// `peer`, with the bits of its network.
    pub peer: Option<(IpAddr, u8)>,
    /// `home`.
    pub home: bool,
    /// `-nodad`: without it nobody waits for an answer that an address of IPv6 is free, as it moves.
    pub detect_duplicates: bool,
    /// `mngtmpaddr`.
    pub manage_temporary: bool,
    /// `noprefixroute`.
    pub no_prefix_route: bool,
    /// `autojoin`.
    pub auto_join: bool,
    /// `no_track`: that somebody deletes it does not make the instance leave MASTER.
    pub no_track: bool,
    /// `preferred_lft` in seconds; `u32::MAX` is for ever. None when the file says nothing.
    pub preferred_lifetime: Option<u32>,
}
