//! Log lines as bytes: `option httplog`, its CLF form, `option tcplog`, the line of a connection without either, lines of failed
//! connections, and the syslog header in front. What is logged, and where a line goes, is decided elsewhere.

mod date;
mod line;
mod received;
mod ring;
mod ring_area;
pub mod syslog;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub use date::{DateText, LocalTime, Zone};
pub use line::{
    clf_line, connect_line, connection_error_line, escape_capture, http_line, tcp_clf_line, tcp_line,
    tls_tail,
};
pub use received::{Frame, Received, frame};
pub use ring::RingBuffer;
pub use ring_area::{HEADER as RING_HEADER, Piece as RingPiece, RingArea};

/// Who is at the other end of a client's connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// An address.
    Inet(SocketAddr),
    /// A unix socket, known by the id of the listener that took it.
    Unix(u32),
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerName<'a> {
    /// A server.
    Name(&'a [u8]),
    /// None was reached (`<NOSRV>`).
    NoServer,
    /// The statistics page (`<STATS>`).
    Stats,
    /// The page for Prometheus (`<PROMEX>`).
    Metrics,
    /// A cache (`<CACHE>`).
    Cache,
}

/// Connections at the end of a session, and what it took to get to a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogCounts {
    /// Connections of the process.
    pub process: u32,
    /// Connections of the frontend.
    pub frontend: u32,
    /// Sessions of the backend.
    pub backend: u32,
    /// Sessions of the server.
    pub server: u32,
    /// Connection attempts beyond the first one.
    pub retries: u32,
    /// Another server was tried in the end: a `+` before the retries.
    pub redispatched: bool,
    /// Requests that went before this one in the server's queue.
    pub server_queue: u32,
    /// Requests that went before this one in the backend's queue.
    pub backend_queue: u32,
}

/// The end of an HTTP transaction. Times are in milliseconds, -1 is "did not come to that".
#[derive(Clone, Copy, Debug)]
pub struct HttpLog<'a> {
    /// The client.
    pub client: Peer,
    /// When the request's first byte came, milliseconds since the epoch.
    pub request_ms: u64,
    /// The frontend's name.
    pub frontend: &'a [u8],
    /// The client's connection is over TLS: a `~` behind the frontend's name.
    pub tls: bool,
    /// The backend's name.
    pub backend: &'a [u8],
    /// The server's name.
    pub server: ServerName<'a>,
    /// TR: for the whole head.
    pub request_time: i32,
    /// Tw: in queues.
    pub queue_time: i32,
    /// Tc: for the connection to the server.
    pub connect_time: i32,
    /// Tr: for the response's head.
    pub response_time: i32,
    /// Ta: from the request's first byte to the end.
    pub active_time: i32,
    /// `option logasap`: the line comes before the end, so Ta and the bytes get a `+`.
    pub early: bool,
    /// The status; -1 when there is none.
    pub status: i32,
    /// Bytes to the client.
    pub bytes: u64,
    /// Captured request cookie, `name=value`.
    pub request_cookie: Option<&'a [u8]>,
    /// Captured response cookie, `name=value`.
    pub response_cookie: Option<&'a [u8]>,
    /// Termination state.
    pub termination: [u8; 4],
    /// Connections and queues.
    pub counts: LogCounts,
    /// Captured request headers; none when nothing is to be captured, or no request was read.
    pub request_headers: Option<&'a [&'a [u8]]>,
    /// Captured response headers; none when nothing is to be captured.
    pub response_headers: Option<&'a [&'a [u8]]>,
    /// The request line as received; none when there is no valid one (`<BADREQ>`).
    pub request_line: Option<&'a [u8]>,
}

/// The end of a TCP session. Times are in milliseconds, -1 is "did not come to that".
#[derive(Clone, Copy, Debug)]
pub struct TcpLog<'a> {
    /// The client.
    pub client: Peer,
    /// When the connection was accepted, milliseconds since the epoch.
    pub accepted_ms: u64,
    /// The frontend's name.
    pub frontend: &'a [u8],
    /// The client's connection is over TLS: a `~` behind the frontend's name.
    pub tls: bool,
    /// The backend's name.
    pub backend: &'a [u8],
    /// The server's name.
    pub server: ServerName<'a>,
    /// Tw: in queues.
    pub queue_time: i32,
    /// Tc: for the connection to the server.
    pub connect_time: i32,
    /// Tt: from the accept to the end.
    pub total_time: i32,
    /// `option logasap`: the line comes before the end, so Tt and the bytes get a `+`.
    pub early: bool,
    /// Bytes to the client.
    pub bytes: u64,
    /// Bytes from the client.
    pub received: u64,
    /// Th: for handshakes, milliseconds.
    pub handshake_time: u64,
    /// Termination state.
    pub termination: [u8; 2],
    /// Connections and queues.
    pub counts: LogCounts,
}

/// What connections fail of before there is a session, in the original's words. With `option dontlognull` only those are logged
/// on which something was received.
pub mod connection_failure {
    /// The client does not speak TLS as it must.
    pub const TLS: &[u8] = b"SSL handshake failure";
    /// The client left during the TLS handshake; nothing is logged of it with `option dontlognull`.
    pub const TLS_CLOSED: &[u8] = b"Connection closed during SSL handshake";
    /// `timeout client` passed during the TLS handshake; nothing is logged of it with `option dontlognull`.
    pub const TLS_TIMEOUT: &[u8] = b"Timeout during SSL handshake";
    /// What should have been a PROXY header is none.
    pub const PROXY_HEADER: &[u8] = b"Truncated PROXY protocol header received";
    /// The client left before its PROXY header; nothing is logged of it with `option dontlognull`.
    pub const PROXY_CLOSED: &[u8] = b"Connection closed while waiting for PROXY protocol header";
}

/// A connection that failed before there was a session.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionError<'a> {
    /// The client.
    pub client: Peer,
    /// When it was accepted, milliseconds since the epoch.
    pub accepted_ms: u64,
    /// The frontend's name.
    pub frontend: &'a [u8],
    /// The listener's name, if it has one.
    pub bind: Option<&'a [u8]>,
    /// The listener's id, which stands in for a name.
    pub bind_id: u32,
    /// What happened, in the original's words.
    pub message: &'a [u8],
}
