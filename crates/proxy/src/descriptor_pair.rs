//! Connections that come and go as descriptors over an inherited half of a socket pair (manual, `sockpair@`): each message
//! carries one.
//!
//! What a number of an inherited descriptor stands for is the process's own, whoever asks: the halves that servers are reached
//! by are kept for the whole process.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use haproxy_cfg::model::{Config, ServerAddr};
use socket2::{Domain, Socket, Type};
use tokio::io::Interest;
use tokio::net::{TcpStream, UnixStream};

use crate::handover;
use crate::io::Io;

/// The halves to which connections for servers are sent, by their number in the file.
static TO_SERVERS: Mutex<BTreeMap<i32, OwnedFd>> = Mutex::new(BTreeMap::new());

/// What a connection is announced by: the original's message.
const ANNOUNCEMENT: [u8; 2] = [0; 2];

/// Takes the halves that servers of `config` are reached by. `inherit` gives a handle of an inherited descriptor.
///
/// # Errors
/// The number of the first that cannot be used, and what the system says of it.
pub fn take_those_of_servers(
    config: &Config,
    inherit: &dyn Fn(i32) -> io::Result<OwnedFd>,
) -> Result<(), (i32, io::Error)> {
    let servers = config.proxies.iter().flat_map(|proxy| &proxy.servers);
    for server in servers {
        if let ServerAddr::SockPair(number) = server.addr {
            let half = inherit(number).and_then(|half| {
                // A peer that takes no connections must not hold up those of others.
                let half = Socket::from(half);
                half.set_nonblocking(true)?;
                Ok(half.into())
            });
            let half = half.map_err(|error| (number, error))?;
            TO_SERVERS
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(number, half);
        }
    }
    Ok(())
}

/// A new connection to whoever has the other half of the pair with that number.
///
/// # Errors
/// When nobody has, or the system refuses.
pub(crate) fn connect(number: i32) -> io::Result<UnixStream> {
    let (ours, theirs) = Socket::pair(Domain::UNIX, Type::STREAM.cloexec(), None)?;
    // Ours alone: how the peer wants to read is its own affair.
    ours.set_nonblocking(true)?;
    let halves = TO_SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let half = halves.get(&number).ok_or(io::ErrorKind::NotConnected)?;
    handover::send(half, &ANNOUNCEMENT, &[theirs.as_fd()])?;
    UnixStream::from_std(OwnedFd::from(ours).into())
}

/// The half of a pair over which clients' connections come.
#[derive(Debug)]
pub(crate) struct PairListener {
    half: UnixStream,
    /// The peer has closed its half: nothing comes any more.
    ended: Cell<bool>,
}

impl PairListener {
    /// # Errors
    /// When the runtime cannot watch it.
    pub(crate) fn new(half: StdUnixStream) -> io::Result<Self> {
        Ok(Self {
            half: UnixStream::from_std(half)?,
            ended: Cell::new(false),
        })
    }

    /// The next connection.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Io>> {
        while !self.ended.get() {
            ready!(self.half.poll_read_ready(cx))?;
            match self.half.try_io(Interest::READABLE, || self.receive()) {
                Ok(Some(connection)) => return Poll::Ready(Ok(connection)),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        Poll::Pending
    }

    /// A connection that waits, if one does, whatever the runtime has heard of it.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn accept_now(&self) -> io::Result<Option<Io>> {
        while !self.ended.get() {
            match self.receive() {
                Ok(Some(connection)) => return Ok(Some(connection)),
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// One message; none where it brought no connection.
    fn receive(&self) -> io::Result<Option<Io>> {
        let (bytes, descriptors) = handover::receive(&self.half, &mut [0; ANNOUNCEMENT.len()])?;
        if bytes == 0 {
            self.ended.set(true);
        }
        // A message is for one connection: more than that is nobody's, and closed.
        let Some(first) = descriptors.into_iter().next() else {
            return Ok(None);
        };
        // What is no stream socket is none of ours either.
        Ok(connection(first).ok())
    }
}

/// A connection on a descriptor, whatever family it is of.
fn connection(descriptor: OwnedFd) -> io::Result<Io> {
    let socket = Socket::from(descriptor);
    let is_unix = socket.local_addr()?.is_unix();
    if socket.r#type()? != Type::STREAM {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    socket.set_nonblocking(true)?;
    if is_unix {
        return Ok(Io::Unix(UnixStream::from_std(OwnedFd::from(socket).into())?));
    }
    socket.set_tcp_nodelay(true)?;
    Ok(Io::Tcp(TcpStream::from_std(socket.into())?))
}
