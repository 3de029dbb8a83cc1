//! A client's connection: what is known of it before the first byte, whatever it speaks.

use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use haproxy_cfg::model::{Bind, Proxy, ProxyId};
use proxy_core::cli::{LiveStream, Owner, Stage};
use proxy_core::logline::Peer;
use proxy_core::state::{Gauge, SideCounters};
use proxy_core::stream::Client;
use proxy_core::table::Tracked;
use tokio::sync::Notify;

use crate::buffer::Buffer;
use crate::io::Io;
use crate::thread::Thread;
use crate::tls::TlsIo;
use crate::upstream::PrivateConns;
use crate::wheel::Timer;

/// A client's connection. Gauges are counted down when it is dropped.
#[derive(Debug)]
pub struct Session {
    /// The thread it lives on.
    pub thread: Rc<Thread>,
    /// Its connection.
    pub io: Io,
    /// Its one timer.
    pub timer: Timer,
    /// What rules and samples see of it.
    pub client: Client,
    /// Bytes that came behind the last request.
    pub pending: Option<Buffer>,
    /// What rules on contents tracked before the connection became one of HTTP, for its first request, to which these rules are
    /// not applied again.
    pub(crate) carried: Option<Tracked>,
    /// Connections to servers that no other client may use.
    pub(crate) private: Option<Box<PrivateConns>>,
}

impl Session {
    /// The frontend's model.
    #[must_use]
    pub fn frontend(&self) -> &Proxy {
        self.thread.shared.plan.config.proxy(self.client.frontend)
    }

    /// Counts something on the client's side: for the frontend, and for the listener where these are counted one by one.
    pub(crate) fn count(&self, what: impl Fn(&SideCounters)) {
        what(self.thread.fe_counters(self.client.frontend));
        if let Some(listener) = self
            .thread
            .listener_counters(self.client.frontend, self.client.bind)
        {
            what(listener);
        }
    }

    /// Counts that rules on what a server sent dropped the client silently, which the original counts as refused requests.
    pub(crate) fn count_vanished(&self, backend: ProxyId) {
        self.count(|side| side.dreq.inc());
        self.thread.be_counters(backend).dreq.inc();
    }

    /// Counts bytes from and to the client.
    pub(crate) fn count_bytes(&self, received: u64, sent: u64) {
        self.count(|side| {
            side.bin.add(received);
            side.bout.add(sent);
        });
        let thread = &self.thread;
        thread.counters().process.bytes_out.add(thread.now_ms(), sent);
    }

    /// A request or a TCP session begins: it can be listed and ended from now on.
    #[inline]
    pub(crate) fn begin_stream(&self, number: u32) {
        self.timer.begin_stream(LiveStream {
            number,
            owner: Owner::Bind(self.client.frontend, self.client.bind),
            src: self.client.src,
            backend: None,
            server: None,
            stage: Stage::Begun,
            client_fd: self.io.descriptor(),
            server_fd: -1,
            retries: 0,
            began_ms: self.thread.now_ms(),
            deadline_ms: None,
            thread: self.thread.index as u32,
            began: Vec::new(),
        });
    }

    /// The bind's model.
    #[must_use]
    pub fn bind(&self) -> &Bind {
        &self.frontend().binds[usize::from(self.client.bind)]
    }

    /// The client, as log lines name it.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.client
            .src
            .map_or_else(|| Peer::Unix(self.bind().id), Peer::Inet)
    }

    /// Whether the client is told with its next answer to close, since the process stops.
    #[inline]
    pub(crate) fn is_told_to_close(&self) -> bool {
        let farewell = &self.thread.shared.farewell;
        farewell.has_begun() && farewell.is_told(self.thread.now_ms(), self.chance())
    }

    /// When the connection is closed if its client stays silent, since the process stops; none where nobody closes it.
    pub(crate) fn closes_idle_at(&self) -> Option<u64> {
        self.thread.shared.farewell.closes_idle_at(self.chance())
    }

    /// A number of this connection, which stays what it is while the client says nothing.
    fn chance(&self) -> u64 {
        let port = self.client.src.map_or(0, |src| src.port());
        self.client.accepted_ms << 16 | u64::from(port)
    }

    /// Whether the client's connection is over TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.client.tls
    }

    /// Goes on over TLS.
    pub(crate) fn set_tls(&mut self, io: TlsIo) {
        self.thread.shared.runtime.tls_connections.inc();
        self.client.tls = true;
        self.io = Io::Tls(Box::new(io));
    }
}

impl Session {
    /// Counts the connection down, once. To be called before the client can see the end: it may be back at once, and must
    /// not find its former connection counted.
    pub(crate) fn count_down(&mut self) {
        if !std::mem::replace(&mut self.client.counted, false) {
            return;
        }
        if !self.client.tracked.is_empty() {
            self.client.tracked.release(self.thread.tick());
        }
        let shared = &self.thread.shared;
        let runtime = &shared.runtime;
        let left = runtime.connections.dec();
        let max_tls = shared.plan.config.global.maxsslconn;
        let left_tls = self.is_tls().then(|| runtime.tls_connections.dec());
        let had_all_tls = left_tls.is_some_and(|left| max_tls.is_some_and(|max| left + 1 == max));
        let state = &runtime.proxies[self.client.frontend.0 as usize];
        let of_frontend = state.fe_sessions.dec();
        let was_full = |left: u32, max: &AtomicU32| left + 1 == max.load(Relaxed);
        let of_listener = (state.listeners.get(usize::from(self.client.bind))).map(Gauge::dec);
        let own_max = self.bind().maxconn;
        let had_all = of_listener.is_some_and(|left| own_max.is_some_and(|max| left + 1 == max));
        if was_full(left, &runtime.maxconn) || had_all_tls {
            shared.room.iter().for_each(Notify::notify_waiters);
        } else if was_full(of_frontend, &state.maxconn) || had_all {
            shared.room[self.client.frontend.0 as usize].notify_waiters();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // The socket is closed behind this.
        self.count_down();
        if let Some(mut tracked) = self.carried.take() {
            tracked.release(self.thread.tick());
        }
        if let Some(buffer) = self.pending.take() {
            self.thread.buffers.give(buffer);
        }
    }
}

/// Counts a session on a backend for as long as it lives.
#[derive(Debug)]
pub struct BackendUse {
    thread: Rc<Thread>,
    backend: ProxyId,
}

impl BackendUse {
    /// One more session on `backend`.
    #[must_use]
    pub fn new(session: &Session, backend: ProxyId) -> Self {
        session.timer.note(|stream| stream.backend = Some(backend));
        let thread = &session.thread;
        let now = thread.now_ms();
        thread.shared.runtime.proxies[backend.0 as usize]
            .be_sessions
            .inc();
        let counters = thread.be_counters(backend);
        counters.stot.inc();
        counters.sess_rate.hit(now);
        counters.last_session_ms.set(now);
        Self {
            thread: Rc::clone(thread),
            backend,
        }
    }
}

impl Drop for BackendUse {
    fn drop(&mut self) {
        self.thread.shared.runtime.proxies[self.backend.0 as usize]
            .be_sessions
            .dec();
    }
}
