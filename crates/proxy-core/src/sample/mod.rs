//! Sample expressions (manual, section 7.3): what rules, ACLs and log lines look at, taken from a connection and the messages on
//! it without a copy where that can be. How samples are compared stands in [`crate::rules`].
//!
//! A fetch is a row of a family's table (`fetch`), a converter one of `convert`; both are made ready once, when the plan is
//! compiled, and then asked again and again.

mod arena;
mod cast;
pub(crate) mod context;
mod convert;
pub(crate) mod entry;
mod expression;
mod fetch;
mod handshake;
pub(crate) mod variable;

use std::net::IpAddr;

pub use arena::{Arena, Sink, put_ipv4};
pub(crate) use cast::{address, cast, integer, text};
pub use context::{
    Body, CertificateVerdict, Effort, PacketField, SampleContext, TcpFacts, Tls, Workers, World,
};
pub use expression::Expression;
pub(crate) use expression::{Stability, key as expression_key};
pub(crate) use fetch::client::destination;
pub(crate) use fetch::header::Parts;
pub(crate) use fetch::http::path_start;
pub(crate) use fetch::protocol::rdp_cookie;
pub use handshake::ClientHandshake;
pub(crate) use variable::{
    Condition as VariableCondition, Named, set as set_variable, unset as unset_variable,
};

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
    Str(&'a [u8]),
    /// Bytes; as text they end in front of the first that is 0.
    Bin(&'a [u8]),
    /// A method.
    Method(&'a [u8]),
}
