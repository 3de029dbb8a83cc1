//! Connecting to a server that is none of a proxy: a peer, or one that the lines of a ring go to. In clear or over TLS.

use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;

use haproxy_cfg::model::{Server, ServerAddr};
use socket2::{Domain, SockAddr, Type};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::{begin_connecting, begin_outgoing, unix_address};
use crate::descriptor_pair;
use crate::socket::Socket;
use crate::tls::ServerSide;

/// A stream of bytes in both directions.
pub(crate) trait Wired: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wired for T {}

/// Connects to it.
///
/// # Errors
/// What the system or TLS says.
pub(crate) async fn reach(server: &Server, tls: Option<&ServerSide>) -> io::Result<Box<dyn Wired>> {
    let socket = connect(server).await?;
    match tls {
        None => Ok(Box::new(socket)),
        Some(tls) => {
            let handshake = tls
                .connect(socket, None)
                .map_err(|_| io::ErrorKind::InvalidInput)?;
            Ok(Box::new(Box::pin(handshake).await?))
        }
    }
}

async fn connect(server: &Server) -> io::Result<Socket> {
    let path = match &server.addr {
        ServerAddr::Inet { ip, port, .. } => {
            let port = port.ok_or(io::ErrorKind::AddrNotAvailable)?;
            return inet(server, SocketAddr::new(*ip, port)).await;
        }
        ServerAddr::SockPair(number) => return Ok(Socket::Unix(descriptor_pair::connect(*number)?)),
        ServerAddr::Unix(path) => unix_address(path)?,
        ServerAddr::Abstract(name) => unix_address(&name.path())?,
    };
    let socket = socket2::Socket::new(Domain::UNIX, Type::STREAM.nonblocking().cloexec(), None)?;
    begin_connecting(&socket, &path)?;
    let stream = UnixStream::from_std(OwnedFd::from(socket).into())?;
    stream.writable().await?;
    stream.take_error()?.map_or(Ok(()), Err)?;
    Ok(Socket::Unix(stream))
}

async fn inet(server: &Server, address: SocketAddr) -> io::Result<Socket> {
    let make = |protocol| {
        let kind = Type::STREAM.nonblocking().cloexec();
        let socket = socket2::Socket::new(Domain::for_address(address), kind, protocol)?;
        socket.set_tcp_nodelay(true)?;
        Ok(socket)
    };
    let socket = match &server.outgoing {
        None => {
            let socket = make(None)?;
            begin_connecting(&socket, &SockAddr::from(address))?;
            socket
        }
        Some(outgoing) => begin_outgoing(outgoing, None, address, make)?,
    };
    let stream = TcpStream::from_std(OwnedFd::from(socket).into())?;
    stream.writable().await?;
    stream.take_error()?.map_or(Ok(()), Err)?;
    Ok(Socket::Tcp(stream))
}
