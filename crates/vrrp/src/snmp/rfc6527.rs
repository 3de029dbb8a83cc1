//! VRRPV3-MIB (RFC 6527): all instances, by the number of their interface, of their virtual router, and their family.

use std::net::IpAddr;

use vrrp_proto::StateKind;
use vrrp_proto::agentx::{Tree, Value};
use vrrp_proto::wire::FaultKind;

use super::{count, state, ticks, truth};
use crate::snapshot::{RouterView, Snapshot};

/// vrrpv3MIB.
pub(super) const SUBTREE: &[u32] = &[1, 3, 6, 1, 2, 1, 207];

/// vrrpv3OperationsTable's entry, vrrpv3AssociatedIpAddrTable's, and vrrpv3StatisticsTable's.
const OPERATIONS: &[u32] = &[1, 1, 1, 1];
const ADDRESSES: &[u32] = &[1, 1, 2, 1];
const STATISTICS: &[u32] = &[1, 2, 5, 1];

/// Puts all of it.
pub(super) fn put(tree: &mut Tree, snapshot: &Snapshot) {
    let mut scalar = |object: u32, value| tree.put(&[SUBTREE, &[1, 2, object]].concat(), &[0], value);
    let all = |kind: FaultKind| {
        let faults = snapshot.routers.iter().map(|one| one.counters.fault(kind));
        Value::Counter64(faults.sum())
    };
    scalar(1, all(FaultKind::Checksum));
    scalar(2, all(FaultKind::Version));
    scalar(3, all(FaultKind::Vrid));
    // Counts have gone on since the beginning.
    scalar(4, Value::TimeTicks(0));
    for one in &snapshot.routers {
        put_router(tree, snapshot, one);
    }
}

fn octets(address: IpAddr) -> Vec<u8> {
    match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    }
}

fn put_router(tree: &mut Tree, snapshot: &Snapshot, one: &RouterView) {
    let managed = &one.managed;
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
        (8, Value::Integer(number(managed.advertised.len() as u128))),
        (9, Value::Integer(number(managed.interval.as_millis() / 10))),
        (10, Value::Integer(truth(managed.preempt))),
        (11, Value::Integer(truth(managed.accept))),
        (12, Value::TimeTicks(ticks(one.since, snapshot.taken))),
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
        // A master got there because no other answered, as far as is known; all others are none.
        (
            2,
            Value::Integer(if one.state == StateKind::Master { 3 } else { 0 }),
        ),
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
    for address in &managed.advertised {
        let octets = octets(*address).into_iter().map(u32::from);
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
