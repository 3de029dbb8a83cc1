//! Everything that a sample can be taken from.

use std::cell::Cell;

use haproxy_cfg::model::{Config, ProxyId, Scope, Variable};

use super::ClientHandshake;
use super::{Arena, Sample};
use crate::http1::{RequestRef, ResponseRef, chunks};
use crate::logline::LocalTime;
use crate::state::Runtime;
use crate::stream::{Client, Stream, Variables};

/// A text that is being written into an arena.
pub(crate) type Text<'a> = super::arena::Bytes<'a>;

/// What can be looked at when a sample is taken.
#[derive(Clone, Copy, Debug)]
pub struct SampleContext<'a> {
    /// Memory for samples that stand nowhere in one piece.
    pub arena: &'a Arena,
    /// The configuration, for names and settings.
    pub config: &'a Config,
    /// Gauges, counters and server states.
    pub runtime: &'a Runtime,
    /// What the process and the system know.
    pub world: &'a dyn World,
    /// The proxy whose rule or line asks.
    pub proxy: ProxyId,
    /// The client's connection.
    pub client: &'a Client,
    /// The stream upon it; none before there is one.
    pub stream: Option<&'a Stream>,
    /// The request's head, rules' edits included; none in TCP mode, before it is there and once it is sent on.
    pub request: Option<RequestRef<'a>>,
    /// The response's head; none before it is there.
    pub response: Option<ResponseRef<'a>>,
    /// What has come of the body of the message at hand.
    pub body: Body<'a>,
    /// In TCP mode and below: what has come from the side that is looked at, and waits to be sent on.
    pub payload: Body<'a>,
    /// Whether the side that is looked at is the server's.
    pub from_server: bool,
    /// A sample was missing for bytes that may still come.
    pub undecided: &'a Cell<bool>,
}

/// Bytes of a body as far as they have come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Body<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// They stand in chunks.
    pub chunked: bool,
    /// What `Content-Length` says of the whole body, in bytes.
    pub length: Option<u64>,
    /// No more will come, or no more is waited for.
    pub complete: bool,
}

impl<'a> Body<'a> {
    /// The bytes alone, as far as they have come; those that stand in chunks are put together in `arena`.
    #[must_use]
    pub fn data(&self, arena: &'a Arena) -> &'a [u8] {
        if !self.chunked {
            return self.bytes;
        }
        let mut data = arena.bytes(self.bytes.len());
        for stretch in chunks(self.bytes) {
            data.extend_from_slice(stretch);
        }
        data.into_bump_slice()
    }

    /// How many bytes have come.
    #[must_use]
    pub fn len(&self) -> usize {
        if !self.chunked {
            return self.bytes.len();
        }
        chunks(self.bytes).map(<[u8]>::len).sum()
    }

    /// Whether none has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of the whole body, or of what has come of it where nothing tells.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.length.unwrap_or(self.len() as u64)
    }
}

impl<'a> SampleContext<'a> {
    /// Says that what was looked for may still come.
    pub(crate) fn wait(&self) {
        self.undecided.set(true);
    }

    /// The backend of the stream, once it is known.
    pub(crate) fn backend(&self) -> Option<ProxyId> {
        self.stream.and_then(|stream| stream.log.backend)
    }

    /// The variables of a scope, unless that is the process's or not at hand here.
    pub(crate) fn variables(&self, scope: Scope) -> Option<&'a Variables> {
        match scope {
            Scope::Session => Some(match &self.client.http2 {
                Some(http2) => &http2.variables,
                None => &self.client.variables,
            }),
            Scope::Transaction => {
                let stream = self.stream.filter(|_| !self.client.is_check)?;
                Some(&stream.txn_variables)
            }
            // One place holds both: a response takes the place of its request.
            Scope::Request | Scope::Response => {
                let wanted = scope == Scope::Response;
                let stream = self.stream.filter(|_| !self.client.is_check)?;
                let stream = Some(stream).filter(|stream| stream.in_response == wanted)?;
                Some(&stream.side_variables)
            }
            // A check has no transaction: its variables stand in that place.
            Scope::Check => self
                .stream
                .filter(|_| self.client.is_check)
                .map(|stream| &stream.txn_variables),
            Scope::Process => None,
        }
    }

    /// The value of a variable; none when it is not set.
    pub(crate) fn variable(&self, variable: &Variable) -> Option<Sample<'a>> {
        match variable.scope {
            Scope::Process => self.runtime.variables.get(&variable.name, self.arena),
            other => self.variables(other)?.get(&variable.name, self.arena),
        }
    }

    /// The same for another proxy's rules.
    #[must_use]
    pub fn of_proxy(self, proxy: ProxyId) -> Self {
        Self { proxy, ..self }
    }
}

/// What a TLS handshake agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tls<'a> {
    /// The version, such as `TLSv1.3`.
    pub version: &'static str,
    /// The cipher suite, by OpenSSL's name.
    pub cipher: &'static str,
    /// The server that the client asked for; none when it named none.
    pub server_name: Option<&'a [u8]>,
    /// The protocol that was agreed on (ALPN).
    pub alpn: Option<&'a [u8]>,
    /// The group that keys were agreed on in, by OpenSSL's name.
    pub curve: Option<&'static str>,
    /// An earlier session went on.
    pub resumed: bool,
}

/// What was found wrong with a certificate, by OpenSSL's numbers; 0 is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CertificateVerdict {
    /// The first error of the certificate itself.
    pub error: u32,
    /// The first error of those that signed it.
    pub error_of_authorities: u32,
    /// How far above the certificate that was.
    pub depth: u32,
    /// The last error of all.
    pub result: u32,
}

/// What the kernel writes on a connection's packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketField {
    /// The type of service, or the traffic class.
    Tos,
    /// The mark that routing and firewalls look at.
    Mark,
}

/// What the system knows of the way to a TCP peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpFacts {
    /// Smoothed round-trip time, in microseconds.
    pub rtt_us: u32,
    /// How much that varies, in microseconds.
    pub rtt_variance_us: u32,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Segments acknowledged selectively.
    pub sacked: u32,
    /// Segments thought lost.
    pub lost: u32,
    /// Segments sent again that are under way.
    pub retransmitted: u32,
    /// Segments acknowledged ahead of a gap.
    pub forward_acked: u32,
    /// How far segments overtake each other.
    pub reordering: u32,
}

/// Whose work is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workers {
    /// The thread at hand.
    This,
    /// All threads.
    All,
}

/// What a request or a session has cost since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// How often it was taken up, this time included.
    pub calls: u64,
    /// Nanoseconds of work, this time not included; 0 where tasks are not measured.
    pub busy_ns: u64,
    /// Nanoseconds between being woken and being taken up; 0 where tasks are not measured.
    pub late_ns: u64,
}

/// What only the shell knows: clocks, chance, the system.
pub trait World: std::fmt::Debug {
    /// Milliseconds of the process's clock.
    fn now_ms(&self) -> u64;
    /// Microseconds since the epoch.
    fn epoch_us(&self) -> u64;
    /// Microseconds since the epoch at a time of the process's clock, in milliseconds.
    fn epoch_us_at(&self, clock_ms: u64) -> u64;
    /// Random bits; not for secrets.
    fn random(&self) -> u64;
    /// The thread's number, from 0.
    fn thread(&self) -> usize;
    /// The process's id.
    fn pid(&self) -> u32;
    /// The host's name.
    fn hostname(&self) -> &[u8];
    /// Whether `hash`, as `crypt` makes it, is one of the password.
    fn proves_password(&self, hash: &[u8], password: &[u8]) -> bool;
    /// Whether the process is on its way out.
    fn is_stopping(&self) -> bool;
    /// The value of an environment variable.
    fn variable(&self, name: &[u8]) -> Option<Box<[u8]>>;
    /// The address that the client at hand connected to; none where there is no client, and over a unix socket.
    fn connected_to(&self) -> Option<std::net::SocketAddr>;
    /// How the way to the client is; none over a unix socket, and without a client.
    fn client_tcp(&self) -> Option<TcpFacts>;
    /// The packet that the client's connection began with, as far as the listener had the system keep it; it is given once.
    fn saved_syn(&self) -> Option<Box<[u8]>>;
    /// Per cent of the time just past in which the thread at hand worked, or all threads did on average.
    fn cpu_usage(&self, of: Workers) -> u8;
    /// Whether an address is one of this host's.
    fn is_local(&self, address: std::net::IpAddr) -> bool;
    /// What the handshake of the client at hand agreed on; none without TLS.
    fn tls(&self) -> Option<Tls<'_>>;
    /// What was kept of the handshake of the client at hand beside that; none where nothing was.
    fn client_handshake(&self) -> Option<&ClientHandshake> {
        None
    }
    /// A certificate of the client at hand in DER: its own is the first, behind it stand those that it sent with it.
    fn client_certificate(&self, at: usize) -> Option<&[u8]>;
    /// What was found wrong with the certificate of the client at hand, and passed over.
    fn client_verdict(&self) -> CertificateVerdict;
    /// The certificate that the client at hand was shown, in DER.
    fn own_certificate(&self) -> Option<&[u8]>;
    /// What the request or session at hand has cost; none where nothing asks for it.
    fn effort(&self) -> Option<Effort>;
    /// Settles how readily the request or session at hand leaves its turn to others, -1024 to 1024; what is beyond is cut.
    fn set_nice(&self, nice: i64);
    /// Sets what the kernel writes on packets to the client at hand. Where the system refuses, packets stay as they are.
    fn set_on_packets(&self, field: PacketField, value: u32);
    /// Writes a line to the log of the frontend at hand (`do-log`), by a profile of the rule's own or by those of the targets. `step`
    /// is what log profiles call the rule set.
    fn log(&self, context: &SampleContext<'_>, step: &'static str, profile: Option<&[u8]>);
    /// Writes a message of the program's own to a sink: `stdout`, `stderr`, `buf0` or a ring.
    fn note(&self, sink: &[u8], message: &[u8]);
    /// How clocks stand here, at a time in seconds since the epoch.
    fn local(&self, epoch: i64) -> LocalTime;
}
