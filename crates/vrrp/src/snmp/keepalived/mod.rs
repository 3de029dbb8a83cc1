//! The MIB that the original has of itself, as an SNMP manager sees it beside the original: settings, groups, instances, and what
//! they set and track. LVS is none of it.

mod address;
mod global;
mod instance;
mod route;
mod rule;
mod tracked;

use std::net::IpAddr;

use keepalived_conf::model::Script;
use vrrp_proto::StateKind;
use vrrp_proto::agentx::{Error, Tree, Value, VarBind};

pub(super) use self::instance::change;
use super::view::View;
use super::{octets, truth};

/// Where it stands.
pub(super) const SUBTREE: &[u32] = &[1, 3, 6, 1, 4, 1, 9586, 100, 5];

/// The number of the scope of addresses and routes that is everywhere.
const SCOPE_GLOBAL: i32 = 14;

/// Puts all of it.
pub(super) fn put(tree: &mut Tree, view: &View) {
    global::put(tree, view);
    instance::put(tree, view);
    address::put(tree, view);
    route::put(tree, view);
    rule::put(tree, view);
    tracked::put(tree, view);
}

/// Puts a row of a table: columns with their values, those that have one.
fn put_row<const N: usize>(tree: &mut Tree, table: u32, place: &[u32], columns: [(u32, Option<Value>); N]) {
    for (column, value) in columns {
        if let Some(value) = value {
            tree.put(&[SUBTREE, &[2, table, 1, column]].concat(), place, value);
        }
    }
}

/// The place of the row of this number, counted from 0, in an SNMP table.
fn row(at: usize) -> u32 {
    u32::try_from(at + 1).unwrap_or(u32::MAX)
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Octets(text.as_bytes().to_vec()))
}

fn number(number: impl TryInto<i32>) -> Option<Value> {
    Some(Value::Integer(number.try_into().unwrap_or(i32::MAX)))
}

fn gauge(number: impl TryInto<u32>) -> Option<Value> {
    Some(Value::Gauge32(number.try_into().unwrap_or(u32::MAX)))
}

fn yes(value: bool) -> Option<Value> {
    Some(Value::Integer(truth(value)))
}

/// InetAddressType: IPv4 or IPv6.
fn kind(is_ipv4: bool) -> Option<Value> {
    number(if is_ipv4 { 1 } else { 2 })
}

fn address(address: IpAddr) -> Option<Value> {
    Some(Value::Octets(octets(address)))
}

/// A command, each word of it between quotes.
fn command(script: Option<&Script>) -> Option<Value> {
    let words = script?.command.iter().map(|word| format!("'{word}'"));
    text(&words.collect::<Vec<_>>().join(" "))
}

fn state(state: StateKind) -> i32 {
    match state {
        StateKind::Init => 0,
        StateKind::Backup => 1,
        StateKind::Master => 2,
        StateKind::Fault => 3,
    }
}

/// How the MIB numbers scopes: rtnetlink's numbers, but those of few are few.
fn scope(number: u8) -> i32 {
    match number {
        0 => SCOPE_GLOBAL,
        200 => 5,
        253 => 2,
        254 => 1,
        _ => 0,
    }
}

/// A whole number that may be set within a range.
fn settable(value: &VarBind, range: std::ops::RangeInclusive<i32>) -> Result<i32, Error> {
    match value.value {
        Value::Integer(number) if range.contains(&number) => Ok(number),
        Value::Integer(_) => Err(Error::WrongValue),
        _ => Err(Error::WrongType),
    }
}
