//! Forwards the lines of rings to their servers, over connections that are made anew when they are lost. A line that was sent
//! is not sent again; one of which only a part left is.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use haproxy_cfg::model::sections::Endpoint;
use haproxy_cfg::model::{ServerAddr, ServerAt};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::{sleep, timeout};

use super::datagram;
use super::ring::{Framing, Place, Ring};
use crate::socket::Socket;
use crate::thread::Thread;
use crate::upstream::{Wired, begin_outgoing, reach_single};

/// Between two attempts to reach a server.
const PAUSE: Duration = Duration::from_secs(1);

/// Bytes that are sent at once.
const BATCH: usize = 16384;

/// Starts to forward the lines of all rings, on this thread.
pub(crate) fn start(thread: &Rc<Thread>) {
    let mut at = 0;
    while let Some(ring) = thread.shared.logs.rings.at(at) {
        for server in 0..ring.servers.len() {
            tokio::task::spawn_local(forward(Rc::clone(thread), at, server));
        }
        at += 1;
    }
}

/// Forwards the lines of a ring to one of its servers, for as long as the process lives.
async fn forward(thread: Rc<Thread>, ring: usize, server: usize) {
    let Some(ring) = thread.shared.logs.rings.at(ring) else {
        return;
    };
    let mut next = 0;
    let mut seen = next;
    loop {
        if let Ok(connection) = within(
            ring.connect_timeout,
            connect(&thread, &ring.servers[server].place),
        )
        .await
        {
            ring.note_reader(server, Some(next));
            // Whatever the reason is for which it ended: it is made anew.
            let _ended = serve(ring, server, connection, &mut next).await;
            ring.note_reader(server, None);
        }
        // One that took lines and was lost is made anew at once.
        if std::mem::replace(&mut seen, next) == next {
            sleep(PAUSE).await;
        }
    }
}

async fn connect(thread: &Thread, place: &Place) -> io::Result<Box<dyn Wired>> {
    match place {
        Place::At(endpoint) => to_endpoint(endpoint).await,
        Place::OfRing(ring, at) => {
            let server = &thread.config().sections.rings[*ring].servers[*at];
            let tls = thread.shared.tls.ring_servers.get(&(*ring, *at));
            reach_single(server, tls.map(Arc::as_ref)).await
        }
        Place::OfServer(at) => to_server(thread, *at).await,
    }
}

/// Connects to a server of a backend, where it is now and over TLS where it wants that.
async fn to_server(thread: &Thread, at: ServerAt) -> io::Result<Box<dyn Wired>> {
    let proxy = thread.config().proxy(at.proxy);
    let server = &proxy.servers[at.index];
    let state = &thread.shared.runtime.proxies[at.proxy.0 as usize].servers[at.index];
    let moved = state.address(server);
    let ServerAddr::Inet { ip, port, .. } = *moved.as_ref().unwrap_or(&server.addr) else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let to = SocketAddr::new(ip, port.unwrap_or(0));
    let make = |protocol| {
        let socket = socket2::Socket::new(
            socket2::Domain::for_address(to),
            socket2::Type::STREAM.nonblocking().cloexec(),
            protocol,
        )?;
        socket.set_tcp_nodelay(true)?;
        Ok(socket)
    };
    let stream = match &server.outgoing {
        None => {
            let stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            stream
        }
        Some(outgoing) => {
            let socket = begin_outgoing(outgoing, None, to, make)?;
            let stream = TcpStream::from_std(socket.into())?;
            stream.writable().await?;
            if let Some(error) = stream.take_error()? {
                return Err(error);
            }
            stream
        }
    };
    let Some(tls) = thread.shared.tls.servers.get(&(at.proxy, at.index)) else {
        return Ok(Box::new(stream));
    };
    let handshake = tls.connect_check(Socket::Tcp(stream), None, None);
    let handshake = handshake.map_err(|_refused| io::ErrorKind::InvalidInput)?;
    Ok(Box::new(handshake.await?))
}

async fn to_endpoint(endpoint: &Endpoint) -> io::Result<Box<dyn Wired>> {
    match endpoint {
        Endpoint::Inet(address) => {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            Ok(Box::new(stream))
        }
        Endpoint::Host(ip) => Ok(Box::new(TcpStream::connect(SocketAddr::new(*ip, 0)).await?)),
        Endpoint::Unix(path) => to_unix(&datagram::unix(path)?),
        Endpoint::Abstract(name) => to_unix(&datagram::unix(&name.path())?),
    }
}

fn to_unix(address: &socket2::SockAddr) -> io::Result<Box<dyn Wired>> {
    let socket = socket2::Socket::new(
        socket2::Domain::UNIX,
        socket2::Type::STREAM.nonblocking().cloexec(),
        None,
    )?;
    socket.connect(address)?;
    let stream = std::os::unix::net::UnixStream::from(std::os::fd::OwnedFd::from(socket));
    Ok(Box::new(UnixStream::from_std(stream)?))
}

/// Sends lines until the connection fails or its other end goes.
async fn serve(ring: &Ring, server: usize, mut connection: Box<dyn Wired>, next: &mut u64) -> io::Result<()> {
    let framing: Framing = ring.servers[server].framing;
    let mut news = ring.news.subscribe();
    let mut out = Vec::with_capacity(BATCH);
    let mut ends = Vec::new();
    let mut ignored = [0; 512];
    loop {
        out.clear();
        ends.clear();
        news.mark_unchanged();
        let first = ring.read(*next, framing, BATCH, &mut out, &mut ends);
        *next = (*next).max(first);
        if out.is_empty() {
            tokio::select! {
                changed = news.changed() => changed.map_err(|_| io::ErrorKind::NotConnected)?,
                // What a server of logs says is not listened to, but for its end.
                read = connection.read(&mut ignored) => if read? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                },
            }
            continue;
        }
        let mut sent = 0;
        let mut whole = 0;
        while sent < out.len() {
            sent += within(ring.server_timeout, connection.write(&out[sent..])).await?;
            while whole < ends.len() && ends[whole] <= sent {
                whole += 1;
                *next += 1;
            }
            ring.note_reader(server, Some(*next));
        }
    }
}

/// Milliseconds within which it has to be done; none is no limit.
async fn within<T>(limit: Option<u32>, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    match limit {
        Some(limit @ 1..) => timeout(Duration::from_millis(limit.into()), work)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())),
        _ => work.await,
    }
}
