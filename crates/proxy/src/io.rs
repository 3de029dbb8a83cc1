//! One side's connection: what it runs over does not matter to those who read and write it.

use std::io::{self, IoSlice, Read as _};
use std::net::SocketAddr;
use std::os::fd::{AsFd as _, AsRawFd, BorrowedFd};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use proxy_core::cache::Replay;
use proxy_core::http1::Headers;
use proxy_core::sample::{CertificateVerdict, ClientHandshake, TcpFacts, Tls};
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

use crate::http2::{ServerStream, StreamIo};
use crate::rehearsal::Rehearsed;
use crate::socket::Socket;
use crate::tcp_info;
use crate::tls::{Secured, TlsIo};

/// A connection.
#[derive(Debug)]
pub enum Io {
    /// TCP in clear.
    Tcp(TcpStream),
    /// A unix stream socket.
    Unix(UnixStream),
    /// TLS, ours being the server's side for clients and the client's side for servers.
    Tls(Box<TlsIo>),
    /// A stream of a client's connection of HTTP/2.
    Http2(Box<StreamIo>),
    /// A stream of a connection of HTTP/2 with a server.
    Http2Server(Box<ServerStream>),
    /// A response of a cache, in a server's place: what it is told goes nowhere.
    Cached(Box<Replay>),
    /// What is only imagined.
    Rehearsed(Box<Rehearsed>),
    /// None any more.
    Closed,
}

impl Io {
    /// Our address, where there is one: that which the peer connected to.
    #[must_use]
    pub fn local_address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(io) => io.local_addr().ok(),
            Self::Tls(io) => io.socket().tcp()?.local_addr().ok(),
            Self::Http2(stream) => stream.carrier().local_address(),
            Self::Http2Server(stream) => stream.link().local_address(),
            Self::Rehearsed(io) => io.local_address(),
            Self::Unix(_) | Self::Cached(_) | Self::Closed => None,
        }
    }

    /// The TLS that it is over; none in clear.
    pub(crate) fn secured(&self) -> Option<&TlsIo> {
        match self {
            Self::Tls(io) => Some(io),
            Self::Tcp(_)
            | Self::Unix(_)
            | Self::Http2(_)
            | Self::Http2Server(_)
            | Self::Cached(_)
            | Self::Rehearsed(_)
            | Self::Closed => None,
        }
    }

    /// What the handshake agreed on; none without TLS.
    pub(crate) fn tls(&self) -> Option<Tls<'_>> {
        match self {
            Self::Http2(stream) => Some(stream.secured()?.agreed()),
            Self::Rehearsed(io) => io.tls(),
            _ => self.secured()?.agreed(),
        }
    }

    /// What was kept of the client's handshake beside what it agreed on.
    pub(crate) fn handshake(&self) -> Option<&ClientHandshake> {
        match self {
            Self::Http2(stream) => stream.secured()?.handshake(),
            _ => self.secured()?.handshake(),
        }
    }

    /// A certificate that the peer showed: its own is the first, behind it stand those that it sent with it.
    pub(crate) fn certificate(&self, at: usize) -> Option<&[u8]> {
        match self {
            Self::Http2(stream) => stream.secured()?.certificate(at),
            _ => self.secured()?.certificate(at),
        }
    }

    /// What was found wrong with the peer's certificate, and passed over.
    pub(crate) fn verdict(&self) -> CertificateVerdict {
        match self {
            Self::Http2(stream) => stream.secured().map(Secured::verdict),
            _ => self.secured().map(TlsIo::verdict),
        }
        .unwrap_or_default()
    }

    /// The certificate that the client was shown.
    pub(crate) fn shown(&self) -> Option<&[u8]> {
        match self {
            Self::Http2(stream) => stream.secured()?.shown(),
            _ => self.secured()?.shown(),
        }
    }

    /// The socket, taken out for a handshake; none where there is none in clear, and it stays as it is.
    pub(crate) fn take_socket(&mut self) -> Option<Socket> {
        match std::mem::replace(self, Self::Closed) {
            Self::Tcp(io) => Some(Socket::Tcp(io)),
            Self::Unix(io) => Some(Socket::Unix(io)),
            other => {
                *self = other;
                None
            }
        }
    }

    /// The number of its descriptor, for those who list them; -1 for none.
    pub(crate) fn descriptor(&self) -> i32 {
        match self {
            Self::Tcp(io) => io.as_raw_fd(),
            Self::Unix(io) => io.as_raw_fd(),
            Self::Tls(io) => io.socket().tcp().map_or(-1, AsRawFd::as_raw_fd),
            Self::Http2(stream) => stream.carrier().descriptor(),
            Self::Http2Server(stream) => stream.link().descriptor(),
            Self::Cached(_) | Self::Rehearsed(_) | Self::Closed => -1,
        }
    }

    /// Has a connection to a server, over which nothing more is to come, reset when it is closed: no port of this machine waits for
    /// packets that nobody sends any more, as with the original.
    pub(crate) fn reset_on_close(&self) {
        if let Self::Tcp(io) = self {
            // At worst it is closed in good order.
            let _ = SockRef::from(io).set_linger(Some(Duration::ZERO));
        }
    }

    /// Whether a client of HTTP/2 asked for a WebSocket, and the server's answer to the key that it was shown in the client's place is
    /// not that.
    pub(crate) fn mistrusts_websocket(&self, answer: Headers<'_>) -> bool {
        match self {
            Self::Http2(stream) => {
                let accept = answer.get(b"sec-websocket-accept").next();
                !stream
                    .asked_websocket()
                    .is_some_and(|asked| asked.is_answered_by(accept.unwrap_or_default()))
            }
            _ => false,
        }
    }

    /// The descriptor, where it is TCP.
    pub(crate) fn tcp_descriptor(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Tcp(io) => Some(io.as_fd()),
            Self::Tls(io) => Some(io.socket().tcp()?.as_fd()),
            Self::Unix(_)
            | Self::Http2(_)
            | Self::Http2Server(_)
            | Self::Cached(_)
            | Self::Rehearsed(_)
            | Self::Closed => None,
        }
    }

    /// What the system knows of the way to the peer, where it is TCP.
    #[must_use]
    pub fn tcp_facts(&self) -> Option<TcpFacts> {
        match self {
            Self::Tcp(io) => tcp_info::facts(io),
            Self::Tls(io) => tcp_info::facts(io.socket().tcp()?),
            Self::Http2(stream) => stream.carrier().tcp_facts(),
            Self::Http2Server(stream) => stream.link().tcp_facts(),
            Self::Unix(_) | Self::Cached(_) | Self::Rehearsed(_) | Self::Closed => None,
        }
    }

    /// Reads into `room`; 0 bytes is the peer's end.
    ///
    /// A read that fills less than `room` has drained the socket: it is not asked again before the system says that there is
    /// more.
    #[inline]
    pub fn poll_read(&mut self, cx: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buf = ReadBuf::new(room);
        ready!(self.poll_read_into(cx, &mut buf))?;
        Poll::Ready(Ok(buf.filled().len()))
    }

    /// As [`Self::poll_read`], into room that need not hold anything yet.
    pub(crate) fn poll_read_into(
        &mut self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let n = match self {
            Self::Tcp(io) => return Pin::new(io).poll_read(cx, buf),
            Self::Unix(io) => return Pin::new(io).poll_read(cx, buf),
            Self::Tls(io) => {
                return match ready!(Pin::new(&mut io.stream).poll_read(cx, buf)) {
                    // A client that goes without TLS's closing alert is a client that went.
                    Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Poll::Ready(Ok(())),
                    done => Poll::Ready(done),
                };
            }
            Self::Http2(stream) => ready!(stream.poll_read(cx, buf.initialize_unfilled()))?,
            Self::Http2Server(stream) => ready!(stream.poll_read(cx, buf.initialize_unfilled()))?,
            Self::Cached(replay) => replay.read(buf.initialize_unfilled()),
            Self::Rehearsed(io) => ready!(io.poll_read(buf.initialize_unfilled()))?,
            Self::Closed => return Poll::Ready(Err(closed())),
        };
        buf.advance(n);
        Poll::Ready(Ok(()))
    }

    /// As [`Self::poll_read`], at less cost where the runtime has heard of bytes already. It does not count for the runtime's
    /// budget: a caller that goes on reading as long as there is something bounds itself.
    #[inline]
    pub(crate) fn poll_recv(&mut self, cx: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        if let Self::Tcp(io) = self {
            match io.try_read(room) {
                Ok(n) => {
                    if n > 0 && n < room.len() {
                        // The socket is drained.
                        not_ready(io, Interest::READABLE);
                    }
                    return Poll::Ready(Ok(n));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.poll_read(cx, room)
    }

    /// Whether a read may give something, as far as the runtime has heard. Nobody is woken for what comes later.
    #[inline]
    pub(crate) fn is_readable(&self) -> bool {
        match self {
            Self::Tcp(io) => io.try_io(Interest::READABLE, || Ok(())).is_ok(),
            Self::Unix(io) => io.try_io(Interest::READABLE, || Ok(())).is_ok(),
            Self::Rehearsed(io) => io.is_readable(),
            Self::Tls(_) | Self::Http2(_) | Self::Http2Server(_) | Self::Cached(_) | Self::Closed => true,
        }
    }

    /// Reads what is there already, whatever the runtime has heard of it; none when that is nothing.
    pub(crate) fn read_now(&mut self, room: &mut [u8]) -> io::Result<Option<usize>> {
        let read = match self {
            Self::Tcp(io) => (&*SockRef::from(&*io)).read(room),
            Self::Unix(io) => (&*SockRef::from(&*io)).read(room),
            Self::Tls(_) | Self::Http2(_) | Self::Http2Server(_) | Self::Cached(_) | Self::Rehearsed(_) => {
                let mut cx = Context::from_waker(Waker::noop());
                return match self.poll_read(&mut cx, room) {
                    Poll::Pending => Ok(None),
                    Poll::Ready(read) => read.map(Some),
                };
            }
            Self::Closed => return Err(closed()),
        };
        match read {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            read => read.map(Some),
        }
    }

    /// Ready when a read may give something. Costs no system call.
    #[inline]
    pub fn poll_readable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            // What the runtime knows already costs less to ask for than to wait for.
            Self::Tcp(_) if self.is_readable() => Poll::Ready(Ok(())),
            Self::Tcp(io) => io.poll_read_ready(cx),
            Self::Unix(io) => io.poll_read_ready(cx),
            Self::Rehearsed(io) if !io.is_readable() => Poll::Pending,
            // What rustls has already decrypted is not seen by the socket: read and see.
            Self::Tls(_)
            | Self::Http2(_)
            | Self::Http2Server(_)
            | Self::Cached(_)
            | Self::Rehearsed(_)
            | Self::Closed => Poll::Ready(Ok(())),
        }
    }

    /// Ready when a write may be taken; for a connection under way, when it stands or failed.
    pub fn poll_writable(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(io) => io.poll_write_ready(cx),
            Self::Unix(io) => io.poll_write_ready(cx),
            Self::Tls(io) => io.socket().poll_write_ready(cx),
            Self::Http2(_) | Self::Http2Server(_) | Self::Cached(_) | Self::Rehearsed(_) => {
                Poll::Ready(Ok(()))
            }
            Self::Closed => Poll::Ready(Err(closed())),
        }
    }

    /// Writes of `parts` what fits.
    #[inline]
    pub fn poll_write(&mut self, cx: &mut Context<'_>, parts: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Self::Tcp(io) => match parts {
                // A plain send is cheaper than a writev of one part.
                [one] => poll_send(io, cx, one),
                _ => Pin::new(io).poll_write_vectored(cx, parts),
            },
            Self::Unix(io) => Pin::new(io).poll_write_vectored(cx, parts),
            Self::Tls(io) => Pin::new(&mut io.stream).poll_write_vectored(cx, parts),
            Self::Http2(stream) => stream.poll_write(cx, parts),
            Self::Http2Server(stream) => stream.poll_write(cx, parts),
            Self::Cached(_) => Poll::Ready(Ok(parts.iter().map(|part| part.len()).sum())),
            Self::Rehearsed(io) => io.poll_write(parts),
            Self::Closed => Poll::Ready(Err(closed())),
        }
    }

    /// Sends what a layer between has kept (TLS records); sockets keep nothing.
    #[inline]
    pub fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tls(io) => Pin::new(&mut io.stream).poll_flush(cx),
            Self::Tcp(_)
            | Self::Unix(_)
            | Self::Http2(_)
            | Self::Http2Server(_)
            | Self::Cached(_)
            | Self::Rehearsed(_)
            | Self::Closed => Poll::Ready(Ok(())),
        }
    }

    /// Ends our direction.
    pub fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(io) => Pin::new(io).poll_shutdown(cx),
            Self::Unix(io) => Pin::new(io).poll_shutdown(cx),
            Self::Tls(io) => Pin::new(&mut io.stream).poll_shutdown(cx),
            Self::Http2(stream) => stream.poll_shutdown(),
            Self::Http2Server(stream) => stream.poll_shutdown(),
            Self::Cached(_) | Self::Rehearsed(_) | Self::Closed => Poll::Ready(Ok(())),
        }
    }

    /// Ends our direction, where `peer_ended` says that the peer has ended its own: a socket in clear is then left to the
    /// close that follows, which tells the peer the same and saves a system call; TLS has an alert to send first.
    #[inline]
    pub fn poll_end(&mut self, cx: &mut Context<'_>, peer_ended: bool) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(_) | Self::Unix(_) if peer_ended => Poll::Ready(Ok(())),
            _ => self.poll_shutdown(cx),
        }
    }
}

/// Writes of `bytes` what fits. Nearly always all of it does: then the runtime is not asked to wake anybody.
#[inline]
fn poll_send(io: &TcpStream, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
    loop {
        match io.try_write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready!(io.poll_write_ready(cx))?,
            Ok(n) => {
                if n < bytes.len() {
                    not_ready(io, Interest::WRITABLE);
                }
                return Poll::Ready(Ok(n));
            }
            error => return Poll::Ready(error),
        }
    }
}

/// Tells the runtime that a socket gave, or took, all that it could: it is not asked again before the system says so.
fn not_ready(io: &TcpStream, interest: Interest) {
    let told: io::Result<()> = io.try_io(interest, || Err(io::ErrorKind::WouldBlock.into()));
    debug_assert!(told.is_err(), "the closure fails");
}

fn closed() -> io::Error {
    io::ErrorKind::NotConnected.into()
}
