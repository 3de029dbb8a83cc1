//! Values as words give them: numbers, times, sizes, addresses.

mod address;
mod ciphers;
mod groups;
mod network;
mod number;
mod size;
mod time;

pub(crate) use address::{
    AddressError, BindAddress, Family, HostPort, Port, Wants, address, asks_for_datagrams, bind_addresses,
    host_port, is_multipath, numeric, open, resolve, strip_os_code,
};
pub(crate) use ciphers::may_select;
pub(crate) use groups::unknown_group;
pub(crate) use network::network;
pub(crate) use number::{Loose, integer, loose_integer};
pub(crate) use size::{measure, size};
pub(crate) use time::{Time, TimeError, Unit, time};
