//! Routes and their next hops: those of instances, and those that stay on the machine.

use keepalived_conf::model::{MetricValue, NextHop, Route, RouteKind, RouteTable};
use vrrp_proto::agentx::Tree;

use super::super::view::{Shown, View};
use super::{address, gauge, kind, number, put_row, row, scope, text, yes};

/// RT_TABLE_MAIN.
const MAIN: u32 = 254;

/// What the table shows of the protocol of a route that bears the program's.
const PROTOCOL: i32 = 19;

/// The bits of RTAX_FEATURES and the numbers of metrics (rtnetlink(7), linux/rtnetlink.h).
const ECN: u32 = 1;
const MTU: u16 = 2;
const WINDOW: u16 = 3;
const SSTHRESH: u16 = 6;
const CWND: u16 = 7;
const ADVMSS: u16 = 8;
const REORDERING: u16 = 9;
const HOPLIMIT: u16 = 10;
const INITCWND: u16 = 11;
const FEATURES: u16 = 12;
const RTO_MIN: u16 = 13;
const INITRWND: u16 = 14;
const QUICKACK: u16 = 15;
const CC_ALGO: u16 = 16;

pub(super) fn put(tree: &mut Tree, view: &View) {
    put_all(tree, view, 0, &view.routes);
    for (at, (_, managed)) in view.routers.iter().enumerate() {
        put_all(tree, view, row(at), &managed.routes);
    }
}

fn put_all(tree: &mut Tree, view: &View, owner: u32, routes: &[Shown<Route>]) {
    for (at, shown) in routes.iter().enumerate() {
        put_route(tree, view, [owner, row(at)], shown);
        for (hop_at, hop) in shown.what.hops.iter().enumerate() {
            put_hop(tree, view, [owner, row(at), row(hop_at)], hop);
        }
    }
}

fn put_route(tree: &mut Tree, view: &View, place: [u32; 2], shown: &Shown<Route>) {
    let route = &shown.what;
    let hop = &route.hop;
    let metric = |wanted: u16| {
        let found = route.metrics.iter().find(|metric| metric.number == wanted)?;
        match &found.value {
            MetricValue::Number(value) => Some(*value),
            MetricValue::Name(_) => None,
        }
    };
    let shown_metric = |wanted: u16| metric(wanted).and_then(gauge);
    let locked = |wanted: u16| metric(wanted).and_then(|_| yes(route.locked & (1 << wanted) != 0));
    let index = |name: &str| number(view.indexes.get(name).copied().unwrap_or_default());
    put_row(
        tree,
        7,
        &place,
        [
            (2, kind(!route.ipv6)),
            (3, address(route.destination.address)),
            (4, gauge(route.destination.prefix)),
            (5, hop.gateway.and_then(address)),
            (7, route.source.and_then(address)),
            (8, gauge(route.priority.unwrap_or_default())),
            (9, number(scope(route.scope))),
            (10, number(route_kind(route))),
            (11, hop.interface.as_deref().and_then(index)),
            (12, hop.interface.as_deref().and_then(text)),
            (
                13,
                gauge(match &route.table {
                    RouteTable::Number(table) => *table,
                    RouteTable::Vrf(_) => MAIN,
                }),
            ),
            (14, yes(shown.set)),
            (17, (route.tos != 0).then(|| gauge(route.tos)).flatten()),
            (18, route.tracked.then(|| number(PROTOCOL)).flatten()),
            (19, yes(metric(FEATURES).is_some_and(|bits| bits & ECN != 0))),
            (20, yes(metric(QUICKACK).is_some_and(|value| value != 0))),
            (21, route.expires.and_then(number)),
            (22, shown_metric(MTU)),
            (23, locked(MTU)),
            (24, shown_metric(HOPLIMIT)),
            (25, shown_metric(ADVMSS)),
            (26, locked(ADVMSS)),
            (31, shown_metric(REORDERING)),
            (32, locked(REORDERING)),
            (33, shown_metric(WINDOW)),
            (34, shown_metric(CWND)),
            (35, locked(CWND)),
            (36, shown_metric(SSTHRESH)),
            (37, locked(SSTHRESH)),
            (38, shown_metric(RTO_MIN)),
            (39, locked(RTO_MIN)),
            (40, shown_metric(INITCWND)),
            (41, shown_metric(INITRWND)),
            (
                42,
                route
                    .metrics
                    .iter()
                    .find_map(|metric| match (metric.number, &metric.value) {
                        (CC_ALGO, MetricValue::Name(name)) => text(name),
                        _ => None,
                    }),
            ),
            (
                43,
                route.preference.and_then(|preference| {
                    // ICMPv6's numbers (RFC 4191) are other ones: low, medium, high.
                    number(match preference {
                        3 => 1,
                        1 => 3,
                        _ => 2,
                    })
                }),
            ),
            // The realm of the destination, then that of the source.
            (44, route.realms.and_then(|realms| gauge(realms & 0xffff))),
            (45, route.realms.and_then(source_realm)),
        ],
    );
}

fn source_realm(realms: u32) -> Option<vrrp_proto::agentx::Value> {
    let realm = realms >> 16;
    (realm != 0).then(|| gauge(realm)).flatten()
}

/// How the MIB numbers kinds of routes: one with several next hops is a kind of its own.
fn route_kind(route: &Route) -> i32 {
    match route.kind {
        RouteKind::Unicast if !route.hops.is_empty() => 2,
        RouteKind::Blackhole => 3,
        RouteKind::Unreachable => 7,
        RouteKind::Prohibit => 8,
        RouteKind::Throw => 9,
        _ => 1,
    }
}

fn put_hop(tree: &mut Tree, view: &View, place: [u32; 3], hop: &NextHop) {
    let index = |name: &str| number(view.indexes.get(name).copied().unwrap_or_default());
    put_row(
        tree,
        11,
        &place,
        [
            (2, hop.gateway.and_then(|gateway| kind(gateway.is_ipv4()))),
            (3, hop.gateway.and_then(address)),
            (4, hop.interface.as_deref().and_then(index)),
            (5, hop.interface.as_deref().and_then(text)),
            (6, (hop.weight > 1).then(|| gauge(hop.weight)).flatten()),
            (7, yes(hop.onlink)),
            (8, hop.realms.and_then(|realms| gauge(realms & 0xffff))),
            (9, hop.realms.and_then(source_realm)),
        ],
    );
}
