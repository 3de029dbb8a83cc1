//! Sample fetches (manual, section 7.3): what a rule may look at, taken from a connection and the head of its request without a
//! copy. How samples are compared stands in [`crate::rules`].

mod fetch;
mod header;

use std::net::{IpAddr, SocketAddr};

use crate::http1::RequestRef;
use crate::state::Runtime;

pub(crate) use fetch::{FetchPlan, Scratch};

/// Everything that a sample can be taken from.
#[derive(Clone, Copy, Debug)]
pub struct SampleContext<'a> {
    /// The request; none in TCP mode and before a request is there.
    pub request: Option<RequestRef<'a>>,
    /// The client's address; none when it came over a unix socket.
    pub src: Option<SocketAddr>,
    /// The address the client connected to; none for a unix socket.
    pub dst: Option<SocketAddr>,
    /// The client's connection is over TLS.
    pub ssl: bool,
    /// Gauges and server states.
    pub runtime: &'a Runtime,
}

/// One sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample<'a> {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Int(i64),
    /// An address.
    Ip(IpAddr),
    /// Text.
    Bytes(&'a [u8]),
}
