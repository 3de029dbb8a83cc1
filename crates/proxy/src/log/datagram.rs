//! Targets that take a line as a datagram: UDP and unix sockets.

use std::io;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use haproxy_cfg::model::Address;
use socket2::{Domain, SockAddr, Socket, Type};

/// A thread's sockets. None is connected: a receiver that is away for a while gets the lines that come after its return.
#[derive(Debug, Default)]
pub(super) struct Datagrams {
    inet4: Option<Socket>,
    inet6: Option<Socket>,
    unix: Option<Socket>,
}

impl Datagrams {
    /// Sends a line; an error where the system or the receiver has no room for it now.
    pub(super) fn send(&mut self, address: &Address, message: &[u8]) -> io::Result<()> {
        let (slot, domain, to) = match address {
            Address::Inet(to @ SocketAddr::V4(_)) => (&mut self.inet4, Domain::IPV4, SockAddr::from(*to)),
            Address::Inet(to @ SocketAddr::V6(_)) => (&mut self.inet6, Domain::IPV6, SockAddr::from(*to)),
            Address::Unix(path) => (&mut self.unix, Domain::UNIX, unix(path)?),
            Address::Abstract(name) => (&mut self.unix, Domain::UNIX, unix(&name.path())?),
            Address::Fd(_) | Address::SockPair(_) => return Err(io::ErrorKind::Unsupported.into()),
        };
        let socket = match slot {
            Some(socket) => socket,
            None => slot.insert(Socket::new(domain, Type::DGRAM.nonblocking().cloexec(), None)?),
        };
        socket.send_to(message, &to).map(|_| ())
    }
}

/// The address of a unix socket at a path.
pub(super) fn unix(path: &[u8]) -> io::Result<SockAddr> {
    SockAddr::unix(std::ffi::OsStr::from_bytes(path))
}
