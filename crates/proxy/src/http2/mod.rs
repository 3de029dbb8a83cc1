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

/// Bytes that all streams of a connection may send before they wait: what one may, times this.
const WINDOWS: u32 = 4;

/// Bytes that all streams of a connection may send before they wait, where one may send `window`: as many as the file says (`rxbuf`).
fn connection_window(window: u32, rxbuf: Option<u32>) -> u32 {
    let all = rxbuf.filter(|bytes| *bytes > 0);
    let all = all.unwrap_or(window.saturating_mul(WINDOWS));
    all.clamp(65_535, MOST_WINDOW)
}

/// The largest window (RFC 9113, section 6.9.1).
const MOST_WINDOW: u32 = 0x7fff_ffff;

/// Whether what is odd about a peer is three quarters of what is too much; a threshold of 0 is none.
fn nears(glitches: u32, threshold: u32) -> bool {
    threshold > 0 && u64::from(glitches) * 4 >= u64::from(threshold) * 3
}

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
