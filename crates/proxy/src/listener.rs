//! A listener on one thread: accepting, letting go of its address while the frontend is paused, and taking it again.

use std::collections::HashMap;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr as UnixAddress, UnixListener as StdUnixListener};
use std::sync::{Mutex, MutexGuard, PoisonError};

use haproxy_cfg::model::ProxyId;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::descriptor_pair::PairListener;
use crate::io::Io;
use crate::listen::ListenSocket;

/// A listener, registered with its thread's runtime.
pub(crate) enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
    Pair(PairListener),
    /// A name in the abstract namespace that was let go.
    Released(UnixAddress),
}

impl Listener {
    /// # Errors
    /// When the runtime cannot watch the socket.
    pub(crate) fn new(socket: ListenSocket) -> io::Result<Self> {
        Ok(match socket {
            ListenSocket::Tcp(socket) => {
                // Connections take it over: what is written is to be sent, however small it is.
                SockRef::from(&socket).set_tcp_nodelay(true)?;
                Self::Tcp(TcpListener::from_std(socket)?)
            }
            ListenSocket::Unix(socket) => Self::Unix(UnixListener::from_std(socket)?),
            ListenSocket::Pair(half) => Self::Pair(PairListener::new(half)?),
        })
    }

    /// The name that it has in the abstract namespace.
    fn abstract_address(&self) -> Option<UnixAddress> {
        let Self::Unix(socket) = self else { return None };
        // One without an address has no such name.
        let address: UnixAddress = socket.local_addr().ok()?.into();
        address.as_abstract_name().is_some().then_some(address)
    }

    /// Whether it has a name in the abstract namespace: nobody else can have it before all handles are closed.
    pub(crate) fn is_abstract(&self) -> bool {
        self.abstract_address().is_some()
    }

    /// Lets go of the port or name, so that another process may have it. A path needs no letting go: the other process puts
    /// its socket in the place of this one.
    pub(crate) fn pause(&mut self) {
        if let Some(address) = self.abstract_address() {
            *self = Self::Released(address);
        } else if let Self::Tcp(socket) = self {
            // It may not be listening, when another handle of it has let go already.
            let _ = SockRef::from(&*socket).shutdown(Shutdown::Read);
        }
    }

    /// Takes the port or name again.
    ///
    /// # Errors
    /// When another process has it now.
    pub(crate) fn resume(
        &mut self,
        backlog: i32,
        released: &ReleasedNames,
        proxy: ProxyId,
        bind: u16,
    ) -> io::Result<()> {
        match self {
            Self::Tcp(socket) => SockRef::from(&*socket).listen(backlog),
            Self::Unix(_) | Self::Pair(_) => Ok(()),
            Self::Released(address) => {
                let socket = released.take_again(proxy, bind, address, backlog)?;
                *self = Self::Unix(UnixListener::from_std(socket)?);
                Ok(())
            }
        }
    }

    /// A connection that waits, if one does, whatever the runtime has heard of it.
    pub(crate) fn accept_now(&self) -> io::Result<Option<(Io, Option<SocketAddr>)>> {
        let accepted = match self {
            Self::Tcp(socket) => SockRef::from(socket).accept(),
            Self::Unix(socket) => SockRef::from(socket).accept(),
            Self::Pair(half) => return Ok(half.accept_now()?.map(|io| (io, None))),
            Self::Released(_) => return Ok(None),
        };
        let (socket, from) = match accepted {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            accepted => accepted?,
        };
        socket.set_nonblocking(true)?;
        Ok(Some(match self {
            Self::Tcp(_) => (Io::Tcp(TcpStream::from_std(socket.into())?), from.as_socket()),
            _ => (Io::Unix(UnixStream::from_std(socket.into())?), None),
        }))
    }
}

/// Sockets that took a name of the abstract namespace again after a pause. The first thread that resumes binds it, the others
/// take a handle of that socket.
#[derive(Debug, Default)]
pub(crate) struct ReleasedNames(Mutex<HashMap<(ProxyId, u16), StdUnixListener>>);

impl ReleasedNames {
    fn take_again(
        &self,
        proxy: ProxyId,
        bind: u16,
        address: &UnixAddress,
        backlog: i32,
    ) -> io::Result<StdUnixListener> {
        let mut sockets = self.lock();
        if let Some(socket) = sockets.get(&(proxy, bind)) {
            return socket.try_clone();
        }
        let socket = StdUnixListener::bind_addr(address)?;
        socket.set_nonblocking(true)?;
        SockRef::from(&socket).listen(backlog)?;
        sockets.insert((proxy, bind), socket.try_clone()?);
        Ok(socket)
    }

    /// Closes the handle that is kept for threads that have yet to resume.
    pub(crate) fn forget(&self, proxy: ProxyId, bind: u16) {
        self.lock().remove(&(proxy, bind));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(ProxyId, u16), StdUnixListener>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
