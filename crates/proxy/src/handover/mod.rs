//! Listening sockets that go from one process to the one that replaces it, so that no connection is refused or lost between
//! the two: `expose-fd listeners` on the old side, `-x` on the new one. The bytes are those that haproxy was seen to send and
//! to read, so either side may be haproxy itself.
//!
//! The new process sends [`COMMAND`] on a stats socket of the old one. The old one answers with the number of its sockets, then
//! sends them in batches, each acknowledged by four bytes.

mod exports;
mod give;
mod message;
mod take;
mod wire;

pub use exports::{Export, Exports};
pub use give::give;
pub use message::{receive, send};
pub use take::{TakeError, Taken, take};

/// What asks for listening sockets on a stats socket, without its newline.
pub const COMMAND: &[u8] = b"_getsocks";

/// Most descriptors in one message; the kernel would pass one more.
pub const BATCH: usize = 252;
