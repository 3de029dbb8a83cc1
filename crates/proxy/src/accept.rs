//! Takes connections from listeners and makes sessions of them.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::Duration;

use haproxy_cfg::model::{Bind, LogLevel, Mode, Proxy, ProxyId};
use proxy_core::stream::Client;
use socket2::SockRef;

use crate::effort;
use crate::io::Io;
use crate::listen::ListenSocket;
use crate::listener::Listener;
use crate::log::Entry;
use crate::pace::Pace;
use crate::session::Session;
use crate::thread::Thread;
use crate::tls::failure::Role;
use crate::tls::{BindSide, TlsIo, connection, failure};
use crate::upstream::{deadline, probe};
use crate::wheel::Timer;
use crate::{early, http, http2, proxy_header, tcp};

/// Pause after the system refused a descriptor, ms: long enough for something to be closed.
const OUT_OF_DESCRIPTORS_MS: u64 = 100;

/// How often it is logged that there are no descriptors, ms.
const TOLD_EVERY_MS: u64 = 60_000;

/// How long a client of `monitor-net` may keep its connection, ms.
const MONITOR_MS: u64 = 1000;

/// A listener on one thread.
#[derive(Debug)]
pub(crate) struct Acceptor {
    pub(crate) thread: Rc<Thread>,
    pub(crate) proxy: ProxyId,
    pub(crate) bind: u16,
    pub(crate) tls: Option<Arc<BindSide>>,
}

/// What woke an acceptor.
enum Woken {
    Connection(Io, Option<SocketAddr>),
    Failed(io::Error),
    LookAgain,
}

impl Acceptor {
    /// Accepts until the frontend stops.
    ///
    /// # Errors
    /// When the runtime cannot watch the socket.
    pub(crate) async fn run(self, socket: ListenSocket) -> io::Result<()> {
        let mut listener = Listener::new(socket)?;
        let shared = Arc::clone(&self.thread.shared);
        let state = &shared.runtime.proxies[self.proxy.0 as usize];
        let mut changes = shared.changes.subscribe();
        let mut rates = shared.runtime.rates.now();
        let mut pace = Pace::of(&self.thread, self.proxy, self.tls.is_some());
        let mut listens = true;
        loop {
            changes.mark_unchanged();
            let limits = shared.runtime.rates.now();
            if limits != rates {
                rates = limits;
                pace = Pace::of(&self.thread, self.proxy, self.tls.is_some());
            }
            if state.stopped.load(Relaxed) {
                self.take_those_who_wait(&listener);
                shared.released.forget(self.proxy, self.bind);
                return Ok(());
            }
            let paused = state.paused.load(Relaxed);
            if paused == listens {
                listens = if paused {
                    if listener.is_abstract() {
                        // The name is free only once nobody holds the socket.
                        self.take_those_who_wait(&listener);
                        shared.exports.withdraw_bind(self.proxy, self.bind);
                        shared.released.forget(self.proxy, self.bind);
                    }
                    listener.pause();
                    false
                } else {
                    match listener.resume(self.backlog(), &shared.released, self.proxy, self.bind) {
                        Ok(()) => true,
                        Err(error) => {
                            crate::run::alert(&format!("a listener cannot be resumed: {error}"));
                            false
                        }
                    }
                };
            }
            if paused || !listens {
                if changes.changed().await.is_err() {
                    return Ok(());
                }
                continue;
            }
            if self.is_full() {
                let mut room = pin!(shared.room[self.proxy.0 as usize].notified());
                room.as_mut().enable();
                if self.is_full() {
                    tokio::select! {
                        () = room => {}
                        changed = changes.changed() => if changed.is_err() { return Ok(()) },
                    }
                    continue;
                }
            }
            let now = self.thread.now_ms();
            let wait = pace
                .as_ref()
                .and_then(|pace| pace.wait_ms(&shared.runtime.counters, now));
            if let Some(wait) = wait {
                let timer = self.thread.wheel.timer();
                timer.set(now + wait);
                tokio::select! {
                    () = timer.expired() => {}
                    changed = changes.changed() => if changed.is_err() { return Ok(()) },
                }
                continue;
            }
            let woken = {
                let mut changed = pin!(changes.changed());
                poll_fn(|cx| {
                    // Another thread may have taken the last place while this one slept.
                    if self.is_full() {
                        return Poll::Ready(Woken::LookAgain);
                    }
                    let accepted = match &listener {
                        Listener::Tcp(l) => l.poll_accept(cx).map_ok(|(io, from)| (Io::Tcp(io), Some(from))),
                        Listener::Unix(l) => l.poll_accept(cx).map_ok(|(io, _)| (Io::Unix(io), None)),
                        Listener::Pair(half) => half.poll_accept(cx).map_ok(|io| (io, None)),
                        Listener::Released(_) => Poll::Pending,
                    };
                    match accepted {
                        Poll::Ready(Ok((io, from))) => Poll::Ready(Woken::Connection(io, from)),
                        Poll::Ready(Err(e)) => Poll::Ready(Woken::Failed(e)),
                        Poll::Pending => changed.as_mut().poll(cx).map(|_| Woken::LookAgain),
                    }
                })
                .await
            };
            match woken {
                Woken::Connection(io, from) => self.begin(io, from),
                Woken::Failed(e) if is_of_one_connection(&e) => {}
                Woken::Failed(error) => {
                    self.tell_of_shortage(&error);
                    let timer = self.thread.wheel.timer();
                    timer.set(self.thread.now_ms() + OUT_OF_DESCRIPTORS_MS);
                    timer.expired().await;
                }
                Woken::LookAgain => {}
            }
        }
    }

    /// Logs that connections cannot be taken, once in a while: it is tried again many times a second.
    fn tell_of_shortage(&self, error: &io::Error) {
        let thread = &self.thread;
        let (told, now) = (&thread.shared.shortage_told_ms, thread.now_ms().max(1));
        let last = told.load(Relaxed);
        let is_due = last == 0 || now.saturating_sub(last) >= TOLD_EVERY_MS;
        if !is_due || told.compare_exchange(last, now, Relaxed, Relaxed).is_err() {
            return;
        }
        let proxy = self.proxy();
        let text = format!(
            "Proxy {} cannot take connections: {error}. They wait until file descriptors are free; check 'ulimit-n' and 'maxconn'.",
            proxy.name
        );
        let entry = Entry {
            tag: proxy.log_tag.as_ref(),
            level: LogLevel::Emerg,
            now_us: thread.epoch_us(),
            line: text.as_bytes(),
            structured: None,
        };
        // A frontend without a log has the process's.
        let own = (!proxy.logs.is_empty()).then_some(&proxy.logs);
        let targets = own.unwrap_or(&thread.config().global.logs);
        thread
            .log
            .borrow_mut()
            .send(targets, &mut thread.dates.borrow_mut(), entry);
    }

    /// Makes sessions of the connections that the system has taken already: with the socket they would be reset.
    fn take_those_who_wait(&self, listener: &Listener) {
        while !self.is_full() {
            let Ok(Some((io, from))) = listener.accept_now() else {
                return;
            };
            self.begin(io, from);
        }
    }

    /// Connections that may wait.
    fn backlog(&self) -> i32 {
        let proxy = self.proxy();
        let backlog = self
            .bind()
            .and_then(|bind| bind.backlog)
            .or(proxy.backlog)
            .or(proxy.maxconn);
        let backlog = backlog.unwrap_or_else(|| self.thread.shared.runtime.maxconn.load(Relaxed));
        i32::try_from(backlog.max(1)).unwrap_or(i32::MAX)
    }

    fn proxy(&self) -> &Proxy {
        self.thread.shared.plan.config.proxy(self.proxy)
    }

    /// Its line.
    fn bind(&self) -> Option<&Bind> {
        self.proxy().binds.get(usize::from(self.bind))
    }

    /// Whether the frontend or the process has all the sessions that it may have.
    fn is_full(&self) -> bool {
        let runtime = &self.thread.shared.runtime;
        let state = &runtime.proxies[self.proxy.0 as usize];
        let reached = |now: u32, max: u32| max != 0 && now >= max;
        let bind = usize::from(self.bind);
        let own_max = self.bind().and_then(|bind| bind.maxconn);
        let tls_max = self
            .thread
            .config()
            .global
            .maxsslconn
            .filter(|_| self.tls.is_some());
        reached(state.fe_sessions.get(), state.maxconn.load(Relaxed))
            || reached(runtime.connections.get(), runtime.maxconn.load(Relaxed))
            || own_max.is_some_and(|max| {
                state
                    .listeners
                    .get(bind)
                    .is_some_and(|now| reached(now.get(), max))
            })
            || tls_max.is_some_and(|max| reached(runtime.tls_connections.get(), max))
    }

    /// Makes a session of a connection.
    fn begin(&self, io: Io, from: Option<SocketAddr>) {
        let thread = &self.thread;
        if let (Some((net, bits)), Some(from)) = (self.proxy().monitor_net, from)
            && http::is_inside(from.ip(), net, bits)
        {
            let until = thread.now_ms() + MONITOR_MS;
            let greeting = greet_monitor(io, thread.wheel.timer(), until, self.proxy().mode);
            tokio::task::spawn_local(thread.wheel.hold_time(greeting));
            return;
        }
        let dst = match &io {
            Io::Tcp(stream) if thread.shared.wants_dst[self.proxy.0 as usize].load(Relaxed) => {
                stream.local_addr().ok()
            }
            _ => None,
        };
        let mut session = admit(thread, self.proxy, self.bind, io, from, dst);
        if let Io::Tcp(stream) = &session.io {
            self.settle(&SockRef::from(stream));
        }
        if !early::admits_connection(&mut session) {
            return;
        }
        let mode = self.proxy().mode;
        let nice = self.bind().map_or(0, |bind| bind.nice);
        if proxy_header::is_expected(&session) {
            let serving = serve_behind_header(session, self.tls.clone(), mode);
            effort::spawn(thread, nice, serving);
            return;
        }
        if self.tls.is_none() && !early::admits_session(&mut session) {
            return;
        }
        match &self.tls {
            Some(tls) => {
                effort::spawn(thread, nice, serve_tls(session, Arc::clone(tls), mode));
            }
            None if mode == Mode::Http && self.bind().is_some_and(|bind| bind.http2() == Some(true)) => {
                effort::spawn(thread, nice, http2::serve(session));
            }
            None if mode == Mode::Http => {
                effort::spawn(thread, nice, http::serve(session));
            }
            None => {
                effort::spawn(thread, nice, tcp::serve(session));
            }
        }
    }
}

impl Acceptor {
    /// Sets what options of the frontend ask of a client's socket. Without any of it the connection works all the same.
    fn settle(&self, socket: &SockRef<'_>) {
        let proxy = self.proxy();
        if proxy.options.clitcpka {
            let _ = probe(socket, &proxy.client_probes);
        }
        if proxy.options.nolinger {
            let _ = socket.set_linger(Some(Duration::ZERO));
        }
    }
}

/// The session of a connection from `src` to `dst`, counted from here on.
pub(crate) fn admit(
    thread: &Rc<Thread>,
    proxy: ProxyId,
    bind: u16,
    io: Io,
    src: Option<SocketAddr>,
    dst: Option<SocketAddr>,
) -> Session {
    let now = thread.now_ms();
    let runtime = &thread.shared.runtime;
    runtime.connections.inc();
    let state = &runtime.proxies[proxy.0 as usize];
    state.fe_sessions.inc();
    if let Some(listener) = state.listeners.get(usize::from(bind)) {
        listener.inc();
    }
    if let Some(listener) = thread.listener_counters(proxy, bind) {
        listener.stot.inc();
    }
    let process = &thread.counters().process;
    process.conn_tot.inc();
    process.conn_rate.hit(now);
    let counters = thread.fe_counters(proxy);
    counters.conn_tot.inc();
    counters.conn_rate.hit(now);
    Session {
        thread: Rc::clone(thread),
        io,
        timer: thread.wheel.timer(),
        client: Client {
            frontend: proxy,
            bind,
            src,
            dst,
            accepted_ms: now,
            counted: true,
            ..Client::default()
        },
        pending: None,
        carried: None,
        private: None,
    }
}

/// Tells who only looks after us that all is well, before it has said anything: `monitor-net` came before there were rules.
/// Nothing of it counts as traffic.
async fn greet_monitor(mut io: Io, timer: Timer, until: u64, mode: Mode) {
    let words: &[u8] = if mode == Mode::Http {
        b"HTTP/1.0 200 OK\r\n\r\n"
    } else {
        b""
    };
    timer.set(until);
    let mut greeted = words.is_empty();
    let mut sink = [0; 256];
    poll_fn(|cx| {
        // These few bytes fit the buffer of a new connection.
        if !greeted && io.poll_write(cx, &[IoSlice::new(words)]).is_ready() {
            greeted = true;
        }
        if greeted && matches!(io.poll_shutdown(cx), Poll::Ready(Err(_))) {
            return Poll::Ready(());
        }
        // What it sends is read to its end: unread bytes would make the system discard what it was told.
        while let Poll::Ready(read) = io.poll_read(cx, &mut sink) {
            if !matches!(read, Ok(1..)) {
                return Poll::Ready(());
            }
        }
        timer.poll_expired(cx, timer.now_ms())
    })
    .await;
}

/// Errors of accept(2) that concern the connection, not the listener: the next one may be fine.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted
    )
}

/// Takes what stands in front of the connection, then serves.
async fn serve_behind_header(mut session: Session, tls: Option<Arc<BindSide>>, mode: Mode) {
    if !proxy_header::take(&mut session).await {
        return;
    }
    // Beside the task, which is not to be as large as the largest of them.
    match tls {
        Some(tls) => Box::pin(serve_tls(session, tls, mode)).await,
        None if !early::admits_session(&mut session) => {}
        None if mode == Mode::Http => Box::pin(serve_http(session)).await,
        None => Box::pin(tcp::serve(session)).await,
    }
}

/// Serves a connection of HTTP. What begins with HTTP/2 without having agreed on it is found out about by who reads requests.
async fn serve_http(session: Session) {
    let agreed = || session.io.tls().and_then(|tls| tls.alpn) == Some(b"h2");
    if session.bind().http2().unwrap_or_else(agreed) {
        Box::pin(http2::serve(session)).await;
    } else {
        http::serve(session).await;
    }
}

/// Shakes hands, then serves.
async fn serve_tls(mut session: Session, tls: Arc<BindSide>, mode: Mode) {
    let thread = Rc::clone(&session.thread);
    let process = &thread.counters().process;
    process.tls_tot.inc();
    process.tls_rate.hit(session.client.accepted_ms);
    let Some(stream) = session.io.take_socket() else {
        return;
    };
    session.timer.set(deadline(
        session.client.accepted_ms,
        session.frontend().timeouts.client,
    ));
    let mut shown = None;
    let handshake = {
        let mut handshake = Box::pin(tls.accept(stream));
        let timer = &session.timer;
        poll_fn(|cx| {
            let polled = handshake.as_mut().poll(cx);
            if let Some(key) = connection::chosen() {
                shown = Some(key);
            }
            if let Poll::Ready(done) = polled {
                return Poll::Ready(done);
            }
            timer
                .poll_expired(cx, timer.now_ms())
                .map(|()| Err(io::ErrorKind::TimedOut.into()))
        })
        .await
    };
    match handshake {
        Ok(stream) => {
            let secured = TlsIo::of_client(stream, shown);
            if !secured.is_resumed() {
                process.tls_client_keys.hit(thread.now_ms());
            }
            session.set_tls(secured);
            if !early::admits_session(&mut session) {
                return;
            }
            match mode {
                Mode::Http => serve_http(session).await,
                Mode::Tcp | Mode::Health => tcp::serve(session).await,
                // It serves log lines of the process itself.
                Mode::Log => {}
            }
        }
        Err(error) => {
            session.client.tls_failure = failure::reason_of(&error, Role::Server);
            let words = match error.kind() {
                io::ErrorKind::TimedOut => "Timeout during SSL handshake",
                io::ErrorKind::UnexpectedEof => "Connection closed during SSL handshake",
                _ => "SSL handshake failure",
            };
            crate::stream_log::connection_failed(&mut session, words);
        }
    }
}
