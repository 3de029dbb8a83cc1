//! VRRP-MIB (RFC 2787): the instances of version 2, by the number of their interface and of their virtual router.

use std::net::{IpAddr, Ipv4Addr};

use vrrp_proto::agentx::{Tree, Value};
use vrrp_proto::wire::FaultKind;

use super::view::{Managed, View};
use super::{count, state, ticks, truth};
use crate::snapshot::RouterView;

/// vrrpMIB.
pub(super) const SUBTREE: &[u32] = &[1, 3, 6, 1, 2, 1, 68];

/// vrrpOperTable's entry, vrrpAssoIpAddrTable's, and vrrpRouterStatsTable's.
const OPERATIONS: &[u32] = &[1, 3, 1];
const ADDRESSES: &[u32] = &[1, 4, 1];
const STATISTICS: &[u32] = &[2, 4, 1];

/// Puts all of it.
pub(super) fn put(tree: &mut Tree, view: &View) {
    let mut scalar = |object: &[u32], value| tree.put(&[SUBTREE, object].concat(), &[0], value);
    scalar(&[1, 1], Value::Integer(2));
    scalar(&[1, 2], Value::Integer(truth(view.global.snmp.traps)));
    let all = |kind: FaultKind| {
        let faults = view.routers.iter().map(|(one, _)| one.counters.fault(kind));
        Value::Counter32(count(faults.sum()))
    };
    scalar(&[2, 1], all(FaultKind::Checksum));
    scalar(&[2, 2], all(FaultKind::Version));
    scalar(&[2, 3], all(FaultKind::Vrid));
    for (one, managed) in view
        .routers
        .iter()
        .filter(|(one, _)| one.version == 2 && !one.ipv6)
    {
        put_router(tree, view, one, managed);
    }
}

fn put_router(tree: &mut Tree, view: &View, one: &RouterView, managed: &Managed) {
    let place = [managed.index, one.vrid.into()];
    let mut put = |entry: &[u32], column: u32, value| {
        tree.put(&[SUBTREE, entry, &[column]].concat(), &place, value);
    };
    let ipv4 = |address: Option<IpAddr>| match address {
        Some(IpAddr::V4(address)) => Value::Address(address),
        _ => Value::Address(Ipv4Addr::UNSPECIFIED),
    };
    let seconds = i32::try_from(managed.interval.as_secs()).unwrap_or(i32::MAX);
    let addresses = i32::try_from(managed.instance.addresses.len()).unwrap_or(i32::MAX);
    let columns = [
        (2, Value::Octets(managed.mac.clone())),
        (3, Value::Integer(state(one.state))),
        // Administratively up.
        (4, Value::Integer(1)),
        (5, Value::Integer(one.priority.into())),
        (6, Value::Integer(addresses)),
        (7, ipv4(managed.master.filter(|_| state(one.state) == 2))),
        (8, ipv4(Some(managed.source))),
        (9, Value::Integer(managed.auth)),
        (11, Value::Integer(seconds)),
        (12, Value::Integer(truth(managed.instance.preempt))),
        // When it began to take part.
        (
            13,
            Value::TimeTicks(managed.begun.map_or(0, |begun| ticks(view.started, begun))),
        ),
        // IP, and a row that is in use.
        (14, Value::Integer(1)),
        (15, Value::Integer(1)),
    ];
    for (column, value) in columns {
        put(OPERATIONS, column, value);
    }
    let counters = &one.counters;
    let counts = [
        (1, counters.became_master),
        (2, counters.adverts_received),
        (3, counters.fault(FaultKind::Interval)),
        (4, counters.fault(FaultKind::AuthFailure)),
        (5, counters.fault(FaultKind::Ttl)),
        (6, counters.zero_received),
        (7, counters.zero_sent),
        (8, counters.fault(FaultKind::Type)),
        (9, counters.fault(FaultKind::AddressList)),
        (10, counters.fault(FaultKind::AuthType)),
        (11, counters.fault(FaultKind::AuthMismatch)),
        (12, counters.fault(FaultKind::Length)),
    ];
    for (column, number) in counts {
        put(STATISTICS, column, Value::Counter32(count(number)));
    }
    for address in &managed.instance.addresses {
        if let IpAddr::V4(address) = address.address {
            let place: Vec<u32> = place.into_iter().chain(address.octets().map(u32::from)).collect();
            tree.put(&[SUBTREE, ADDRESSES, &[2]].concat(), &place, Value::Integer(1));
        }
    }
}
