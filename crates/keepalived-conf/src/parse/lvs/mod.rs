//! The LVS part: virtual servers with their groups, real servers and the checks of those.
//!
//! Nothing of it runs yet. What is told here is what the original tells, so that a file is judged as it judges it.

pub(crate) mod check;
pub(crate) mod dns;
pub(crate) mod global;
pub(crate) mod group;
pub(crate) mod http;
pub(crate) mod keys;
pub(crate) mod misc_check;
pub(crate) mod real_server;
pub(crate) mod smtp;
pub(crate) mod thing;
pub(crate) mod udp;
mod value;
pub(crate) mod virtual_server;

use crate::reading::Reading;
use crate::services::{Check, RealServer, VirtualServer};

fn server<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut VirtualServer> {
    reading.written.services.servers.last_mut()
}

fn real<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut RealServer> {
    server(reading)?.real_servers.last_mut()
}

fn check<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut Check> {
    real(reading).map(|real| &mut real.check)
}
