//! Keywords of the `global` section, a file for each matter.

pub(in crate::keywords) mod arguments;
mod client;
mod device;
mod http;
mod limits;
mod lua;
mod process;
mod quic;
mod threads;
mod tls;
mod tune;

pub(super) use arguments::{LOG_FORMATS, LOG_TARGET};

use super::row::{Keyword, Parse};

pub(super) const ROWS: [&[Keyword<Parse>]; 10] = [
    process::ROWS,
    limits::ROWS,
    threads::ROWS,
    tls::ROWS,
    lua::ROWS,
    client::ROWS,
    device::ROWS,
    tune::ROWS,
    http::ROWS,
    quic::ROWS,
];
