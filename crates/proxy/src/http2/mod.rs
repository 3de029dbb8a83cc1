//! HTTP/2 (RFC 9113). With clients: a connection carries streams, and each stream is served as a connection of its own would be that
//! has one request.
//!
//! ```text
//!   client ══ frames ══ connection ──┬── stream: head and body as HTTP/1 has them ── http::serve_stream
//!                       (h2)         └── stream: …
//! ```
//!
//! With servers it is the other way round: what `upstream` takes for a connection of HTTP/1 is a stream of a connection that the
//! requests of a thread share.
//!
//! Frames, header compression, flow control and the states of streams are the library's. What goes through a stream is
//! written as HTTP/1 for the exchange with servers, which knows no other form: so rules, samples and logs see one kind of message.

mod connection;
mod frames;
mod head;
mod incoming;
mod message;
mod outgoing;
mod server;
mod stream;
mod wire;

pub(crate) use connection::serve;
pub(crate) use server::{Multiplexed, ServerStream};
pub(crate) use stream::StreamIo;

/// How a connection of HTTP/2 begins (RFC 9113, section 3.4).
pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A stream that the peer called off, or whose connection is gone.
fn gone(error: h2::Error) -> std::io::Error {
    if error.is_io() {
        error
            .into_io()
            .unwrap_or_else(|| std::io::ErrorKind::ConnectionReset.into())
    } else {
        std::io::ErrorKind::ConnectionReset.into()
    }
}
