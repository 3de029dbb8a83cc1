//! The groups of haresources.

use std::net::{IpAddr, Ipv4Addr};

use syntax::Span;

/// A line of haresources: what moves together, started from the first to the last and stopped from the last to the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The node that it belongs to when both are there.
    pub owner: String,
    /// Place of that name.
    pub owner_span: Span,
    /// What is started, in order.
    pub resources: Vec<Resource>,
    /// The line.
    pub span: Span,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The script; `IPaddr` or `IPv6addr` for an address alone, which is short for it.
    pub name: String,
    /// What the script is given before `start`, `stop` or `status`, in order.
    pub arguments: Vec<String>,
    /// What it is, as far as its name tells.
    pub kind: ResourceKind,
    /// Its place.
    pub span: Span,
}

impl Resource {
    /// As haresources has it in full: name and arguments with `::` between them.
    #[must_use]
    pub fn full(&self) -> String {
        let mut out = self.name.clone();
        for argument in &self.arguments {
            out.push_str("::");
            out.push_str(argument);
        }
        out
    }
}

/// What a resource is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceKind {
    /// An address that is taken: `IPaddr`, `IPaddr2`, `IPv6addr`, or written alone.
    Address(Address),
    /// A script of resource.d or init.d, or an agent (`OCF::…`).
    Script,
}

/// Which script takes an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `IPaddr`: an alias of the interface.
    IpAddr,
    /// `IPaddr2`: a further address of the interface.
    IpAddr2,
    /// `IPv6addr`.
    Ipv6Addr,
}

/// An address with what was written behind it. What is missing comes from the route to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Which script takes it.
    pub family: Family,
    /// The address.
    pub address: IpAddr,
    /// Length of the network's prefix.
    pub prefix: Option<u8>,
    /// The interface; without an alias that was written behind it.
    pub interface: Option<String>,
    /// What stands behind the colon of `eth0:1`.
    pub alias: Option<String>,
    /// The broadcast address.
    pub broadcast: Option<Ipv4Addr>,
}
