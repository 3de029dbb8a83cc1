//! Lines and braces to the as-written model, driven by the keyword rows.
//!
//! Braces are read as the original reads them, which explains what it makes of a file whose braces do not match: a keyword
//! that has a block takes the lines that follow for it, with or without `{`, up to the next `}`; and a block that it does not
//! know has no end of its own.

pub(crate) mod address;
pub(crate) mod bfd;
mod command;
pub(crate) mod dump;
mod encap;
pub(crate) mod endpoint;
pub(crate) mod fifo;
pub(crate) mod firewall;
pub(crate) mod garp;
pub(crate) mod global;
pub(crate) mod hmac;
pub(crate) mod instance;
pub(crate) mod interface;
pub(crate) mod ipvlan;
pub(crate) mod lvs;
mod next_hop;
pub(crate) mod notify;
mod number;
mod owner;
pub(crate) mod process;
pub(crate) mod protocol;
pub(crate) mod route;
mod route_value;
pub(crate) mod rule;
pub(crate) mod scheduling;
pub(crate) mod script;
pub(crate) mod snmp;
pub(crate) mod statics;
pub(crate) mod sync;
pub(crate) mod track;
pub(crate) mod track_file;
pub(crate) mod track_process;
pub(crate) mod track_thing;
pub(crate) mod unicast;
pub(crate) mod vmac;
pub(crate) mod vrf;
mod walk;

pub(crate) use walk::read;

use crate::lines::Line;
use crate::reading::Reading;

/// What the lines were read by already.
pub(crate) fn done_by_lines(_: &mut Reading<'_>, _: &Line) {}
