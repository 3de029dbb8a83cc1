//! HTTP/2 with clients (RFC 9113): a connection carries streams, and each stream is served as a connection of its own would be that
//! has one request.
//!
//! ```text
//!   client ══ frames ══ connection ──┬── stream: head and body as HTTP/1 has them ── http::serve_stream
//!                       (h2)         └── stream: …
//! ```
//!
//! Frames, header compression, flow control and the states of streams are the library's. What goes through a stream is
//! written as HTTP/1 for the exchange with servers, which knows no other form: so rules, samples and logs see one kind of message.

mod connection;
mod frames;
mod head;
mod response;
mod stream;

pub(crate) use connection::serve;
pub(crate) use stream::StreamIo;

/// How a connection of HTTP/2 begins (RFC 9113, section 3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
