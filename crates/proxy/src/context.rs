//! What samples are taken from, put together from a session and the transaction upon it.

use std::cell::Cell;
use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use haproxy_cfg::model::ProxyId;
use proxy_core::http1::{RequestRef, ResponseRef};
use proxy_core::logline::LocalTime;
use proxy_core::sample::{
    Arena, Body, CertificateVerdict, ClientHandshake, Effort, PacketField, SampleContext, TcpFacts, Tls,
    Workers, World,
};
use proxy_core::stream::{Client, Stream};

use crate::io::Io;
use crate::thread::Thread;

/// The world as a thread sees it, and a client's connection where one is at hand.
#[derive(Debug)]
pub(crate) struct Here<'a> {
    pub(crate) thread: &'a Thread,
    pub(crate) io: Option<&'a Io>,
}

impl World for Here<'_> {
    fn now_ms(&self) -> u64 {
        self.thread.now_ms()
    }

    fn epoch_us(&self) -> u64 {
        self.thread.epoch_us()
    }

    fn epoch_us_at(&self, clock_ms: u64) -> u64 {
        self.thread.epoch_ms(clock_ms) * 1000
    }

    fn random(&self) -> u64 {
        self.thread.random()
    }

    fn thread(&self) -> usize {
        self.thread.index
    }

    fn pid(&self) -> u32 {
        std::process::id()
    }

    fn hostname(&self) -> &[u8] {
        &self.thread.shared.process.hostname
    }

    fn proves_password(&self, hash: &[u8], password: &[u8]) -> bool {
        crate::passwords::proves(hash, password)
    }

    fn is_stopping(&self) -> bool {
        self.thread.shared.farewell.is_ordered()
    }

    fn variable(&self, name: &[u8]) -> Option<Box<[u8]>> {
        let value = std::env::var_os(OsStr::from_bytes(name))?;
        Some(value.into_vec().into())
    }

    fn connected_to(&self) -> Option<SocketAddr> {
        self.io?.local_address()
    }

    fn client_tcp(&self) -> Option<TcpFacts> {
        self.io?.tcp_facts()
    }

    fn saved_syn(&self) -> Option<Box<[u8]>> {
        (self.thread.shared.saved_syn)(self.io?.tcp_descriptor()?)
    }

    fn cpu_usage(&self, of: Workers) -> u8 {
        self.thread.load.of(of, self.thread.shared.runtime.counters.len())
    }

    fn is_local(&self, address: IpAddr) -> bool {
        // Only what is the host's own can be bound.
        UdpSocket::bind((address, 0)).is_ok()
    }

    fn tls(&self) -> Option<Tls<'_>> {
        self.io?.tls()
    }

    fn client_handshake(&self) -> Option<&ClientHandshake> {
        self.io?.handshake()
    }

    fn client_certificate(&self, at: usize) -> Option<&[u8]> {
        self.io?.certificate(at)
    }

    fn client_verdict(&self) -> CertificateVerdict {
        self.io.map(Io::verdict).unwrap_or_default()
    }

    fn own_certificate(&self) -> Option<&[u8]> {
        self.io?.shown()
    }

    fn effort(&self) -> Option<Effort> {
        self.thread.effort.get()
    }

    fn set_nice(&self, nice: i64) {
        self.thread.turn.set_nice(nice);
    }

    fn set_on_packets(&self, field: PacketField, value: u32) {
        if let Some(io) = self.io {
            io.set_on_packets(field, value);
        }
    }

    fn log(&self, context: &SampleContext<'_>, step: &'static str, profile: Option<&[u8]>) {
        crate::stream_log::write_now(self.thread, self.io, context, step, profile);
    }

    fn note(&self, sink: &[u8], message: &[u8]) {
        let mut dates = self.thread.dates.borrow_mut();
        let mut log = self.thread.log.borrow_mut();
        log.note(sink, self.thread.epoch_us(), &mut dates, message);
    }

    fn local(&self, epoch: i64) -> LocalTime {
        self.thread.local(epoch)
    }
}

/// What is at hand of the messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AtHand<'a> {
    pub(crate) stream: Option<&'a Stream>,
    pub(crate) request: Option<RequestRef<'a>>,
    pub(crate) response: Option<ResponseRef<'a>>,
    pub(crate) body: Body<'a>,
    /// Bytes below HTTP that wait to be sent on.
    pub(crate) payload: &'a [u8],
    /// Those bytes come from the server.
    pub(crate) from_server: bool,
    pub(crate) io: Option<&'a Io>,
}

/// Shows `look` what samples are taken from for a rule of `proxy` that is evaluated for the last time: nothing more is waited
/// for.
pub(crate) fn looking<T>(
    thread: &Thread,
    client: &Client,
    proxy: ProxyId,
    at_hand: AtHand<'_>,
    look: impl FnOnce(&SampleContext<'_>) -> T,
) -> T {
    let mut arena = thread.arena.borrow_mut();
    arena.reset();
    let arena: &Arena = &arena;
    look(&SampleContext {
        arena,
        config: thread.config(),
        runtime: &thread.shared.runtime,
        world: &Here {
            thread,
            io: at_hand.io,
        },
        proxy,
        client,
        stream: at_hand.stream,
        request: at_hand.request,
        response: at_hand.response,
        body: at_hand.body,
        payload: Body {
            bytes: at_hand.payload,
            complete: true,
            ..Body::default()
        },
        from_server: at_hand.from_server || at_hand.response.is_some(),
        undecided: &Cell::new(false),
    })
}
