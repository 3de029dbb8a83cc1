//! A connection to the server that was chosen: one that is idle, or a new one, with what it begins with (PROXY header, TLS,
//! HTTP/2) within the time that connecting may take (manual, `timeout connect`).

use std::future::{Future as _, poll_fn};
use std::io::IoSlice;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use haproxy_cfg::model::{HttpReuse, Mode, Proxy, ProxyId, ServerAddr};
use proxy_core::state::SideCounters;
use proxy_core::stream::{NO_CIPHER, Route, ServerHandshake};

use super::connect::Way;
use super::idle::{Asked, is_quiet};
use super::reach::{Attempt, ReachError, Reuse, Slot, deadline, departure};
use super::{ServerConn, connect, through, unstarted};
use crate::io::Io;
use crate::thread::Thread;
use crate::tls::failure::{self, Role};
use crate::tls::{ServerSide, TlsIo};

/// How long a client that ended its direction may wait for a connection that is under way, ms: one that stands at once
/// still gets the request, whose answer nobody waits for, as with the original.
const GONE_GRACE_MS: u64 = 10;

/// The version that is said of a handshake which came to none.
const NEWEST: &str = "TLSv1.3";

/// A connection that may be gone over.
enum Found {
    /// It stands, and others went over it.
    Kept(ServerConn),
    /// It was begun.
    Begun(Io, Option<Box<Way>>),
}

/// Looks for an idle connection to the server of `slot` that may be used, and begins a new one where there is none.
fn find_or_begin(
    attempt: &mut Attempt<'_>,
    proxy: &Proxy,
    slot: &Slot,
    route: &mut Route,
) -> Result<Found, ReachError> {
    let thread = attempt.thread;
    let server = slot.server();
    let counters = thread.server_counters(attempt.backend, server);
    let moved = moved_to(attempt, proxy, server);
    let at = moved.as_ref().unwrap_or(&proxy.servers[server].addr);
    route.reused = true;
    let plans = &thread.shared.plan.proxies[attempt.backend.0 as usize].introductions;
    let known = attempt.introduction.as_deref();
    let introduction = known.map(|known| (plans.of_file(), known));
    let way = Way::new(
        &proxy.servers[server],
        moved.as_ref(),
        server,
        attempt.dst,
        introduction,
    );
    let private = attempt.private.as_mut();
    if let Some(mut conn) = private.and_then(|private| private.take(attempt.backend, server))
        && conn.way == way
        && is_quiet(&mut conn)
    {
        counters.reuse.inc();
        thread.be_counters(attempt.backend).reuse.inc();
        count_session(thread, counters);
        return Ok(Found::Kept(conn));
    }
    let is_private = way.as_ref().is_some_and(|way| way.is_private());
    if attempt.reuse != Reuse::None && !is_private {
        let asked = Asked {
            proven: attempt.reuse == Reuse::Proven,
            way: way.as_deref(),
        };
        let tune = &thread.config().global.tune.h2;
        let shared = || {
            let stream = thread.multiplexed.take(attempt.backend, server, asked, tune)?;
            Some(ServerConn::new(stream, None))
        };
        let idle = thread.idle.take(attempt.backend, server, asked, counters);
        if let Some(mut conn) = idle.or_else(shared) {
            conn.way = conn.way.or(way);
            counters.reuse.inc();
            thread.be_counters(attempt.backend).reuse.inc();
            count_session(thread, counters);
            return Ok(Found::Kept(conn));
        }
    }
    route.reused = false;
    counters.connect.inc();
    thread.be_counters(attempt.backend).connect.inc();
    if let Some(rehearsal) = &thread.rehearsal {
        let address = connect::address(at, attempt.dst);
        return Ok(Found::Begun(
            rehearsal.connect(attempt.backend, server, address),
            way,
        ));
    }
    let tls = tls_of(thread, proxy, (attempt.backend, server));
    if tls.is_some() && thread.config().global.names_server_handshakes {
        // Until the handshake is done.
        route.tls = Some(Box::new(ServerHandshake {
            version: NEWEST,
            cipher: NO_CIPHER,
            ..ServerHandshake::default()
        }));
    }
    let io = connect::start(
        &proxy.servers[server],
        at,
        attempt.dst,
        proxy,
        [attempt.settings.server_tos, attempt.settings.server_mark],
        &thread.config().global.tune.servers,
        way.as_ref().and_then(|way| way.from),
    )
    .map_err(|error| {
        unstarted::tell(thread, proxy, &proxy.servers[server], at, &error);
        ReachError::NotBegun
    })?;
    // One that the system refuses at once is no session of the server.
    count_session(thread, counters);
    note_addresses(attempt, proxy, server, &io, route);
    Ok(Found::Begun(io, way))
}

/// A connection to the server of `slot`: an idle one if one may be used, or a new one.
pub(super) async fn connect_to(
    attempt: &mut Attempt<'_>,
    proxy: &Proxy,
    slot: &Slot,
    route: &mut Route,
) -> Result<ServerConn, ReachError> {
    // What is only looked at before anything is waited for is not carried through that.
    let (mut io, way) = match find_or_begin(attempt, proxy, slot, route)? {
        Found::Kept(conn) => return Ok(conn),
        Found::Begun(io, way) => (io, way),
    };
    let thread = attempt.thread;
    let server = slot.server();
    let until = deadline(thread.now_ms(), attempt.connect_timeout());
    attempt.timer.set(until);
    let mut gone = None;
    poll_fn(|cx| {
        if let Poll::Ready(result) = io.poll_writable(cx) {
            let result = result.and_then(|()| connect::connect_error(&io, cx));
            return Poll::Ready(result.map_err(|_| ReachError::ConnectFailed));
        }
        if let Some(why) = slot.ending() {
            return Poll::Ready(Err(ReachError::Ended(why)));
        }
        if gone.is_none()
            && let Poll::Ready(broke) = attempt.client.poll_gone(cx)
        {
            gone = Some(departure(broke, ReachError::ClientLeftConnect));
            attempt.timer.set(until.min(thread.now_ms() + GONE_GRACE_MS));
        }
        let expired = attempt.timer.poll_expired(cx, thread.now_ms());
        expired.map(|()| Err(gone.unwrap_or(ReachError::ConnectTimeout)))
    })
    .await
    .inspect_err(|_| {
        // The system forgets the address of a connection that does not come to stand, not its port.
        if let Some(local) = &mut route.local {
            local.set_ip(match local {
                SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
            });
        }
    })?;
    let asks = &proxy.servers[server].outgoing;
    if asks.as_ref().is_some_and(|asks| asks.via.is_some()) && matches!(io, Io::Tcp(_)) {
        let moved = moved_to(attempt, proxy, server);
        let to = connect::address(moved.as_ref().unwrap_or(&proxy.servers[server].addr), attempt.dst);
        // As below.
        Box::pin(through::pass(attempt, &mut io, to)).await?;
    }
    if let Some(way) = way.as_ref().filter(|way| !way.header.is_empty()) {
        // Beside the task: few servers are told.
        Box::pin(send_header(attempt, &mut io, &way.header)).await?;
    }
    if let Some(tls) = tls_of(thread, proxy, (attempt.backend, server)) {
        let name = way.as_ref().and_then(|way| way.name.as_deref());
        // Beside the task: a handshake is large, and over soon.
        Box::pin(secure(attempt, slot, &mut io, (&tls, name), route)).await?;
    }
    if speaks_http2(proxy, server, &io) {
        io = begin_http2(attempt, proxy, server, io, way.as_deref()).await?;
    }
    Ok(ServerConn::new(io, way))
}

/// Goes on in HTTP/2; the connection is kept for others as the file allows it. Beside the task.
fn begin_http2<'a>(
    attempt: &Attempt<'a>,
    proxy: &Proxy,
    server: usize,
    io: Io,
    way: Option<&Way>,
) -> Pin<Box<dyn Future<Output = Result<Io, ReachError>> + 'a>> {
    let thread = attempt.thread;
    let is_private = way.is_some_and(Way::is_private);
    let keeps = attempt.reuse != Reuse::None || proxy.http_reuse != HttpReuse::Never;
    let keep = (keeps && !is_private).then(|| way.cloned().map(Box::new));
    let place = (attempt.backend, server);
    Box::pin(async move {
        let tune = &thread.config().global.tune.h2;
        let begun = thread.multiplexed.begin(io, place, keep, tune);
        begun.await.map_err(|_| ReachError::ConnectFailed)
    })
}

/// Whether a connection to a server is one of HTTP/2: the file says so, or it was agreed on.
fn speaks_http2(proxy: &Proxy, server: usize, io: &Io) -> bool {
    let agreed = || io.tls().and_then(|tls| tls.alpn) == Some(b"h2");
    let is_real = !matches!(io, Io::Rehearsed(_));
    is_real && proxy.mode == Mode::Http && proxy.servers[server].http2.unwrap_or_else(agreed)
}

/// What TLS with a server needs, where traffic to it is over TLS.
fn tls_of(thread: &Thread, proxy: &Proxy, server: (ProxyId, usize)) -> Option<Arc<ServerSide>> {
    if thread.rehearsal.is_some() {
        return None;
    }
    let asked = proxy.servers[server.1].tls.as_ref()?;
    asked
        .traffic
        .then(|| thread.shared.tls_of(server.0, server.1))
        .flatten()
}

/// Puts TLS between the connection and those who use it, within the time that connecting may take.
async fn secure(
    attempt: &mut Attempt<'_>,
    slot: &Slot,
    io: &mut Io,
    (tls, name): (&ServerSide, Option<&[u8]>),
    route: &mut Route,
) -> Result<(), ReachError> {
    let socket = io.take_socket().ok_or(ReachError::ConnectFailed)?;
    let handshake = tls.connect(socket, name).map_err(|_| ReachError::ConnectFailed)?;
    let mut handshake = pin!(handshake);
    let mut failed = 0;
    let stream = poll_fn(|cx| {
        if let Poll::Ready(done) = handshake.as_mut().poll(cx) {
            return Poll::Ready(done.map_err(|error| {
                failed = failure::reason_of(&error, Role::Client);
                ReachError::ConnectFailed
            }));
        }
        if let Some(why) = slot.ending() {
            return Poll::Ready(Err(ReachError::Ended(why)));
        }
        if let Poll::Ready(broke) = attempt.client.poll_gone(cx) {
            return Poll::Ready(Err(departure(broke, ReachError::ClientLeftConnect)));
        }
        let expired = attempt.timer.poll_expired(cx, attempt.timer.now_ms());
        expired.map(|()| Err(ReachError::ConnectTimeout))
    })
    .await;
    if let Some(tls) = &mut route.tls {
        tls.failure = failed;
    }
    let secured = TlsIo::to_server(stream?);
    if !secured.is_resumed() {
        let thread = attempt.thread;
        thread.counters().process.tls_server_keys.hit(thread.now_ms());
    }
    *io = Io::Tls(Box::new(secured));
    Ok(())
}

/// Counts a session of a server.
fn count_session(thread: &Thread, counters: &SideCounters) {
    let now = thread.now_ms();
    counters.stot.inc();
    counters.sess_rate.hit(now);
    counters.last_session_ms.set(now);
}

/// Sends what a connection begins with, within the time that connecting may take.
pub(super) async fn send_header(
    attempt: &mut Attempt<'_>,
    io: &mut Io,
    header: &[u8],
) -> Result<(), ReachError> {
    let mut rest = header;
    poll_fn(|cx| {
        while !rest.is_empty() {
            match io.poll_write(cx, &[IoSlice::new(rest)]) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(ReachError::ConnectFailed)),
                Poll::Ready(Ok(sent)) => rest = &rest[sent..],
                Poll::Pending => {
                    let expired = attempt.timer.poll_expired(cx, attempt.timer.now_ms());
                    return expired.map(|()| Err(ReachError::ConnectTimeout));
                }
            }
        }
        Poll::Ready(Ok(()))
    })
    .await
}

/// Writes down from where to where a connection to `server` goes, where something tells it.
pub(super) fn note_addresses(
    attempt: &Attempt<'_>,
    proxy: &Proxy,
    server: usize,
    io: &Io,
    route: &mut Route,
) {
    if attempt.thread.config().global.names_server_addresses {
        let moved = moved_to(attempt, proxy, server);
        let at = moved.as_ref().unwrap_or(&proxy.servers[server].addr);
        route.remote = connect::address(at, attempt.dst);
        route.local = io.local_address();
    }
    if attempt.thread.config().global.measures_servers {
        let facts = io.tcp_facts();
        route.measured = facts.map(|facts| Box::new([facts.rtt_us, facts.rtt_variance_us]));
    }
}

/// Writes down what the handshake with the server agreed on, where something tells it.
pub(super) fn note_handshake(attempt: &Attempt<'_>, conn: &ServerConn, route: &mut Route) {
    if attempt.thread.config().global.names_server_handshakes {
        let name = conn.way.as_ref().and_then(|way| way.name.as_deref());
        route.tls = match &conn.io {
            Io::Tls(io) => io.of_server(name).map(Box::new),
            Io::Http2Server(stream) => stream.link().handshake(name).map(Box::new),
            _ => None,
        };
    }
}

/// Where a server is, if that is not what the file says.
fn moved_to(attempt: &Attempt<'_>, proxy: &Proxy, server: usize) -> Option<ServerAddr> {
    let states = &attempt.thread.shared.runtime.proxies[attempt.backend.0 as usize].servers;
    states[server].address(&proxy.servers[server])
}
