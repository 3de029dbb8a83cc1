//! What is known of a client's connection and of what goes on upon it: the shell writes it down as it happens, rules change it,
//! samples and log lines look at it.

mod captures;
pub mod failure;
mod variables;

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;

use haproxy_cfg::model::{CompressionAlgorithm, LogLevel, Millis, ProxyId};

use crate::bandwidth::Limits;
use crate::cache::Caching;
use crate::rules::Remembering;
use crate::table::Tracked;

pub use captures::Captures;
pub use variables::{ProcessVariables, Stored, Variables};

/// A client's connection.
#[derive(Debug, Default)]
pub struct Client {
    /// The frontend.
    pub frontend: ProxyId,
    /// The bind of that frontend, counted from 0.
    pub bind: u16,
    /// The client's address, as far as rules and PROXY headers let it be; none over a unix socket.
    pub src: Option<SocketAddr>,
    /// The address that it connected to, where something asks for it; none over a unix socket.
    pub dst: Option<SocketAddr>,
    /// What stands in front of the connection; few have it.
    pub preface: Option<Box<Preface>>,
    /// Why its connection failed before it was a session, a number of [`failure`]; 0 where it did not.
    pub failure: u8,
    /// Why its TLS handshake failed, a number of [`failure::tls_code`]; 0 where it did not.
    pub tls_failure: u16,
    /// The client's connection is over TLS.
    pub tls: bool,
    /// It counts as one of the frontend's and the process's connections.
    pub counted: bool,
    /// There is no client: a health check looks at a server.
    pub is_check: bool,
    /// When it was accepted, or, once it is kept, when the request before ended; milliseconds of the process's clock.
    pub accepted_ms: u64,
    /// How long handshakes took (TLS, PROXY header), milliseconds.
    pub handshake_ms: u32,
    /// Requests before the one at hand.
    pub requests: u32,
    /// What its streams share, where it speaks HTTP/2.
    pub http2: Option<Rc<Http2>>,
    /// Variables of scope `sess`; those of a stream stand in `http2`.
    pub variables: Variables,
    /// Entries of stick tables that it tracks.
    pub tracked: Tracked,
}

/// What is known of a connection of HTTP/2.
#[derive(Debug)]
pub struct Http2 {
    /// Streams that are open.
    pub streams: Cell<u32>,
    /// Streams that the client may open at once.
    pub most_streams: u32,
    /// What was odd about what the client sent.
    pub glitches: Rc<Cell<u32>>,
    /// Variables of scope `sess`, which all streams see.
    pub variables: Variables,
}

/// What is known of headers in front of a connection ([`crate::proxy_protocol`]).
#[derive(Clone, Debug, Default)]
pub struct Preface {
    /// A PROXY header is expected, whatever the listener expects (`expect-proxy`).
    pub expects_proxy: bool,
    /// A NetScaler's header is (`expect-netscaler-cip`).
    pub expects_netscaler: bool,
    /// What a PROXY header told besides addresses, as [`crate::proxy_protocol::tlvs`] takes it apart; none without a header.
    pub told: Option<Box<[u8]>>,
}

impl Client {
    /// The client as a stream of its connection has it, which counts for nothing itself and lets go of nothing.
    #[must_use]
    pub fn of_stream(&self, http2: &Rc<Http2>, now_ms: u64, requests: u32) -> Self {
        Self {
            frontend: self.frontend,
            bind: self.bind,
            src: self.src,
            dst: self.dst,
            preface: self.preface.clone(),
            tls: self.tls,
            accepted_ms: now_ms,
            requests,
            http2: Some(Rc::clone(http2)),
            tracked: self.tracked.lend(),
            ..Self::default()
        }
    }

    /// What a PROXY header told besides addresses; none without a header.
    #[must_use]
    pub fn told(&self) -> Option<&[u8]> {
        self.preface.as_ref()?.told.as_deref()
    }
}

/// A request with its response, or a TCP session.
#[derive(Debug, Default)]
pub struct Stream {
    /// What its log line is about.
    pub log: StreamLog,
    /// Its way to a server.
    pub route: Route,
    /// Variables of scope `txn`.
    pub txn_variables: Variables,
    /// Variables of scope `req`, and once there is a response, of scope `res`.
    pub side_variables: Variables,
    /// The response is there, the server's or one of our own: the variables are of scope `res`.
    pub in_response: bool,
    /// What was captured of the request and of the response.
    pub captures: Captures,
    /// What rules settled.
    pub settings: Settings,
    /// The unique identifier, once something asked for it.
    pub unique_id: Option<Box<[u8]>>,
    /// Where its server is to be remembered, by `stick` rules.
    pub remembering: Option<Box<Remembering>>,
    /// Entries of stick tables that it tracks, besides those of the client's connection.
    pub tracked: Tracked,
    /// How fast it may go, where rules say so.
    pub limits: Option<Box<Limits>>,
    /// Its number among all of the process, from 0; wraps.
    pub number: u32,
    /// The rule that last ended the evaluation of its set.
    pub ended_by: Option<RulePlace>,
    /// The rule that waits, for bytes, for time or for an answer from elsewhere.
    pub waits_for: Option<RulePlace>,
    /// What that rule waited for will not come any more: the client has gone.
    pub waited_in_vain: bool,
    /// How its response is compressed.
    pub compressed: Option<CompressionAlgorithm>,
    /// Edits of heads that failed and were not counted yet.
    pub failed_edits: u32,
    /// What caches have to do with it, where rules look into one.
    pub caching: Option<Box<Caching>>,
}

/// Where a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RulePlace {
    /// The file, by its index in [`haproxy_cfg::model::Config::files`].
    pub file: u32,
    /// The line, from 1.
    pub line: u32,
}

/// What a line of a request is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineVerdict {
    /// `reqallow`: nothing that follows refuses the request.
    Allowed,
    /// `reqpass`: no other old rule looks at its lines.
    Passed,
}

/// What rules settled for the rest of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `set-log-level`: the inner none is `silent`.
    pub log_level: Option<Option<LogLevel>>,
    /// `disable-l7-retry`: what failed once it was sent is not tried again.
    pub sent_once: bool,
    /// `strict-mode off` in the set at hand.
    pub lenient: bool,
    /// What an old rule on lines of the request settled for those behind it.
    pub verdict: Option<LineVerdict>,
    /// `reqsetbe`: the backend, whatever `use_backend` says.
    pub backend: Option<ProxyId>,
    /// `set-timeout client`.
    pub client_timeout: Option<Millis>,
    /// `set-timeout server`.
    pub server_timeout: Option<Millis>,
    /// `set-timeout connect`.
    pub connect_timeout: Option<Millis>,
    /// `set-timeout queue`.
    pub queue_timeout: Option<Millis>,
    /// `set-timeout tarpit`.
    pub tarpit_timeout: Option<Millis>,
    /// `set-timeout tunnel`.
    pub tunnel_timeout: Option<Millis>,
    /// `set-priority-class` and `set-priority-offset`: the place in queues; less is served before.
    pub priority: Priority,
    /// `force-persist`: servers that are down are used as well.
    pub force_persist: bool,
    /// `set-retries`.
    pub retries: Option<u32>,
    /// `set-bc-tos`.
    pub server_tos: Option<u32>,
    /// `set-bc-mark`.
    pub server_mark: Option<u32>,
}

/// A place in queues: by class, then by the time of the entry moved by an offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Priority {
    /// From -2047 to 2047; less is served before.
    pub class: i16,
    /// Milliseconds by which the time of the entry is moved, from -524287 to 524287.
    pub offset: i32,
}

/// What the log line needs besides the route.
#[derive(Debug)]
pub struct StreamLog {
    /// When the first byte of the request came; milliseconds of the process's clock, as all times here. 0 is never.
    pub started_ms: u64,
    /// When its head was complete.
    pub request_ms: u64,
    /// When the response's head was complete.
    pub response_ms: u64,
    /// The status that the client got; -1 when none.
    pub status: i32,
    /// The status that the server gave; 0 when none.
    pub server_status: u16,
    /// Bytes to the client.
    pub bytes: u64,
    /// Those of them that are of an answer of the proxy's own.
    pub own_bytes: u64,
    /// Bytes from the client.
    pub received: u64,
    /// What of `received` and of `bytes` the counters of proxies and servers know already (`option contstats`).
    pub counted: [u64; 2],
    /// Termination state.
    pub termination: [u8; 4],
    /// The backend.
    pub backend: Option<ProxyId>,
    /// The client was held back (`tarpit`): the original counts that as time in a queue.
    pub tarpitted: bool,
    /// At which step the line is written, by the name that `log-steps` and log profiles have for it.
    pub origin: Cell<&'static str>,
    /// The line is written, or none is to be: a kept connection that was cut under a later request.
    pub silent: bool,
    /// The line comes with the response's head (`option logasap`).
    pub early: bool,
    /// The statistics page answered.
    pub is_stats: bool,
    /// That is the page for Prometheus.
    pub is_metrics: bool,
    /// The request line; empty when there is no valid one.
    pub line: Vec<u8>,
}

impl Default for StreamLog {
    fn default() -> Self {
        Self {
            started_ms: 0,
            request_ms: 0,
            response_ms: 0,
            status: -1,
            server_status: 0,
            bytes: 0,
            counted: [0; 2],
            own_bytes: 0,
            received: 0,
            termination: *b"----",
            backend: None,
            tarpitted: false,
            origin: Cell::new("close"),
            silent: false,
            early: false,
            is_stats: false,
            is_metrics: false,
            line: Vec::new(),
        }
    }
}

impl StreamLog {
    /// How the stream ends; the first thing that says so counts.
    pub fn end_with(&mut self, cause: u8, phase: u8) {
        if self.termination[0] == b'-' {
            self.termination[0] = cause;
            self.termination[1] = phase;
        }
    }
}

/// How a request came to its server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The server that was tried last.
    pub server: Option<usize>,
    /// Milliseconds of the process's clock at which the queue was left; 0 is never.
    pub queued_until_ms: u64,
    /// Milliseconds of the process's clock at which the connection stood; 0 is never.
    pub connected_ms: u64,
    /// Attempts beyond the first.
    pub retries: u32,
    /// Another server than the first was tried.
    pub redispatched: bool,
    /// Sessions that the server had left when this one gave its slot back; none while it holds it.
    pub server_left: Option<u32>,
    /// Requests that waited before this one for the same server.
    pub server_queue: u32,
    /// Requests that waited before this one for any server.
    pub backend_queue: u32,
    /// Our address towards the server, where something asks for it.
    pub local: Option<SocketAddr>,
    /// The server's address as it was connected to.
    pub remote: Option<SocketAddr>,
    /// The connection had served another request before.
    pub reused: bool,
    /// It speaks HTTP/2: what was odd about what the server sent over it.
    pub glitches: Option<Rc<Cell<u32>>>,
    /// How the way to the server was when it was reached, where something asks: the round-trip time and how much that varies, in
    /// microseconds.
    pub measured: Option<Box<[u32; 2]>>,
    /// What the TLS handshake with the server agreed on, where something asks.
    pub tls: Option<Box<ServerHandshake>>,
}

/// What stands in the place of a cipher where a handshake came to none.
pub const NO_CIPHER: &str = "(NONE)";

/// A TLS handshake with a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerHandshake {
    /// The version, such as `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite, by OpenSSL's name.
    pub cipher: &'static str,
    /// The group that keys were agreed on in.
    pub curve: Option<&'static str>,
    /// The protocol that was agreed on (ALPN).
    pub alpn: Option<Vec<u8>>,
    /// The name that the server was asked for.
    pub name: Option<Vec<u8>>,
    /// An earlier session went on.
    pub resumed: bool,
    /// The server's certificate, and those that stand behind it, in DER.
    pub chain: Vec<Box<[u8]>>,
    /// Why it failed, a number of [`failure::tls_code`]; 0 where it did not.
    pub failure: u16,
}

impl Stream {
    /// Whether it counts as one with an error: cut off, answered with a status that says so, or not served at the first attempt.
    #[must_use]
    pub fn is_worth_a_look(&self) -> bool {
        !matches!(self.log.termination[0], b'-' | b'L') || self.log.status >= 500 || self.route.retries > 0
    }

    /// The response is there, the server's or one of our own: what was kept for the time of the request is forgotten.
    pub fn begin_response(&mut self) {
        self.side_variables.clear();
        self.in_response = true;
    }

    /// Makes it ready for the next request; memory is kept.
    pub fn clear(&mut self) {
        let mut line = std::mem::take(&mut self.log.line);
        line.clear();
        self.log = StreamLog {
            line,
            ..StreamLog::default()
        };
        self.route = Route::default();
        self.txn_variables.clear();
        self.side_variables.clear();
        self.in_response = false;
        self.captures.clear();
        self.settings = Settings::default();
        self.unique_id = None;
        self.remembering = None;
        self.limits = None;
        self.number = 0;
        self.ended_by = None;
        self.waits_for = None;
        self.waited_in_vain = false;
        self.compressed = None;
        self.failed_edits = 0;
        self.caching = None;
    }
}

impl Stream {
    /// Whether the response is on its way into a cache.
    #[must_use]
    pub fn fills_caches(&self) -> bool {
        let caching = self.caching.as_ref();
        caching.is_some_and(|caching| !caching.filling.is_empty())
    }

    /// Whether a cache answers the request.
    #[must_use]
    pub fn is_cached(&self) -> bool {
        let caching = self.caching.as_ref();
        caching.is_some_and(|caching| caching.found.is_some())
    }
}

/// Milliseconds between two times; -1 when one of them never came.
#[must_use]
pub fn since(from: u64, to: u64) -> i32 {
    if from == 0 || to == 0 {
        -1
    } else {
        i32::try_from(to.saturating_sub(from)).unwrap_or(i32::MAX)
    }
}
