//! The connections of a rehearsal: what one side says is known beforehand, what it is told is kept. No socket is behind them.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::Poll;

use proxy_core::sample::Tls;

/// What a side was told so far, and how often anything moved.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    bytes: RefCell<Vec<u8>>,
    moves: Cell<u64>,
}

impl Heard {
    /// All bytes so far.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.bytes.borrow().clone()
    }

    /// A number that grows whenever bytes move.
    pub(super) fn moves(&self) -> u64 {
        self.moves.get()
    }

    fn moved(&self) {
        self.moves.set(self.moves.get() + 1);
    }
}

/// What a client that is only imagined has agreed on in TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PretendedTls {
    /// The name that it asks for.
    pub server_name: Option<Vec<u8>>,
    /// The protocol of ALPN.
    pub alpn: Option<Vec<u8>>,
}

/// One side's connection.
#[derive(Debug)]
pub struct Rehearsed {
    /// What it says, and how much of that was read.
    says: (Vec<u8>, usize),
    /// It speaks only once it was told something.
    answers: bool,
    heard: Rc<Heard>,
    /// Where the client connected to; none for a server.
    local: Option<SocketAddr>,
    tls: Option<PretendedTls>,
}

impl Rehearsed {
    /// A client that says `bytes` at once, and waits.
    pub(super) fn client(
        bytes: Vec<u8>,
        local: Option<SocketAddr>,
        tls: Option<PretendedTls>,
    ) -> (Self, Rc<Heard>) {
        let heard = Rc::new(Heard::default());
        let client = Self {
            says: (bytes, 0),
            answers: false,
            heard: Rc::clone(&heard),
            local,
            tls,
        };
        (client, heard)
    }

    /// A server that says `bytes` once it is spoken to.
    pub(super) fn server(bytes: Vec<u8>) -> (Self, Rc<Heard>) {
        let heard = Rc::new(Heard::default());
        let server = Self {
            says: (bytes, 0),
            answers: true,
            heard: Rc::clone(&heard),
            local: None,
            tls: None,
        };
        (server, heard)
    }

    /// Where the client connected to.
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.local
    }

    /// What the client agreed on.
    pub(crate) fn tls(&self) -> Option<Tls<'_>> {
        let tls = self.tls.as_ref()?;
        Some(Tls {
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            server_name: tls.server_name.as_deref(),
            alpn: tls.alpn.as_deref(),
            curve: Some("X25519"),
            resumed: false,
        })
    }

    /// Whether a read gives something.
    pub(crate) fn is_readable(&self) -> bool {
        let (bytes, at) = &self.says;
        *at < bytes.len() && !(self.answers && self.heard.bytes.borrow().is_empty())
    }

    pub(crate) fn poll_read(&mut self, room: &mut [u8]) -> Poll<io::Result<usize>> {
        if !self.is_readable() {
            return Poll::Pending;
        }
        let (bytes, at) = &mut self.says;
        let n = room.len().min(bytes.len() - *at);
        room[..n].copy_from_slice(&bytes[*at..*at + n]);
        *at += n;
        self.heard.moved();
        Poll::Ready(Ok(n))
    }

    pub(crate) fn poll_write(&self, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let mut bytes = self.heard.bytes.borrow_mut();
        let before = bytes.len();
        parts.iter().for_each(|part| bytes.extend_from_slice(part));
        self.heard.moved();
        Poll::Ready(Ok(bytes.len() - before))
    }
}
