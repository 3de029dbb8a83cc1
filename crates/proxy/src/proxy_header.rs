//! Headers that a client's connection begins with: they are looked at before they are read, so that what follows them stays in
//! the socket for whoever comes next, be it TLS.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use haproxy_cfg::model::Bind;
use nix::sys::socket::{MsgFlags, recv};
use proxy_core::proxy_protocol::{Asked, Header, Missing};
use tokio::io::{AsyncReadExt as _, Interest};

use crate::io::Io;
use crate::session::Session;
use crate::socket::Socket;
use crate::stream_log;
use crate::upstream::deadline;

/// Whether the connection has to begin with a header.
pub(crate) fn is_expected(session: &Session) -> bool {
    let bind = session.bind();
    bind.accept_proxy || bind.accept_netscaler.is_some() || session.client.preface.is_some()
}

/// Reads the headers that are expected, and takes over what they tell. Gives whether the connection goes on: a client that
/// sends something else, or nothing, is not served, which is logged.
pub(crate) async fn take(session: &mut Session) -> bool {
    let bind = session.bind();
    let (proxy, netscaler) = (bind.accept_proxy, bind.accept_netscaler);
    let expects = session.client.preface.as_deref();
    let netscaler = match netscaler {
        // The number is the listener's; one that has none has 0.
        None if expects.is_some_and(|preface| preface.expects_netscaler) => Some(0),
        magic => magic,
    };
    let proxy = proxy || expects.is_some_and(|preface| preface.expects_proxy);
    let asked = [netscaler.map(Asked::Netscaler), proxy.then_some(Asked::Proxy)];
    let limit = session.frontend().timeouts.client;
    session.timer.set(deadline(session.client.accepted_ms, limit));
    for asked in asked.into_iter().flatten() {
        if let Err(missing) = take_one(session, asked).await {
            if !(missing.is_empty() && session.frontend().options.dontlognull) {
                stream_log::connection_failed(session, missing.words(asked));
            }
            return false;
        }
    }
    let passed = session.thread.now_ms().saturating_sub(session.client.accepted_ms);
    session.client.handshake_ms = u32::try_from(passed).unwrap_or(u32::MAX);
    true
}

async fn take_one(session: &mut Session, asked: Asked) -> Result<(), Missing> {
    let thread = Rc::clone(&session.thread);
    let mut buffer = thread.buffers.take();
    let came = poll_fn(|cx| {
        if let Poll::Ready(came) = session.io.poll_peek(cx, buffer.room()) {
            return Poll::Ready(match came {
                Ok(0) => Err(Missing::Closed),
                Ok(length) => Ok(length),
                Err(_) => Err(Missing::Broken),
            });
        }
        let expired = session.timer.poll_expired(cx, session.timer.now_ms());
        expired.map(|()| Err(Missing::Timeout))
    })
    .await;
    let taken = came.and_then(|length| {
        let header = asked.read(&buffer.room()[..length]).map_err(Missing::Fault)?;
        take_over(session, asked, &header);
        Ok(header.length)
    });
    let taken = taken.and_then(|length| {
        session
            .io
            .skip(&mut buffer.room()[..length])
            .map_err(|_| Missing::Broken)
    });
    thread.buffers.give(buffer);
    taken
}

/// The client is from here on who the header says.
fn take_over(session: &mut Session, asked: Asked, header: &Header<'_>) {
    let client = &mut session.client;
    if let Some((source, destination)) = header.addresses {
        client.src = Some(source);
        client.dst = Some(destination);
    }
    if asked == Asked::Proxy {
        client.preface.get_or_insert_default().told = Some(header.values.into());
    }
}

/// Bytes of the longest header of a connection that is none of a client.
const LONGEST: usize = 16 * 1024;

/// Takes the headers that `bind` expects off a connection that is none of a proxy's. What they tell changes nothing.
///
/// # Errors
/// When something else comes, or nothing more.
pub(crate) async fn pass_over(socket: &mut Socket, bind: &Bind) -> io::Result<()> {
    let asked = [
        bind.accept_netscaler.map(Asked::Netscaler),
        bind.accept_proxy.then_some(Asked::Proxy),
    ];
    for asked in asked.into_iter().flatten() {
        let mut room = vec![0; LONGEST];
        let came = socket.peek(&mut room).await?;
        let header = asked
            .read(&room[..came])
            .map_err(|_| io::ErrorKind::InvalidData)?;
        let length = header.length;
        socket.read_exact(&mut room[..length]).await?;
    }
    Ok(())
}

impl Socket {
    /// Looks at what has come without taking it; 0 bytes is the peer's end.
    async fn peek(&self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(io) => io.async_io(Interest::READABLE, || peek(io, room)).await,
            Self::Unix(io) => io.async_io(Interest::READABLE, || peek(io, room)).await,
        }
    }
}

impl Io {
    /// Looks at what has come without taking it; 0 bytes is the peer's end.
    fn poll_peek(&self, cx: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            let looked = match self {
                Self::Tcp(io) => {
                    ready!(io.poll_read_ready(cx))?;
                    io.try_io(Interest::READABLE, || peek(io, room))
                }
                Self::Unix(io) => {
                    ready!(io.poll_read_ready(cx))?;
                    io.try_io(Interest::READABLE, || peek(io, room))
                }
                // A header stands in front of TLS, never within.
                Self::Tls(_)
                | Self::Http2(_)
                | Self::Http2Server(_)
                | Self::Cached(_)
                | Self::Rehearsed(_)
                | Self::Closed => Err(io::ErrorKind::NotConnected.into()),
            };
            match looked {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                looked => return Poll::Ready(looked),
            }
        }
    }

    /// Takes bytes that were looked at.
    fn skip(&mut self, room: &mut [u8]) -> io::Result<()> {
        match self.read_now(room)? {
            Some(taken) if taken == room.len() => Ok(()),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }
}

fn peek<S: std::os::fd::AsRawFd>(socket: &S, room: &mut [u8]) -> io::Result<usize> {
    Ok(recv(socket.as_raw_fd(), room, MsgFlags::MSG_PEEK)?)
}
