//! The as-written model of the LVS part: virtual servers, their groups, real servers and checks, as far as their verdict needs.

use std::fmt;
use std::net::IpAddr;

use syntax::Span;

use crate::written::{Command, Spanned};

/// All of the LVS part.
#[derive(Debug, Default)]
pub(crate) struct Services {
    pub(crate) groups: Vec<ServerGroup>,
    pub(crate) servers: Vec<VirtualServer>,
}

/// A `virtual_server_group`.
#[derive(Debug)]
pub(crate) struct ServerGroup {
    pub(crate) name: Spanned<String>,
    pub(crate) addresses: u32,
    pub(crate) marks: u32,
    /// Whether one of its addresses has no port.
    pub(crate) zero_port: bool,
}

/// What a virtual server serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// An address with its port; 0 is all ports.
    Address(IpAddr, u16),
    /// Packets of a mark.
    Mark(u32),
    /// A group, by its name.
    Group(String),
}

/// How packets reach a real server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forwarding {
    Nat,
    Direct,
    Tunnel,
}

/// A `virtual_server`.
#[derive(Debug)]
pub(crate) struct VirtualServer {
    pub(crate) served: Served,
    pub(crate) span: Span,
    pub(crate) protocol: Option<&'static str>,
    pub(crate) scheduler: Option<String>,
    pub(crate) forwarding: Option<Forwarding>,
    /// Whether it is about IPv4: by its address, `ip_family`, or the first real server.
    pub(crate) ipv4: Option<bool>,
    pub(crate) persistent: bool,
    pub(crate) one_packet: Option<Span>,
    pub(crate) quorum: Spanned<u32>,
    pub(crate) hysteresis: Spanned<u32>,
    /// Weight of real servers that have none of their own.
    pub(crate) weight: u32,
    pub(crate) sorry_server: Option<Spanned<IpAddr>>,
    pub(crate) programs: Vec<Command>,
    pub(crate) real_servers: Vec<RealServer>,
}

/// A `real_server`.
#[derive(Debug)]
pub(crate) struct RealServer {
    pub(crate) address: IpAddr,
    pub(crate) port: u16,
    pub(crate) span: Span,
    pub(crate) weight: Option<u32>,
    pub(crate) forwarding: Option<Forwarding>,
    pub(crate) programs: Vec<Command>,
    /// The check whose block is being read.
    pub(crate) check: Check,
}

/// A check of a real server while its block is read.
#[derive(Debug, Default)]
pub(crate) struct Check {
    /// `connect_ip`, where it differs from the real server's.
    pub(crate) connect_ip: Option<IpAddr>,
    pub(crate) bind_if: bool,
    pub(crate) url_path: bool,
    pub(crate) urls: u32,
    pub(crate) least: Option<u32>,
    pub(crate) most: Option<Spanned<u32>>,
    pub(crate) script: Option<Command>,
    pub(crate) user: Option<Option<(u32, u32)>>,
    /// The file that is tracked, or the BFD session; inside, whether one was written though there is none of it.
    pub(crate) thing: Option<String>,
    pub(crate) thing_told: bool,
}

/// What a virtual server is called in messages.
pub(crate) struct Shown<'s>(pub(crate) &'s VirtualServer);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.served {
            Served::Address(address, port) => {
                write!(out, "[{address}]:{}:{port}", self.0.protocol.unwrap_or("none"))
            }
            Served::Mark(mark) => write!(out, "FWM {mark}"),
            Served::Group(name) => write!(out, "[{name}]:0"),
        }
    }
}

impl VirtualServer {
    /// What one of its real servers is called in messages.
    pub(crate) fn shown(&self, server: &RealServer) -> String {
        format!(
            "[{}]:{}:{}",
            server.address,
            self.protocol.unwrap_or("none"),
            server.port
        )
    }
}
