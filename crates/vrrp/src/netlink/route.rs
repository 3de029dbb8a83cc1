//! Routes and rules as the kernel is asked for them (rtnetlink(7)), and what is told of those that go.

use std::net::IpAddr;

use keepalived_conf::model::{Encap, MetricValue, Network, NextHop, Route, RouteTable, Rule, RuleAction};
use netlink_packet_core::{DefaultNla, Emitable as _};
use netlink_packet_route::AddressFamily;
use netlink_packet_route::route::{
    RouteAttribute, RouteFlags, RouteMessage, RouteNextHop, RouteNextHopFlags,
};
use netlink_packet_route::rule::{RuleAttribute, RuleFlags, RuleMessage};

use crate::interfaces::Interfaces;

// Attributes of a route (RTA_*).
const RTA_DST: u16 = 1;
const RTA_SRC: u16 = 2;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PRIORITY: u16 = 6;
const RTA_PREFSRC: u16 = 7;
const RTA_METRICS: u16 = 8;
const RTA_FLOW: u16 = 11;
const RTA_TABLE: u16 = 15;
const RTA_PREF: u16 = 20;
const RTA_ENCAP_TYPE: u16 = 21;
const RTA_ENCAP: u16 = 22;
const RTA_EXPIRES: u16 = 23;
const RTA_TTL_PROPAGATE: u16 = 26;
/// RTAX_LOCK.
const RTAX_LOCK: u16 = 1;
/// NLA_F_NESTED.
const NESTED: u16 = 1 << 15;

// Attributes of a rule (FRA_*).
const FRA_DST: u16 = 1;
const FRA_SRC: u16 = 2;
const FRA_IIFNAME: u16 = 3;
const FRA_GOTO: u16 = 4;
const FRA_PRIORITY: u16 = 6;
const FRA_FWMARK: u16 = 10;
const FRA_FLOW: u16 = 11;
const FRA_TUN_ID: u16 = 12;
const FRA_SUPPRESS_IFGROUP: u16 = 13;
const FRA_SUPPRESS_PREFIXLEN: u16 = 14;
const FRA_TABLE: u16 = 15;
const FRA_FWMASK: u16 = 16;
const FRA_OIFNAME: u16 = 17;
const FRA_L3MDEV: u16 = 19;
const FRA_UID_RANGE: u16 = 20;
const FRA_PROTOCOL: u16 = 21;
const FRA_IP_PROTO: u16 = 22;
const FRA_SPORT_RANGE: u16 = 23;
const FRA_DPORT_RANGE: u16 = 24;
/// FIB_RULE_INVERT.
const INVERT: u32 = 2;

// Kinds of tunnels (LWTUNNEL_ENCAP_*).
const ENCAP_MPLS: u16 = 1;
const ENCAP_IP: u16 = 2;
const ENCAP_ILA: u16 = 3;
const ENCAP_IP6: u16 = 4;

/// The metric of a route of IPv6 that names none (IP6_RT_PRIO_USER).
const DEFAULT_PRIORITY_V6: u32 = 1024;

/// Tables beyond this stand in an attribute alone (RT_TABLE_COMPAT).
const TABLE_COMPAT: u8 = 252;

/// A route with the numbers of its interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteSpec {
    route: Route,
    table: u32,
    /// Of its one hop.
    index: Option<u32>,
    /// Of its hops.
    indices: Vec<Option<u32>>,
}

impl RouteSpec {
    /// None while an interface that it names is not there.
    pub(crate) fn new(route: &Route, interfaces: &Interfaces) -> Option<Self> {
        // The outer none is an interface that is not there.
        let index = |hop: &NextHop| match &hop.interface {
            Some(name) => interfaces.named(name).map(|link| Some(link.index)),
            None => Some(None),
        };
        Some(Self {
            table: match &route.table {
                RouteTable::Number(number) => *number,
                RouteTable::Vrf(name) => interfaces.named(name)?.vrf_table?,
            },
            index: index(&route.hop)?,
            indices: route.hops.iter().map(index).collect::<Option<_>>()?,
            route: route.clone(),
        })
    }

    /// Whether it is put behind others of its destination.
    pub(crate) fn is_appended(&self) -> bool {
        self.route.append
    }

    /// Whether its loss means something.
    pub(crate) fn is_tracked(&self) -> bool {
        self.route.tracked
    }

    /// Whether it leaves by that interface.
    pub(crate) fn uses(&self, index: u32) -> bool {
        self.index == Some(index) || self.indices.contains(&Some(index))
    }

    /// Its destination, as it is told.
    pub(crate) fn shown(&self) -> String {
        shown(&self.route.destination)
    }

    /// What it is known by.
    pub(crate) fn key(&self) -> RouteKey {
        let route = &self.route;
        RouteKey {
            ipv6: route.ipv6,
            kind: route.kind as u8,
            destination: masked(&route.destination),
            prefix: route.destination.prefix,
            table: self.table,
            tos: route.tos,
            priority: priority(route.ipv6, route.priority.unwrap_or(0)),
            protocol: route.protocol,
        }
    }

    /// The request that sets it or takes it away.
    pub(super) fn message(&self) -> RouteMessage {
        let route = &self.route;
        let mut message = RouteMessage::default();
        let header = &mut message.header;
        header.address_family = family(route.ipv6);
        header.destination_prefix_length = route.destination.prefix;
        header.source_prefix_length = route.from.map_or(0, |from| from.prefix);
        header.tos = route.tos;
        header.table = short_table(self.table);
        header.protocol = route.protocol.into();
        header.scope = route.scope.into();
        header.kind = (route.kind as u8).into();
        let mut attribute = |kind: u16, value: Vec<u8>| {
            message
                .attributes
                .push(RouteAttribute::Other(DefaultNla::new(kind, value)));
        };
        if short_table(self.table) == TABLE_COMPAT {
            attribute(RTA_TABLE, self.table.to_ne_bytes().to_vec());
        }
        if route.destination.prefix > 0 {
            attribute(RTA_DST, octets(masked(&route.destination)));
        }
        if let Some(from) = &route.from {
            attribute(RTA_SRC, octets(masked(from)));
        }
        if let Some(source) = route.source {
            attribute(RTA_PREFSRC, octets(source));
        }
        if let Some(priority) = route.priority {
            attribute(RTA_PRIORITY, priority.to_ne_bytes().to_vec());
        }
        for (kind, value) in hop_attributes(&route.hop) {
            attribute(kind, value);
        }
        if let Some(index) = self.index {
            attribute(RTA_OIF, index.to_ne_bytes().to_vec());
        }
        if let Some(realms) = route.realms {
            attribute(RTA_FLOW, realms.to_ne_bytes().to_vec());
        }
        if let Some(preference) = route.preference {
            attribute(RTA_PREF, vec![preference]);
        }
        if let Some(seconds) = route.expires {
            attribute(RTA_EXPIRES, seconds.to_ne_bytes().to_vec());
        }
        if let Some(propagate) = route.ttl_propagate {
            attribute(RTA_TTL_PROPAGATE, vec![propagate.into()]);
        }
        let metrics = metrics(route);
        if !metrics.is_empty() {
            attribute(RTA_METRICS | NESTED, metrics);
        }
        if route.hop.onlink {
            message.header.flags |= RouteFlags::Onlink;
        }
        if !route.hops.is_empty() {
            let hops = route
                .hops
                .iter()
                .zip(&self.indices)
                .map(|(hop, index)| next_hop(hop, *index));
            message.attributes.push(RouteAttribute::MultiPath(hops.collect()));
        }
        message
    }
}

fn next_hop(hop: &NextHop, index: Option<u32>) -> RouteNextHop {
    let mut out = RouteNextHop::default();
    out.interface_index = index.unwrap_or(0);
    out.hops = u8::try_from(hop.weight.saturating_sub(1)).unwrap_or(u8::MAX);
    if hop.onlink {
        out.flags |= RouteNextHopFlags::Onlink;
    }
    out.attributes = hop_attributes(hop)
        .into_iter()
        .map(|(kind, value)| RouteAttribute::Other(DefaultNla::new(kind, value)))
        .collect();
    out
}

/// Gateway, realms and tunnel of a hop.
fn hop_attributes(hop: &NextHop) -> Vec<(u16, Vec<u8>)> {
    let mut out = Vec::new();
    if let Some(gateway) = hop.gateway {
        out.push((RTA_GATEWAY, octets(gateway)));
    }
    if let Some(realms) = hop.realms {
        out.push((RTA_FLOW, realms.to_ne_bytes().to_vec()));
    }
    if let Some(encap) = &hop.encap {
        let (kind, value) = encapsulation(encap);
        out.push((RTA_ENCAP_TYPE, kind.to_ne_bytes().to_vec()));
        out.push((RTA_ENCAP | NESTED, value));
    }
    out
}

/// The kind of a tunnel, and its attributes.
fn encapsulation(encap: &Encap) -> (u16, Vec<u8>) {
    let mut out = Vec::new();
    match encap {
        Encap::Mpls(labels) => {
            let mut stack = Vec::new();
            for (at, label) in labels.iter().enumerate() {
                // RFC 3032: twenty bits of the label, three of the class, one for the bottom of the stack, eight of the TTL.
                let bottom = u32::from(at + 1 == labels.len());
                stack.extend((label << 12 | bottom << 8).to_be_bytes());
            }
            attribute(&mut out, 1, &stack);
            (ENCAP_MPLS, out)
        }
        Encap::Ila(locator) => {
            attribute(&mut out, 1, &locator.to_be_bytes());
            (ENCAP_ILA, out)
        }
        Encap::Ip {
            ipv6,
            id,
            destination,
            source,
            ttl,
            tos,
            flags,
        } => {
            // LWTUNNEL_IP_* and LWTUNNEL_IP6_* have the same numbers up to FLAGS.
            if let Some(id) = id {
                attribute(&mut out, 1, &id.to_be_bytes());
            }
            if let Some(destination) = destination {
                attribute(&mut out, 2, &octets(*destination));
            }
            if let Some(source) = source {
                attribute(&mut out, 3, &octets(*source));
            }
            if let Some(ttl) = ttl {
                attribute(&mut out, 4, &[*ttl]);
            }
            if let Some(tos) = tos {
                attribute(&mut out, 5, &[*tos]);
            }
            if let Some(flags) = flags {
                attribute(&mut out, 6, &flags.to_be_bytes());
            }
            (if *ipv6 { ENCAP_IP6 } else { ENCAP_IP }, out)
        }
    }
}

fn metrics(route: &Route) -> Vec<u8> {
    let mut out = Vec::new();
    if route.locked != 0 {
        attribute(&mut out, RTAX_LOCK, &route.locked.to_ne_bytes());
    }
    for metric in &route.metrics {
        match &metric.value {
            MetricValue::Number(value) => attribute(&mut out, metric.number, &value.to_ne_bytes()),
            MetricValue::Name(name) => attribute(&mut out, metric.number, &text(name)),
        }
    }
    out
}

/// Puts an attribute behind others.
fn attribute(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let nla = DefaultNla::new(kind, value.to_vec());
    let start = out.len();
    out.resize(start + nla.buffer_len(), 0);
    nla.emit(&mut out[start..]);
}

/// A name as the kernel reads it.
fn text(name: &str) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    bytes.push(0);
    bytes
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn family(ipv6: bool) -> AddressFamily {
    if ipv6 {
        AddressFamily::Inet6
    } else {
        AddressFamily::Inet
    }
}

fn short_table(table: u32) -> u8 {
    u8::try_from(table).unwrap_or(TABLE_COMPAT)
}

/// The kernel's metric for what was asked for.
fn priority(ipv6: bool, given: u32) -> u32 {
    if ipv6 && given == 0 {
        DEFAULT_PRIORITY_V6
    } else {
        given
    }
}

/// The network's own address: the kernel clears the rest, or refuses it.
fn masked(network: &Network) -> IpAddr {
    match network.address {
        // The original hands it over as it stands, and the kernel says no.
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let mask = u128::MAX
                .checked_shl(128 - u32::from(network.prefix.min(128)))
                .unwrap_or(0);
            std::net::Ipv6Addr::from(u128::from(address) & mask).into()
        }
    }
}

fn shown(network: &Network) -> String {
    let Network { address, prefix } = network;
    match (address, prefix) {
        (_, 0) => "default".to_owned(),
        (IpAddr::V4(_), 32) | (IpAddr::V6(_), 128) => address.to_string(),
        _ => format!("{address}/{prefix}"),
    }
}

/// What the kernel knows a route by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RouteKey {
    ipv6: bool,
    kind: u8,
    destination: IpAddr,
    prefix: u8,
    table: u32,
    tos: u8,
    priority: u32,
    protocol: u8,
}

impl RouteKey {
    /// Of what is told of a route: its header and attributes.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let [family, prefix, _, tos, table, protocol, _, kind] = *payload.first_chunk::<8>()?;
        let ipv6 = is_ipv6(family)?;
        let mut key = Self {
            ipv6,
            kind,
            destination: Network::any(ipv6).address,
            prefix,
            table: table.into(),
            tos,
            priority: 0,
            protocol,
        };
        for (kind, value) in attributes(payload.get(12..)?) {
            match kind {
                RTA_DST => key.destination = address(value)?,
                RTA_TABLE => key.table = u32::from_ne_bytes(*value.first_chunk()?),
                RTA_PRIORITY => key.priority = u32::from_ne_bytes(*value.first_chunk()?),
                _ => {}
            }
        }
        Some(key)
    }
}

/// A rule, ready to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleSpec(Rule);

impl RuleSpec {
    /// The rule. Its interfaces need not be there.
    pub(crate) fn new(rule: &Rule) -> Self {
        Self(rule.clone())
    }

    /// Whether its loss means something.
    pub(crate) fn is_tracked(&self) -> bool {
        self.0.tracked
    }

    /// What it is for, as it is told.
    pub(crate) fn shown(&self) -> String {
        let mut out = format!(
            "from {}",
            self.0.from.as_ref().map_or_else(|| "all".to_owned(), shown)
        );
        if let Some(to) = &self.0.to {
            out.push_str(&format!(" to {}", shown(to)));
        }
        out
    }

    /// What it is known by.
    pub(crate) fn key(&self) -> RuleKey {
        let rule = &self.0;
        let network = |network: &Option<Network>| {
            let network = (*network).filter(|network| network.prefix > 0);
            network.map(|network| (network.address, network.prefix))
        };
        RuleKey {
            ipv6: rule.ipv6,
            preference: rule.preference,
            from: network(&rule.from),
            to: network(&rule.to),
            protocol: rule.protocol,
            iif: rule.iif.clone(),
        }
    }

    /// The request that sets it or takes it away.
    pub(super) fn message(&self) -> RuleMessage {
        let rule = &self.0;
        let mut message = RuleMessage::default();
        let header = &mut message.header;
        header.family = family(rule.ipv6);
        header.src_len = rule.from.map_or(0, |from| from.prefix);
        header.dst_len = rule.to.map_or(0, |to| to.prefix);
        header.tos = rule.tos;
        if rule.invert {
            header.flags = RuleFlags::from_bits_retain(INVERT);
        }
        let (table, action) = match rule.action {
            RuleAction::Table(table) => (table, 1),
            RuleAction::L3mdev => (0, 1),
            RuleAction::Goto(_) => (0, 2),
            RuleAction::Nop => (0, 3),
            RuleAction::Blackhole => (0, 6),
            RuleAction::Unreachable => (0, 7),
            RuleAction::Prohibit => (0, 8),
        };
        header.table = u8::try_from(table).unwrap_or(0);
        header.action = action.into();
        let mut attribute = |kind: u16, value: &[u8]| {
            let nla = DefaultNla::new(kind, value.to_vec());
            message.attributes.push(RuleAttribute::Other(nla));
        };
        for (kind, network) in [(FRA_SRC, &rule.from), (FRA_DST, &rule.to)] {
            if let Some(network) = network.filter(|network| network.prefix > 0) {
                attribute(kind, &octets(network.address));
            }
        }
        for (kind, name) in [(FRA_IIFNAME, &rule.iif), (FRA_OIFNAME, &rule.oif)] {
            if let Some(name) = name {
                attribute(kind, &text(name));
            }
        }
        attribute(FRA_PRIORITY, &rule.preference.to_ne_bytes());
        if table > u32::from(u8::MAX) {
            attribute(FRA_TABLE, &table.to_ne_bytes());
        }
        match rule.action {
            RuleAction::Goto(target) => attribute(FRA_GOTO, &target.to_ne_bytes()),
            RuleAction::L3mdev => attribute(FRA_L3MDEV, &[1]),
            _ => {}
        }
        if let Some((mark, mask)) = rule.mark {
            attribute(FRA_FWMARK, &mark.to_ne_bytes());
            if let Some(mask) = mask {
                attribute(FRA_FWMASK, &mask.to_ne_bytes());
            }
        }
        if let Some(realms) = rule.realms {
            attribute(FRA_FLOW, &realms.to_ne_bytes());
        }
        if let Some(bits) = rule.suppress_prefix {
            attribute(FRA_SUPPRESS_PREFIXLEN, &bits.to_ne_bytes());
        }
        if let Some(group) = rule.suppress_group {
            attribute(FRA_SUPPRESS_IFGROUP, &group.to_ne_bytes());
        }
        if let Some(id) = rule.tunnel {
            attribute(FRA_TUN_ID, &id.to_be_bytes());
        }
        if let Some((first, last)) = rule.users {
            let bytes = [first.to_ne_bytes(), last.to_ne_bytes()].concat();
            attribute(FRA_UID_RANGE, &bytes);
        }
        attribute(FRA_PROTOCOL, &[rule.protocol]);
        if let Some(protocol) = rule.ip_protocol {
            attribute(FRA_IP_PROTO, &[protocol]);
        }
        for (kind, ports) in [
            (FRA_SPORT_RANGE, rule.source_ports),
            (FRA_DPORT_RANGE, rule.destination_ports),
        ] {
            if let Some((first, last)) = ports {
                attribute(kind, &[first.to_ne_bytes(), last.to_ne_bytes()].concat());
            }
        }
        message
    }
}

/// What the kernel knows a rule by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RuleKey {
    ipv6: bool,
    preference: u32,
    from: Option<(IpAddr, u8)>,
    to: Option<(IpAddr, u8)>,
    protocol: u8,
    iif: Option<String>,
}

impl RuleKey {
    /// Of what is told of a rule: its header and attributes.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        let [family, to_prefix, from_prefix, ..] = *payload.first_chunk::<12>()?;
        let mut key = Self {
            ipv6: is_ipv6(family)?,
            preference: 0,
            from: None,
            to: None,
            protocol: 0,
            iif: None,
        };
        for (kind, value) in attributes(payload.get(12..)?) {
            match kind {
                FRA_SRC => key.from = Some((address(value)?, from_prefix)),
                FRA_DST => key.to = Some((address(value)?, to_prefix)),
                FRA_PRIORITY => key.preference = u32::from_ne_bytes(*value.first_chunk()?),
                FRA_PROTOCOL => key.protocol = *value.first()?,
                FRA_IIFNAME => {
                    let name = value.split(|byte| *byte == 0).next()?;
                    key.iif = Some(String::from_utf8_lossy(name).into_owned());
                }
                _ => {}
            }
        }
        Some(key)
    }
}

fn is_ipv6(family: u8) -> Option<bool> {
    match AddressFamily::from(family) {
        AddressFamily::Inet => Some(false),
        AddressFamily::Inet6 => Some(true),
        _ => None,
    }
}

fn address(value: &[u8]) -> Option<IpAddr> {
    match value.len() {
        4 => Some(IpAddr::from(*value.first_chunk::<4>()?)),
        16 => Some(IpAddr::from(*value.first_chunk::<16>()?)),
        _ => None,
    }
}

/// The attributes of a message with their kinds. A length that leads nowhere ends them.
fn attributes(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let [a, b, c, d] = *rest.first_chunk::<4>()?;
        let length = usize::from(u16::from_ne_bytes([a, b]));
        let kind = u16::from_ne_bytes([c, d]) & 0x3fff;
        let value = rest.get(4..length)?;
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((kind, value))
    })
}
