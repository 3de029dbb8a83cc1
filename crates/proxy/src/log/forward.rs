//! Forwards the lines of rings to their servers, over connections that are made anew when they are lost. A line that was sent
//! is not sent again; one of which only a part left is.

use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use haproxy_cfg::model::sections::Endpoint;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::{sleep, timeout};

use super::datagram;
use super::ring::{Framing, Ring};
use crate::thread::Thread;

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
        if let Ok(connection) = within(ring.connect_timeout, connect(&ring.servers[server].endpoint)).await {
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

/// A connection of any kind.
trait Connection: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Connection for T {}

async fn connect(endpoint: &Endpoint) -> io::Result<Box<dyn Connection>> {
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

fn to_unix(address: &socket2::SockAddr) -> io::Result<Box<dyn Connection>> {
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
async fn serve(
    ring: &Ring,
    server: usize,
    mut connection: Box<dyn Connection>,
    next: &mut u64,
) -> io::Result<()> {
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
