//! Connecting for a check: no more packets than the original sends, and errors in its words.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use bstr::ByteSlice;
use proxy_core::check::{CheckStatus, ConnectTo, Verdict};
use proxy_core::proxy_protocol::{write_local, write_v1};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};

use super::target::{Destination, HeaderVersion, Target};
use crate::descriptor_pair;
use crate::socket::Socket as StreamSocket;
use crate::tls::client::Refused;
use crate::upstream::begin_outgoing;

/// What is read from and written to.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

/// Connects to `destination`; the error is the check's verdict.
pub(super) async fn connect(destination: &Destination, to: ConnectTo<'_>) -> Result<StreamSocket, Verdict> {
    match &destination.target {
        Target::Inet(addr) => {
            let addr = destination.via.as_ref().unwrap_or(addr);
            let make = |protocol| tcp(Domain::for_address(*addr), protocol, to);
            let socket = match &destination.outgoing {
                None => {
                    let socket = make(None).map_err(|e| no_socket(&e))?;
                    begin(&socket, &(*addr).into(), CheckStatus::L4Connection)?;
                    socket
                }
                Some(outgoing) => begin_outgoing(outgoing, None, *addr, make)
                    .map_err(|e| Verdict::said(CheckStatus::L4Connection, general(&e)))?,
            };
            let stream = TcpStream::from_std(socket.into()).map_err(|e| no_socket(&e))?;
            finish(stream.writable().await.and_then(|()| stream.take_error()))?;
            Ok(StreamSocket::Tcp(stream))
        }
        Target::Unix(path) => unix(SockAddr::unix(path.to_path_lossy())).await,
        Target::Abstract(name) => unix(SockAddr::unix(OsStr::from_bytes(&name.path()))).await,
        Target::SockPair(number) => {
            let stream = descriptor_pair::connect(*number);
            stream.map(StreamSocket::Unix).map_err(|e| no_socket(&e))
        }
        Target::NoPort => Err(Verdict::said(CheckStatus::SocketError, "No port to check")),
    }
}

/// The PROXY header of that version, as a check sends it.
pub(super) fn header(socket: &StreamSocket, version: HeaderVersion) -> Vec<u8> {
    let addresses = socket
        .tcp()
        .and_then(|io| io.local_addr().ok().zip(io.peer_addr().ok()));
    let mut header = Vec::new();
    match version {
        HeaderVersion::V1 => write_v1(&mut header, addresses),
        HeaderVersion::V2 => write_local(&mut header),
    }
    header
}

/// What is said of a handshake that failed.
pub(super) fn refused(refused: Refused, by_name: bool) -> Verdict {
    let words = match (refused.other_name, by_name) {
        (true, true) => "Server presented an SSL certificate different from the expected one",
        (true, false) => "Server presented an SSL certificate different from the configured one",
        (false, _) => "SSL handshake failure",
    };
    Verdict::said(CheckStatus::L6Response, words)
}

fn tcp(domain: Domain, protocol: Option<Protocol>, to: ConnectTo<'_>) -> io::Result<Socket> {
    let protocol = protocol.unwrap_or(Protocol::TCP);
    let socket = Socket::new(domain, Type::STREAM.nonblocking(), Some(protocol))?;
    socket.set_tcp_nodelay(true)?;
    if !to.server_speaks_first {
        // The handshake's last packet waits for the request, or is the reset: a plain check costs three packets, and the
        // server's accept() never sees it.
        socket.set_tcp_quickack(false)?;
    }
    if to.resets {
        socket.set_linger(Some(Duration::ZERO))?;
    }
    Ok(socket)
}

async fn unix(addr: io::Result<SockAddr>) -> Result<StreamSocket, Verdict> {
    let addr = addr.map_err(|e| no_socket(&e))?;
    let socket = Socket::new(Domain::UNIX, Type::STREAM.nonblocking(), None).map_err(|e| no_socket(&e))?;
    begin(&socket, &addr, CheckStatus::SocketError)?;
    let stream = UnixStream::from_std(socket.into()).map_err(|e| no_socket(&e))?;
    finish(stream.writable().await.and_then(|()| stream.take_error()))?;
    Ok(StreamSocket::Unix(stream))
}

/// Starts connecting. What the system refuses at once, before a packet is out, has its own words and, for unix sockets, its
/// own status.
fn begin(socket: &Socket, addr: &SockAddr, status: CheckStatus) -> Result<(), Verdict> {
    match socket.connect(addr) {
        Ok(()) => Ok(()),
        Err(e) if e.raw_os_error() == Some(nix::libc::EINPROGRESS) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => {
            Err(Verdict::said(CheckStatus::L4Connection, words(&e)))
        }
        Err(e) => Err(Verdict::said(status, general(&e))),
    }
}

fn finish(result: io::Result<Option<io::Error>>) -> Result<(), Verdict> {
    match result {
        Ok(None) => Ok(()),
        Ok(Some(e)) | Err(e) => Err(Verdict::said(CheckStatus::L4Connection, words(&e))),
    }
}

fn no_socket(error: &io::Error) -> Verdict {
    Verdict::said(CheckStatus::SocketError, general(error))
}

fn general(error: &io::Error) -> String {
    format!("General socket error ({})", words(error))
}

/// The system's words for an error, without the number that Rust adds. What TLS met has words of its own.
pub(super) fn words(error: &io::Error) -> String {
    if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        return "SSL fatal error".to_owned();
    }
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_owned(),
        None => text,
    }
}
