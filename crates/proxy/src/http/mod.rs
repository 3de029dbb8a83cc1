//! HTTP/1 on a client's connection: request after request until one side has enough.

mod answer;
mod body;
mod exchange;
mod request;
mod rules;
mod session;
mod stats;
mod transaction;
mod txn;

pub(crate) use session::serve;
pub(crate) use txn::Txn;
