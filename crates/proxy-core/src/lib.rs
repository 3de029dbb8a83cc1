//! The resolved model compiled into an immutable plan, and everything the data path decides: no sockets, no clock. Bytes and
//! time are handed in.

pub mod answer;
pub mod balance;
pub mod bandwidth;
pub mod cache;
pub mod certificate;
pub mod check;
pub mod cli;
pub mod compression;
pub mod format;
pub mod forwarded;
pub mod hash;
pub mod http1;
pub mod log_profile;
pub mod logline;
pub mod ocsp;
mod octets;
pub mod openssl_ciphers;
pub mod openssl_signatures;
pub mod pattern;
pub mod peers;
pub mod persist;
pub mod plan;
pub mod presets;
pub mod proxy_protocol;
pub mod resolve;
pub mod rules;
pub mod sample;
pub mod socks4;
pub mod state;
pub mod stats;
pub mod stream;
pub mod table;
mod users;

#[cfg(test)]
mod fixture;
