//! VRRPV3-MIB (RFC 6527): all instances, by the number of their interface, of their virtual router, and their family.

use vrrp_proto::StateKind;
use vrrp_proto::agentx::{Tree, Value};
use vrrp_proto::wire::FaultKind;

use super::view::{Managed, View};
use super::{count, octets, state, ticks, truth};
use crate::snapshot::RouterView;

/// vrrpv3MIB.
pub(super) const SUBTREE: &[u32] = &[1, 3, 6, 1, 2, 1, 207];

/// vrrpv3OperationsTable's entry, vrrpv3AssociatedIpAddrTable's, and vrrpv3StatisticsTable's.
const OPERATIONS: &[u32] = &[1, 1, 1, 1];
const ADDRESSES: &[u32] = &[1, 1, 2, 1];
const STATISTICS: &[u32] = &[1, 2, 5, 1];

/// Puts all of it.
pub(super) fn put(tree: &mut Tree, view: &View) {
    let mut scalar = |object: u32, value| tree.put(&[SUBTREE, &[1, 2, object]].concat(), &[0], value);
    let all = |kind: FaultKind| {
        let faults = view.routers.iter().map(|(one, _)| one.counters.fault(kind));
        Value::Counter64(faults.sum())
    };
    scalar(1, all(FaultKind::Checksum));
    scalar(2, all(FaultKind::Version));
    scalar(3, all(FaultKind::Vrid));
    // Counts have gone on since the beginning.
    scalar(4, Value::TimeTicks(0));
    for (one, managed) in &view.routers {
        put_router(tree, view, one, managed);
    }
}

fn put_router(tree: &mut Tree, view: &View, one: &RouterView, managed: &Managed) {
    let family = if one.ipv6 { 2 } else { 1 };
    let place = [managed.index, one.vrid.into(), family];
    let mut put = |entry: &[u32], column: u32, value| {
        tree.put(&[SUBTREE, entry, &[column]].concat(), &place, value);
    };
    let master = match one.state {
        StateKind::Master => octets(managed.source),
        _ => managed
            .master
            .map_or_else(|| vec![0; octets(managed.source).len()], octets),
    };
    let number = |number: u128| i32::try_from(number).unwrap_or(i32::MAX);
    let columns = [
        (3, Value::Octets(master)),
        (4, Value::Octets(octets(managed.source))),
        (5, Value::Octets(managed.mac.clone())),
        (6, Value::Integer(state(one.state))),
        (7, Value::Gauge32(one.priority.into())),
        (
            8,
            Value::Integer(number(managed.instance.addresses.len() as u128)),
        ),
        (9, Value::Integer(number(managed.interval.as_millis() / 10))),
        (10, Value::Integer(truth(managed.instance.preempt))),
        (11, Value::Integer(truth(managed.instance.accept))),
        (
            12,
            Value::TimeTicks(managed.begun.map_or(0, |begun| ticks(begun, view.taken))),
        ),
        (13, Value::Integer(1)),
    ];
    for (column, value) in columns {
        put(OPERATIONS, column, value);
    }
    let counters = &one.counters;
    let milliseconds = u32::try_from(managed.interval.as_millis()).unwrap_or(u32::MAX);
    let faults = |kind| Value::Counter64(counters.fault(kind));
    let statistics = [
        (1, Value::Counter32(count(counters.became_master))),
        (2, Value::Integer(managed.reason as i32)),
        (3, Value::Counter64(counters.adverts_received)),
        (4, faults(FaultKind::Interval)),
        (5, faults(FaultKind::Ttl)),
        (6, Value::Integer(last_fault(one))),
        (7, Value::Counter64(counters.zero_received)),
        (8, Value::Counter64(counters.zero_sent)),
        (9, faults(FaultKind::Type)),
        (10, faults(FaultKind::AddressList)),
        (11, faults(FaultKind::Length)),
        (12, Value::TimeTicks(0)),
        (13, Value::Gauge32(milliseconds)),
    ];
    for (column, value) in statistics {
        put(STATISTICS, column, value);
    }
    for address in &managed.instance.addresses {
        let octets = octets(address.address).into_iter().map(u32::from);
        let place: Vec<u32> = place.into_iter().chain(octets).collect();
        tree.put(&[SUBTREE, ADDRESSES, &[2]].concat(), &place, Value::Integer(1));
    }
}

/// vrrpv3StatisticsProtoErrReason: what kind of packet was refused, by the first kind that was.
fn last_fault(one: &RouterView) -> i32 {
    let kinds = [
        (FaultKind::Ttl, 1),
        (FaultKind::Version, 2),
        (FaultKind::Checksum, 3),
        (FaultKind::Vrid, 4),
    ];
    let refused = |(kind, _): &&(FaultKind, i32)| one.counters.fault(*kind) > 0;
    kinds.iter().find(refused).map_or(0, |(_, number)| *number)
}
