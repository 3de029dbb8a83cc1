//! Connections to servers.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::task::{Context, Poll};
use std::time::Duration;

use haproxy_cfg::model::{KeepAliveProbes, Proxy, Server, ServerAddr, SocketBuffers};
use proxy_core::proxy_protocol::{Introduction, IntroductionPlan};
use proxy_core::sample::PacketField;
use socket2::{Domain, SockAddr, Socket, TcpKeepalive, Type};
use tokio::io::{Interest, Ready};
use tokio::net::{TcpStream, UnixStream};

use super::outgoing;
use crate::descriptor_pair;
use crate::io::Io;
use crate::listen::set_buffers;
use crate::packet::set_on_packets;

/// A connection to a server.
#[derive(Debug)]
pub struct ServerConn {
    /// The connection.
    pub io: Io,
    /// Requests that it served.
    pub served: u32,
    /// It belongs to one client, as what it was told holds for all that follows on it.
    pub private: bool,
    /// What it does not share with all connections to the server.
    pub way: Option<Box<Way>>,
}

/// What is not the same for all clients of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where the connection leads.
    pub to: Option<SocketAddr>,
    /// The header that it begins with; empty without one.
    pub header: Vec<u8>,
    /// The address that it comes from, which need not be one of this machine's.
    pub from: Option<SocketAddr>,
    /// The name that the server is asked for in TLS.
    pub name: Option<Vec<u8>>,
}

impl ServerConn {
    /// One that has served nobody.
    pub(super) fn new(io: Io, way: Option<Box<Way>>) -> Self {
        Self {
            io,
            served: 0,
            private: false,
            way,
        }
    }
}

impl Way {
    /// The way to `server`, which may have moved, for a client that connected to `dst`; none where that makes no difference.
    pub(super) fn new(
        server: &Server,
        moved: Option<&ServerAddr>,
        number: usize,
        dst: Option<SocketAddr>,
        introduction: Option<(Option<&IntroductionPlan>, &Introduction)>,
    ) -> Option<Box<Self>> {
        let to = own_target(moved.unwrap_or(&server.addr), moved.is_some(), dst);
        let header = introduction.and_then(|(_, known)| known.header(server, number));
        let from = introduction.and_then(|(_, known)| known.shown(server, number));
        let name = introduction.and_then(|(plan, known)| known.name(plan, number));
        if to.is_none() && header.is_none() && from.is_none() && name.is_none() {
            return None;
        }
        Some(Box::new(Self {
            to,
            header: header.unwrap_or_default(),
            from,
            name: name.map(<[u8]>::to_vec),
        }))
    }

    /// Whether connections that go it are one client's own.
    pub(crate) fn is_private(&self) -> bool {
        self.from.is_some() || !self.header.is_empty()
    }
}

/// Starts a connection to `server`, which is at `at`; it stands once it is writable without an error. `dst` is the address that the client
/// connected to, which a server without an address or port of its own takes over; `packets` the type of service and the mark that
/// rules ask for; `buffers` what the system is to keep for it; `from` the address that the server is to see.
///
/// # Errors
/// When the system makes no socket, or refuses at once.
pub(super) fn start(
    server: &Server,
    at: &ServerAddr,
    dst: Option<SocketAddr>,
    proxy: &Proxy,
    packets: [Option<u32>; 2],
    buffers: &SocketBuffers,
    from: Option<SocketAddr>,
) -> io::Result<Io> {
    match at {
        ServerAddr::Inet {
            ip,
            port,
            port_offset,
        } => {
            let address =
                inet_address(*ip, *port, *port_offset, dst).ok_or(io::ErrorKind::AddrNotAvailable)?;
            let address = match &server.outgoing {
                Some(outgoing) => outgoing.via.unwrap_or(address),
                None => address,
            };
            let make = |protocol| {
                let socket = Socket::new(
                    Domain::for_address(address),
                    Type::STREAM.nonblocking().cloexec(),
                    protocol,
                )?;
                socket.set_tcp_nodelay(true)?;
                set_buffers(&socket, buffers);
                if proxy.options.srvtcpka {
                    probe(&socket, &proxy.server_probes)?;
                }
                if proxy.options.smart_connect {
                    socket.set_tcp_quickack(false)?;
                }
                if proxy.options.nolinger {
                    socket.set_linger(Some(Duration::ZERO))?;
                }
                for (field, value) in [PacketField::Tos, PacketField::Mark].into_iter().zip(packets) {
                    if let Some(value) = value {
                        set_on_packets(&socket, field, value, address.is_ipv6());
                    }
                }
                Ok(socket)
            };
            let socket = match &server.outgoing {
                None => {
                    let socket = make(None)?;
                    begin(&socket, &SockAddr::from(address))?;
                    socket
                }
                Some(outgoing) => outgoing::begin(outgoing, from, address, make)?,
            };
            Ok(Io::Tcp(TcpStream::from_std(std::net::TcpStream::from(
                OwnedFd::from(socket),
            ))?))
        }
        ServerAddr::Unix(path) => start_unix(&unix_address(path)?),
        ServerAddr::Abstract(name) => start_unix(&unix_address(&name.path())?),
        ServerAddr::SockPair(number) => Ok(Io::Unix(descriptor_pair::connect(*number)?)),
    }
}

/// The address at which a server is reached; none for one on a unix socket.
pub(super) fn address(server: &ServerAddr, dst: Option<SocketAddr>) -> Option<SocketAddr> {
    match server {
        ServerAddr::Inet {
            ip,
            port,
            port_offset,
        } => inet_address(*ip, *port, *port_offset, dst),
        ServerAddr::Unix(_) | ServerAddr::Abstract(_) | ServerAddr::SockPair(_) => None,
    }
}

/// Has the system look whether the peer is still there (`option clitcpka`, `srvtcpka`).
///
/// # Errors
/// When the system refuses.
pub(crate) fn probe(socket: &Socket, probes: &KeepAliveProbes) -> io::Result<()> {
    let mut settings = TcpKeepalive::new();
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    if let Some(idle) = probes.idle {
        settings = settings.with_time(seconds(idle));
    }
    if let Some(interval) = probes.interval {
        settings = settings.with_interval(seconds(interval));
    }
    if let Some(count) = probes.count {
        settings = settings.with_retries(count);
    }
    socket.set_tcp_keepalive(&settings)
}

/// The error with which a started connection ended, if it did; to be asked once it is writable.
///
/// The system is asked only where the event that made it writable spoke of an error or an end as well: a connection that
/// stands needs no question.
pub(super) fn connect_error(io: &Io, cx: &mut Context<'_>) -> io::Result<()> {
    let asked = Interest::WRITABLE | Interest::ERROR;
    let error = match io {
        Io::Tcp(stream) if is_plainly_writable(&pin!(stream.ready(asked)).poll(cx)) => None,
        Io::Unix(stream) if is_plainly_writable(&pin!(stream.ready(asked)).poll(cx)) => None,
        Io::Tcp(stream) => stream.take_error()?,
        Io::Unix(stream) => stream.take_error()?,
        Io::Tls(io) => io.socket().take_error()?,
        Io::Rehearsed(_) => None,
        Io::Http2(_) | Io::Http2Server(_) | Io::Cached(_) | Io::Closed => {
            return Err(io::ErrorKind::NotConnected.into());
        }
    };
    error.map_or(Ok(()), Err)
}

fn is_plainly_writable(ready: &Poll<io::Result<Ready>>) -> bool {
    matches!(ready, Poll::Ready(Ok(ready)) if ready.is_writable() && !ready.is_write_closed() && !ready.is_error())
}

/// Where a connection to a server leads, when that depends on where its client connected to, or the server has `moved` since the
/// start.
fn own_target(server: &ServerAddr, moved: bool, dst: Option<SocketAddr>) -> Option<SocketAddr> {
    match server {
        ServerAddr::Inet {
            ip,
            port,
            port_offset,
        } if moved || ip.is_unspecified() || port.is_none() => inet_address(*ip, *port, *port_offset, dst),
        _ => None,
    }
}

fn inet_address(ip: IpAddr, port: Option<u16>, offset: i32, dst: Option<SocketAddr>) -> Option<SocketAddr> {
    let ip = if ip.is_unspecified() { dst?.ip() } else { ip };
    let port = match port {
        Some(port) => port,
        None => u16::try_from(i32::from(dst?.port()) + offset).ok()?,
    };
    Some(SocketAddr::new(ip, port))
}

pub(crate) fn unix_address(path: &[u8]) -> io::Result<SockAddr> {
    use std::os::unix::ffi::OsStrExt;
    SockAddr::unix(std::ffi::OsStr::from_bytes(path))
}

fn start_unix(address: &SockAddr) -> io::Result<Io> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM.nonblocking().cloexec(), None)?;
    begin(&socket, address)?;
    Ok(Io::Unix(UnixStream::from_std(
        std::os::unix::net::UnixStream::from(OwnedFd::from(socket)),
    )?))
}

pub(crate) fn begin(socket: &Socket, address: &SockAddr) -> io::Result<()> {
    match socket.connect(address) {
        Err(e) if e.raw_os_error() == Some(EINPROGRESS) => Ok(()),
        other => other,
    }
}

/// Linux's number for "the connection is under way", which std has no stable name for.
const EINPROGRESS: i32 = 115;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_are_those_of_the_file_and_otherwise_the_systems() {
        let socket = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let (asked, plain) = (socket(), socket());
        let probes = KeepAliveProbes {
            count: Some(4),
            idle: Some(77),
            interval: None,
        };
        probe(&asked, &probes).unwrap();
        probe(&plain, &KeepAliveProbes::default()).unwrap();
        assert!(asked.keepalive().unwrap() && plain.keepalive().unwrap());
        assert_eq!(asked.tcp_keepalive_time().unwrap(), Duration::from_secs(77));
        assert_eq!(asked.tcp_keepalive_retries().unwrap(), 4);
        assert_eq!(
            asked.tcp_keepalive_interval().unwrap(),
            plain.tcp_keepalive_interval().unwrap()
        );
    }
}
