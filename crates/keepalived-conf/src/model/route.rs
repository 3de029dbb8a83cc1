//! Routes and routing rules, of instances and of the machine, as the kernel takes them (rtnetlink(7), ip-route(8), ip-rule(8)).

use std::net::IpAddr;

use super::VirtualAddress;

/// The number that routes and rules of keepalived bear, so that everybody sees whose they are (`RTPROT_KEEPALIVED`).
pub const PROTOCOL_KEEPALIVED: u8 = 18;

/// An address with the bits of its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// The address.
    pub address: IpAddr,
    /// Bits of the network.
    pub prefix: u8,
}

impl Network {
    /// Everything of a family.
    #[must_use]
    pub fn any(ipv6: bool) -> Self {
        Self {
            address: unspecified(ipv6),
            prefix: 0,
        }
    }
}

fn unspecified(ipv6: bool) -> IpAddr {
    if ipv6 {
        std::net::Ipv6Addr::UNSPECIFIED.into()
    } else {
        std::net::Ipv4Addr::UNSPECIFIED.into()
    }
}

/// What becomes of packets that a route holds for; the numbers are the kernel's (`RTN_*`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum RouteKind {
    /// They go on.
    #[default]
    Unicast = 1,
    /// They are for this machine.
    Local = 2,
    /// They are for this machine and everybody on the link.
    Broadcast = 3,
    /// They are for this machine among others.
    Anycast = 4,
    /// They go to a group.
    Multicast = 5,
    /// They are dropped.
    Blackhole = 6,
    /// They are refused as unreachable.
    Unreachable = 7,
    /// They are refused as forbidden.
    Prohibit = 8,
    /// Another table is looked at.
    Throw = 9,
    /// Network address translation, which no kernel of this century does.
    Nat = 10,
    /// Something outside of the kernel is asked, which is not done either.
    Resolve = 11,
}

/// The table that a route stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteTable {
    /// That of a number; 254 is `main`.
    Number(u32),
    /// That of a VRF, by the name of its interface.
    Vrf(String),
}

/// A tunnel that a route puts packets into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encap {
    /// `encap mpls`: labels of 20 bits, the outermost first.
    Mpls(Vec<u32>),
    /// `encap ip` and `encap ip6`.
    Ip {
        /// Whether it is `ip6`.
        ipv6: bool,
        /// `id`: the tunnel's number.
        id: Option<u64>,
        /// `dst`.
        destination: Option<IpAddr>,
        /// `src`.
        source: Option<IpAddr>,
        /// `ttl`, or `hoplimit`.
        ttl: Option<u8>,
        /// `tos`, or `tc`.
        tos: Option<u8>,
        /// `flags`.
        flags: Option<u16>,
    },
    /// `encap ila`: the locator.
    Ila(u64),
}

/// Where packets go next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NextHop {
    /// `via`.
    pub gateway: Option<IpAddr>,
    /// `dev`.
    pub interface: Option<String>,
    /// `weight`, from 1 to 256; 1 when the file gives none.
    pub weight: u16,
    /// `onlink`: the gateway is reached whether or not an address says so.
    pub onlink: bool,
    /// `realms` of this hop.
    pub realms: Option<u32>,
    /// `encap`.
    pub encap: Option<Encap>,
}

/// A value that the kernel keeps with a route; the numbers are `RTAX_*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteMetric {
    /// Which.
    pub number: u16,
    /// Its value.
    pub value: MetricValue,
}

/// The value of a metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricValue {
    /// In the kernel's unit.
    Number(u32),
    /// `congctl`: the name of a congestion control algorithm.
    Name(String),
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Whether it is of IPv6.
    pub ipv6: bool,
    /// What becomes of the packets.
    pub kind: RouteKind,
    /// `to`, or what stands by itself: where the packets go to.
    pub destination: Network,
    /// `from`: where they come from (IPv6).
    pub from: Option<Network>,
    /// `tos`.
    pub tos: u8,
    /// `table`, or that of `vrf`.
    pub table: RouteTable,
    /// `protocol`: whose route it is.
    pub protocol: u8,
    /// `scope` as the kernel numbers it.
    pub scope: u8,
    /// `src`: the address to send from.
    pub source: Option<IpAddr>,
    /// `metric`, `priority` or `preference`.
    pub priority: Option<u32>,
    /// Where the packets go, for a route with one hop or none.
    pub hop: NextHop,
    /// `nexthop`: hops that share the packets.
    pub hops: Vec<NextHop>,
    /// Values for connections along the route, in the order of their numbers.
    pub metrics: Vec<RouteMetric>,
    /// Which of them are locked, as bits of their numbers.
    pub locked: u32,
    /// `realms`: the source's in the upper half, the destination's in the lower (IPv4).
    pub realms: Option<u32>,
    /// `pref` as the kernel numbers it: 0 medium, 1 high, 3 low (IPv6).
    pub preference: Option<u8>,
    /// `expires`: seconds until the kernel takes it away (IPv6).
    pub expires: Option<u32>,
    /// `ttl-propagate` (MPLS).
    pub ttl_propagate: Option<bool>,
    /// `append`: behind other routes of the same destination, not before them.
    pub append: bool,
    /// Not `no_track`: its loss means something.
    pub tracked: bool,
}

impl Route {
    /// The interfaces that it goes out on, as far as the file names them.
    pub fn interfaces(&self) -> impl Iterator<Item = &str> + Clone {
        [&self.hop]
            .into_iter()
            .chain(&self.hops)
            .filter_map(|hop| hop.interface.as_deref())
    }
}

/// What a rule does with packets that it holds for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleAction {
    /// They are routed by that table.
    Table(u32),
    /// They are routed by the table of the VRF that they belong to.
    L3mdev,
    /// The rules go on at that preference.
    Goto(u32),
    /// The next rule is looked at.
    Nop,
    /// They are dropped.
    Blackhole,
    /// They are refused as unreachable.
    Unreachable,
    /// They are refused as forbidden.
    Prohibit,
}

/// A routing rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Whether it is of IPv6.
    pub ipv6: bool,
    /// `not`: it holds for all others.
    pub invert: bool,
    /// `from`.
    pub from: Option<Network>,
    /// `to`.
    pub to: Option<Network>,
    /// `iif` or `dev`: the interface that they came by.
    pub iif: Option<String>,
    /// `oif`: the interface that a socket is bound to.
    pub oif: Option<String>,
    /// `tos`.
    pub tos: u8,
    /// `fwmark`, with its mask.
    pub mark: Option<(u32, Option<u32>)>,
    /// `preference`: its place among the rules.
    pub preference: u32,
    /// What it does.
    pub action: RuleAction,
    /// `suppress_prefixlength`: routes of a network that is no smaller do not count.
    pub suppress_prefix: Option<u32>,
    /// `suppress_ifgroup`: routes by an interface of that group do not count.
    pub suppress_group: Option<u32>,
    /// `realms` (IPv4).
    pub realms: Option<u32>,
    /// `uidrange`: users, the first and the last.
    pub users: Option<(u32, u32)>,
    /// `ipproto`: the protocol within IP.
    pub ip_protocol: Option<u8>,
    /// `sport`: ports, the first and the last.
    pub source_ports: Option<(u16, u16)>,
    /// `dport`.
    pub destination_ports: Option<(u16, u16)>,
    /// `tun_id`.
    pub tunnel: Option<u64>,
    /// `protocol`: whose rule it is.
    pub protocol: u8,
    /// Not `no_track`: its loss means something.
    pub tracked: bool,
}

impl Rule {
    /// The interfaces that it names.
    pub fn interfaces(&self) -> impl Iterator<Item = &str> + Clone {
        [&self.iif, &self.oif]
            .into_iter()
            .filter_map(|name| name.as_deref())
    }
}

/// Something that stays on the machine while the program runs, with what its loss means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Static<T> {
    /// What is set.
    pub what: T,
    /// `track_group`: indices in [`Config::instances`](super::Config::instances) of those that are in FAULT while it cannot be
    /// set or its interface is down.
    pub trackers: Vec<usize>,
}

/// `static_ipaddress`, `static_routes` and `static_rules`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statics {
    /// `static_ipaddress`.
    pub addresses: Vec<Static<VirtualAddress>>,
    /// `static_routes`.
    pub routes: Vec<Static<Route>>,
    /// `static_rules`.
    pub rules: Vec<Static<Rule>>,
}
