//! Entries of `virtual_routes` and `static_routes`.

use std::net::IpAddr;

use syntax::{Diagnostic, Version};

use super::address::network;
use super::encap::encap;
use super::instance::current;
use super::next_hop::{hop, next_hops};
use super::number::unsigned;
use super::route_value::{
    Words, gateway, host_address, interface, named, no_address, outdated, realms_of_route, table, time, tos,
    wrong,
};
use super::statics::{Home, track_group};
use crate::lines::{Line, Word};
use crate::model::{
    MetricValue, Network, NextHop, PROTOCOL_KEEPALIVED, Route, RouteKind, RouteMetric, RouteTable,
};
use crate::names::Names;
use crate::reading::Reading;
use crate::written::{Spanned, WrittenStatic};

/// The number of `main`.
const MAIN_TABLE: u32 = 254;

/// What a route takes, for help.
const WORDS: &str = "a route takes: [TYPE] [to] ADDRESS/BITS, from, src, via, dev, table, vrf, protocol, scope, tos, metric, mtu, \
    hoplimit, advmss, rtt, rttvar, rto_min, window, cwnd, initcwnd, initrwnd, ssthresh, reordering, realms, features, quickack, \
    congctl, pref, expires, ttl-propagate, fastopen_no_cookie, encap, onlink, append, nexthop, no_track";

/// A route of an instance.
pub(crate) fn of_instance(reading: &mut Reading<'_>, line: &Line) {
    if let Some((route, _)) = route(reading, line, Home::Instance)
        && let Some(instance) = current(reading)
    {
        instance.routes.push(Spanned::new(route, line.span()));
    }
}

/// A route of the machine.
pub(crate) fn of_machine(reading: &mut Reading<'_>, line: &Line) {
    if let Some((what, group)) = route(reading, line, Home::Machine) {
        reading.written.static_routes.push(WrittenStatic { what, group });
    }
}

/// What is read of a route before it is whole.
pub(super) struct Draft {
    pub(super) route: Route,
    /// Whether the words so far say which family it is of.
    pub(super) family: Option<bool>,
    /// `inet` or `inet6`.
    forced: Option<bool>,
    destination: Option<Network>,
    /// The other gateway of an outdated line.
    or: Option<IpAddr>,
    group: Option<String>,
}

/// The route; none when it is left out.
fn route(reading: &mut Reading<'_>, line: &Line, home: Home) -> Option<(Route, Option<String>)> {
    let mut draft = Draft {
        route: Route {
            ipv6: false,
            kind: RouteKind::Unicast,
            destination: Network::any(false),
            from: None,
            tos: 0,
            table: RouteTable::Number(MAIN_TABLE),
            protocol: PROTOCOL_KEEPALIVED,
            scope: 0,
            source: None,
            priority: None,
            hop: hop(),
            hops: Vec::new(),
            metrics: Vec::new(),
            locked: 0,
            realms: None,
            preference: None,
            expires: None,
            ttl_propagate: None,
            append: false,
            tracked: true,
        },
        family: None,
        forced: None,
        destination: None,
        or: None,
        group: None,
    };
    let mut words = Words::new(line);
    while let Some(word) = words.next() {
        if word.bytes == b"nexthop" {
            next_hops(reading, &mut words, &mut draft);
            break;
        }
        draft.word(reading, &mut words, word, home)?;
    }
    draft.finish(reading, line, home)
}

/// The type that a word names.
fn kind(word: &[u8]) -> Option<RouteKind> {
    Some(match word {
        b"unicast" => RouteKind::Unicast,
        b"local" => RouteKind::Local,
        b"broadcast" | b"brd" => RouteKind::Broadcast,
        b"anycast" => RouteKind::Anycast,
        b"multicast" => RouteKind::Multicast,
        b"blackhole" => RouteKind::Blackhole,
        b"unreachable" => RouteKind::Unreachable,
        b"prohibit" => RouteKind::Prohibit,
        b"throw" => RouteKind::Throw,
        b"nat" => RouteKind::Nat,
        b"xresolve" => RouteKind::Resolve,
        _ => return None,
    })
}

/// How a metric with a plain number is called, its number, its greatest value, and what is said of a wrong one.
const METRICS: &[(&str, u16, u32, &str)] = &[
    ("mtu", 2, u32::MAX, "MTU"),
    ("window", 3, u32::MAX, "window value"),
    ("ssthresh", 6, u32::MAX, "ssthresh value"),
    ("cwnd", 7, u32::MAX, "cwnd value"),
    ("advmss", 8, u32::MAX, "advmss"),
    ("reordering", 9, u32::MAX, "reordering value"),
    ("hoplimit", 10, 255, "hoplimit"),
    ("initcwnd", 11, u32::MAX, "initcwnd value"),
    ("initrwnd", 14, u32::MAX, "initrwnd value"),
    ("quickack", 15, 1, "quickack value"),
    ("fastopen_no_cookie", 17, 1, "fastopen_no_cookie value"),
];

/// Metrics that are times: the number, and the parts of a millisecond that the kernel counts.
const TIMES: &[(&str, u16, u32)] = &[("rtt", 4, 8), ("rttvar", 5, 4), ("rto_min", 13, 1)];

/// `RTAX_FEATURES` with `RTAX_FEATURE_ECN`.
const FEATURES: u16 = 12;
const FEATURE_ECN: u32 = 1;
/// `RTAX_CC_ALGO`.
const CONGESTION: u16 = 16;

impl Draft {
    /// Takes a word with its values; none when the route is left out.
    fn word(
        &mut self,
        reading: &mut Reading<'_>,
        words: &mut Words<'_>,
        word: &Word,
        home: Home,
    ) -> Option<()> {
        let name = word.text().into_owned();
        if let Some((_, number, most, shown)) = METRICS.iter().find(|(metric, ..)| *metric == name) {
            let value = self.metric_value(reading, words, *number)?;
            return match unsigned(value, 0, *most) {
                Ok(value) => {
                    self.set_metric(*number, MetricValue::Number(value));
                    Some(())
                }
                Err(why) => {
                    let message = format!("Invalid {shown} {} specified for route", value.text());
                    wrong(
                        reading,
                        value,
                        message,
                        Some(why),
                        "write a whole number; as it stands the route is not set",
                    );
                    None
                }
            };
        }
        if let Some((_, number, parts)) = TIMES.iter().find(|(metric, ..)| *metric == name) {
            let value = self.metric_value(reading, words, *number)?;
            let value = time(reading, value, &name, *parts)?;
            self.set_metric(*number, MetricValue::Number(value));
            return Some(());
        }
        match &*word.bytes {
            b"inet" => self.forced = Some(false),
            b"inet6" => self.forced = Some(true),
            b"to" => {
                let value = words.value(reading, "the destination")?;
                self.destination(reading, value)?;
            }
            b"src" => {
                let value = words.value(reading, "the address to send from")?;
                let address = host_address(reading, value, "invalid route src address")?;
                self.route.source = Some(address);
                self.agree(reading, word, address)?;
            }
            b"from" => {
                let value = words.value(reading, "where the packets come from")?;
                let (address, prefix) = network(reading, value)?;
                if address.is_ipv4() {
                    let message = format!("route from address only supported with IPv6 ({})", value.text());
                    wrong(
                        reading,
                        value,
                        message,
                        None,
                        "use a rule: `from NETWORK table NUMBER`",
                    );
                    return None;
                }
                self.agree(reading, word, address)?;
                self.route.from = Some(Network { address, prefix });
            }
            b"via" | b"gw" => {
                if word.bytes == b"gw" {
                    outdated(reading, word, "via");
                }
                let address = gateway(reading, words)?;
                self.agree(reading, word, address)?;
                self.route.hop.gateway = Some(address);
            }
            b"or" => {
                outdated(reading, word, "nexthop");
                let value = words.value(reading, "another gateway")?;
                let address = host_address(reading, value, "Invalid \"or\" address")?;
                self.agree(reading, word, address)?;
                self.or = Some(address);
            }
            b"dev" | b"oif" => {
                let value = words.value(reading, "an interface")?;
                self.route.hop.interface = Some(interface(reading, value));
            }
            b"table" => {
                let value = words.value(reading, "a routing table")?;
                let table = table(reading, value, "route")?;
                self.route.table = RouteTable::Number(if table == 0 { MAIN_TABLE } else { table });
            }
            b"vrf" => {
                let value = words.value(reading, "a VRF")?;
                let name = value.text().into_owned();
                if !reading.host.has_interface(&name) {
                    let message = format!("VRF {name} not found for route");
                    wrong(
                        reading,
                        value,
                        message,
                        None,
                        "write the name of a VRF that this machine has; as it stands the route is not set",
                    );
                    return None;
                }
                self.route.table = RouteTable::Vrf(name);
            }
            b"protocol" => {
                let value = words.value(reading, "a protocol")?;
                self.route.protocol = named(reading, value, Names::Protocol, "Protocol")?;
            }
            b"scope" => {
                let value = words.value(reading, "a scope")?;
                self.route.scope = named(reading, value, Names::Scope, "Scope")?;
            }
            b"tos" | b"dsfield" => {
                let value = words.value(reading, "a type of service")?;
                self.route.tos = tos(reading, value)?;
            }
            b"metric" | b"priority" | b"preference" => {
                let value = words.value(reading, "a number")?;
                match unsigned(value, 0, u32::MAX) {
                    Ok(value) => self.route.priority = Some(value),
                    Err(why) => {
                        let message = format!("Invalid metric {} specified for route", value.text());
                        wrong(
                            reading,
                            value,
                            message,
                            Some(why),
                            "write a whole number; as it stands the route is not set",
                        );
                        return None;
                    }
                }
            }
            b"realms" => {
                let value = words.value(reading, "realms")?;
                if self.family == Some(true) {
                    let message = "realms are only valid for IPv4".to_owned();
                    wrong(
                        reading,
                        value,
                        message,
                        None,
                        "remove it; as it stands the route is not set",
                    );
                    return None;
                }
                let realms = realms_of_route(reading, value)?;
                self.family = Some(false);
                self.route.realms = Some(realms);
            }
            b"features" => {
                let value = self.metric_value(reading, words, FEATURES)?;
                if value.bytes == b"ecn" {
                    self.set_metric(FEATURES, MetricValue::Number(FEATURE_ECN));
                } else {
                    let message = format!("feature {} not supported", value.text());
                    wrong(reading, value, message, None, "the one feature is ecn");
                }
            }
            b"congctl" => {
                let value = self.metric_value(reading, words, CONGESTION)?;
                self.set_metric(CONGESTION, MetricValue::Name(value.text().into_owned()));
            }
            b"pref" => {
                let value = words.value(reading, "low, medium or high")?;
                self.only_ipv6(reading, value, "pref")?;
                self.route.preference = Some(match &*value.bytes {
                    b"low" => 3,
                    b"medium" => 0,
                    b"high" => 1,
                    _ => match unsigned(value, 0, 255) {
                        Ok(number) => u8::try_from(number).unwrap_or(0),
                        Err(why) => {
                            let message = format!("Invalid pref value {} specified for route", value.text());
                            wrong(
                                reading,
                                value,
                                message,
                                Some(why),
                                "write low, medium or high; as it stands the route is not set",
                            );
                            return None;
                        }
                    },
                });
            }
            b"expires" => {
                let value = words.value(reading, "seconds")?;
                self.only_ipv6(reading, value, "expires")?;
                match unsigned(value, 0, u32::MAX) {
                    Ok(seconds) => self.route.expires = Some(seconds),
                    Err(why) => {
                        let message = format!("Invalid expires time {} specified for route", value.text());
                        wrong(
                            reading,
                            value,
                            message,
                            Some(why),
                            "write seconds; as it stands the route is not set",
                        );
                        return None;
                    }
                }
            }
            b"ttl-propagate" => {
                let value = words.value(reading, "enabled or disabled")?;
                match &*value.bytes {
                    b"enabled" => self.route.ttl_propagate = Some(true),
                    b"disabled" => self.route.ttl_propagate = Some(false),
                    _ => {
                        let message = format!("ttl-propagate value {} not recognised", value.text());
                        wrong(
                            reading,
                            value,
                            message,
                            None,
                            "write enabled or disabled; it is left out",
                        );
                    }
                }
            }
            b"encap" => self.route.hop.encap = Some(encap(reading, words)?),
            b"as" => {
                // The label, perhaps behind `to`.
                let value = words.value(reading, "a label")?;
                if value.bytes == b"to" {
                    words.value(reading, "a label")?;
                }
                let message = "\"as to\" for MPLS only - ignoring".to_owned();
                wrong(reading, word, message, None, "remove it");
            }
            b"onlink" => self.route.hop.onlink = true,
            b"append" => self.route.append = true,
            b"no_track" => self.route.tracked = false,
            b"track_group" if home == Home::Machine => {
                let value = words.value(reading, "a group")?;
                self.group = track_group(reading, value);
            }
            bytes => match kind(bytes) {
                Some(kind) => {
                    self.route.kind = kind;
                    let value = words.value(reading, "the destination")?;
                    if value.bytes == b"to" {
                        let value = words.value(reading, "the destination")?;
                        self.destination(reading, value)?;
                    } else {
                        self.destination(reading, value)?;
                    }
                }
                None => self.plain(reading, word)?,
            },
        }
        Some(())
    }

    /// A word that stands for itself: the destination.
    fn plain(&mut self, reading: &mut Reading<'_>, word: &Word) -> Option<()> {
        let text = word.text();
        let host = text.split('/').next().unwrap_or_default();
        if host.parse::<IpAddr>().is_ok() || matches!(&*text, "default" | "any" | "all") {
            return self.destination(reading, word);
        }
        let told = Diagnostic::warning(
            "unknown-keyword",
            format!("unknown route keyword {}", word.text()),
        )
        .at(word.span)
        .help(WORDS)
        .note(no_address(&text))
        .note("the route is not set");
        reading.fault(told);
        None
    }

    fn destination(&mut self, reading: &mut Reading<'_>, word: &Word) -> Option<()> {
        if matches!(&*word.bytes, b"default" | b"any" | b"all") {
            self.destination = Some(Network::any(false));
            return Some(());
        }
        let (address, prefix) = network(reading, word)?;
        self.agree(reading, word, address)?;
        self.destination = Some(Network { address, prefix });
        Some(())
    }

    /// Addresses of a route are of one family.
    fn agree(&mut self, reading: &mut Reading<'_>, word: &Word, address: IpAddr) -> Option<()> {
        let ipv6 = address.is_ipv6();
        match self.family {
            Some(family) if family != ipv6 => {
                let message = "Cannot mix IPv4 and IPv6 addresses for route".to_owned();
                wrong(
                    reading,
                    word,
                    message,
                    None,
                    "write two routes, one for each family; as it stands none is set",
                );
                None
            }
            _ => {
                self.family = Some(ipv6);
                Some(())
            }
        }
    }

    fn only_ipv6(&mut self, reading: &mut Reading<'_>, word: &Word, name: &str) -> Option<()> {
        if self.family == Some(false) {
            let message = format!("{name} is only valid for IPv6");
            wrong(
                reading,
                word,
                message,
                None,
                "remove it; as it stands the route is not set",
            );
            return None;
        }
        self.family = Some(true);
        Some(())
    }

    /// The value of a metric, perhaps behind `lock`.
    fn metric_value<'l>(
        &mut self,
        reading: &mut Reading<'_>,
        words: &mut Words<'l>,
        number: u16,
    ) -> Option<&'l Word> {
        let value = words.value(reading, "a value")?;
        if value.bytes != b"lock" {
            return Some(value);
        }
        self.route.locked |= 1 << number;
        words.value(reading, "a value")
    }

    fn set_metric(&mut self, number: u16, value: MetricValue) {
        self.route.metrics.retain(|metric| metric.number != number);
        self.route.metrics.push(RouteMetric { number, value });
        self.route.metrics.sort_by_key(|metric| metric.number);
    }

    /// What only the whole line shows.
    fn finish(
        mut self,
        reading: &mut Reading<'_>,
        line: &Line,
        home: Home,
    ) -> Option<(Route, Option<String>)> {
        let span = line.span();
        let told = |message: &str, help: &str| {
            Diagnostic::warning("bad-value", message.to_owned())
                .at(span)
                .help(help.to_owned())
        };
        let Some(destination) = self.destination else {
            reading.fault(told(
                "Route must have a destination",
                "write where it goes to: ADDRESS/BITS or default",
            ));
            return None;
        };
        if let (Some(forced), Some(family)) = (self.forced, self.family)
            && forced != family
        {
            let (word, shown) = if forced {
                ("inet6", "IPv4")
            } else {
                ("inet", "IPv6")
            };
            reading.fault(told(
                &format!("{word} specified for {shown} route"),
                "remove it; as it stands the route is not set",
            ));
            return None;
        }
        let ipv6 = self.family.or(self.forced).unwrap_or(false);
        self.route.ipv6 = ipv6;
        self.route.destination = if destination.prefix == 0 && destination.address.is_unspecified() {
            Network::any(ipv6)
        } else {
            destination
        };
        if let Some(other) = self.or {
            let first = std::mem::replace(&mut self.route.hop, hop());
            let second = NextHop {
                gateway: Some(other),
                ..first.clone()
            };
            self.route.hops = vec![first, second];
        }
        if self.route.tracked && self.route.protocol != PROTOCOL_KEEPALIVED {
            reading.fault(told(
                "Route cannot be tracked if protocol is not RTPROT_KEEPALIVED(18), resetting protocol",
                "write no_track beside protocol",
            ));
            self.route.protocol = PROTOCOL_KEEPALIVED;
        }
        let names_none = self.route.hop.interface.is_none();
        if names_none && self.group.is_some() && self.route.hops.is_empty() {
            reading.fault(told(
                "Static route cannot have track group if no oif specified",
                "write `dev INTERFACE` into it; as it stands no instance tracks it",
            ));
            self.group = None;
        }
        // Older versions did not see what becomes of such a route.
        let blind = reading.dialect.strict && reading.dialect.version < Version::new(2, 3);
        if names_none && self.route.tracked && blind {
            let shown = shown_destination(&self.route);
            reading.fault(told(
                &format!("Warning - cannot track route {shown} with no interface specified, not tracking"),
                "write `dev INTERFACE` into it, or no_track",
            ));
        }
        if !self.route.tracked && home == Home::Machine {
            self.group = None;
        }
        Some((self.route, self.group))
    }
}

fn shown_destination(route: &Route) -> String {
    let Network { address, prefix } = route.destination;
    if prefix == 0 {
        return "default".to_owned();
    }
    if prefix == if route.ipv6 { 128 } else { 32 } {
        address.to_string()
    } else {
        format!("{address}/{prefix}")
    }
}
