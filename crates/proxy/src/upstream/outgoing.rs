//! Connections to servers that ask for something: where they come from, and what the system is to do with them (`source`,
//! `interface`, `usesrc`, `namespace`, `tcp-ut`, `cc`, `tfo`, `tcp-md5sig`, `mptcp@`).

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use haproxy_cfg::model::{Outgoing, ShownSource, Source};
use nix::sys::socket::{setsockopt, sockopt};
use socket2::{Protocol, SockAddr, Socket};

use super::connect;
use crate::{namespace, segment_signature};

/// Ports of a range that are tried for one connection: others take them as well.
const TRIES: u32 = 64;

/// Where the next look for a free port begins: neighbours in time are to get neighbouring ports, not the same.
static NEXT_PORT: AtomicU32 = AtomicU32::new(0);

/// Starts a connection to `address` on a socket of `make`, which is told of a protocol that is not TCP, from the address `shown` where there is one.
///
/// # Errors
/// When the system refuses, or no port of a range is free.
pub(crate) fn begin(
    outgoing: &Outgoing,
    shown: Option<SocketAddr>,
    address: SocketAddr,
    make: impl Fn(Option<Protocol>) -> io::Result<Socket>,
) -> io::Result<Socket> {
    let to = SockAddr::from(address);
    let settled = || {
        let protocol = outgoing.multipath.then_some(Protocol::MPTCP);
        let socket = namespace::within(outgoing.namespace.as_ref(), || make(protocol))?;
        settle(outgoing, &socket, address)?;
        Ok::<_, io::Error>(socket)
    };
    let Some(source) = &outgoing.source else {
        let socket = settled()?;
        connect::begin(&socket, &to)?;
        return Ok(socket);
    };
    let shown = shown.or(match source.shown {
        Some(ShownSource::Fixed(ip, port)) => Some(SocketAddr::new(ip, port)),
        _ => None,
    });
    // One of the other family is passed over, as by the original.
    let shown = shown.filter(|shown| shown.is_ipv6() == address.is_ipv6());
    let (first, last) = source.ports;
    let range = u32::from(last.saturating_sub(first)) + 1;
    let tries = if shown.is_some() { 1 } else { range.min(TRIES) };
    let mut refused = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..tries {
        let socket = settled()?;
        let offset = NEXT_PORT.fetch_add(1, Relaxed) % range;
        let port = first + u16::try_from(offset).unwrap_or(0);
        let begun = bind(source, shown, port, address, &socket).and_then(|()| connect::begin(&socket, &to));
        match begun {
            Ok(()) => return Ok(socket),
            // Another connection has the port.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable
                ) =>
            {
                refused = error;
            }
            Err(error) => return Err(error),
        }
    }
    Err(refused)
}

/// What the system is to do with packets. Where it cannot, connections work all the same, as with the original.
fn settle(outgoing: &Outgoing, socket: &Socket, to: SocketAddr) -> io::Result<()> {
    if let Some(password) = &outgoing.segment_password {
        // Whoever asks for signatures wants no connection without them.
        segment_signature::sign(socket, to, password)?;
    }
    if let Some(timeout) = outgoing.user_timeout {
        socket.set_tcp_user_timeout(Some(Duration::from_millis(timeout.into())))?;
    }
    if let Some(algorithm) = &outgoing.congestion {
        // One that the system does not know leaves its own.
        let _ = socket.set_tcp_congestion(algorithm);
    }
    if outgoing.fast_open {
        // A system that forbids it connects in the usual way.
        let _ = setsockopt(socket, sockopt::TcpFastOpenConnect, &true);
    }
    Ok(())
}

/// Settles where the connection comes from.
fn bind(
    source: &Source,
    shown: Option<SocketAddr>,
    port: u16,
    to: SocketAddr,
    socket: &Socket,
) -> io::Result<()> {
    if let Some(interface) = &source.interface {
        // One that is not there, or not allowed, is passed over, as by the original.
        let _ = socket.bind_device(Some(interface));
    }
    if let Some(shown) = shown {
        // The address is not one of ours: the system is asked to let it pass, and refuses without the right to that.
        if to.is_ipv6() {
            socket.set_ip_transparent_v6(true)?;
        } else {
            socket.set_ip_transparent_v4(true)?;
        }
        socket.set_reuse_address(true)?;
        return socket.bind(&shown.into());
    }
    let any = || SocketAddr::new(unspecified(to), port);
    let from = match source.ip {
        Some(ip) => SocketAddr::new(ip, port),
        None if port > 0 => any(),
        None => return Ok(()),
    };
    if port == 0 {
        // Which port is settled by the connection as a whole: one may serve several servers.
        setsockopt(socket, sockopt::IpBindAddressNoPort, &true)?;
    } else {
        socket.set_reuse_address(true)?;
    }
    socket.bind(&from.into())
}

fn unspecified(to: SocketAddr) -> std::net::IpAddr {
    if to.is_ipv6() {
        std::net::Ipv6Addr::UNSPECIFIED.into()
    } else {
        std::net::Ipv4Addr::UNSPECIFIED.into()
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use socket2::{Domain, Type};

    use super::*;

    fn from(source: Source, to: SocketAddr) -> io::Result<Socket> {
        let outgoing = Outgoing {
            source: Some(source),
            user_timeout: Some(7000),
            ..Outgoing::default()
        };
        begin(&outgoing, None, to, |protocol| {
            Socket::new(Domain::for_address(to), Type::STREAM.nonblocking(), protocol)
        })
    }

    #[test]
    fn connections_come_from_the_address_and_the_ports_of_the_source() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        let source = Source {
            ip: Some("127.0.0.9".parse().unwrap()),
            ..Source::default()
        };
        let socket = from(source.clone(), to).unwrap();
        let local = socket.local_addr().unwrap().as_socket().unwrap();
        assert_eq!(local.ip(), source.ip.unwrap());
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(7)));

        // Two ports, of which the system knows that they were free, and three connections.
        let taken: Vec<_> = (0..2)
            .map(|_| TcpListener::bind("127.0.0.9:0").unwrap())
            .collect();
        let first = taken[0].local_addr().unwrap().port();
        drop(taken);
        let source = Source {
            ports: (first, first),
            ..source
        };
        let one = from(source.clone(), to).unwrap();
        assert_eq!(one.local_addr().unwrap().as_socket().unwrap().port(), first);
        assert!(from(source, to).is_err());
    }

    #[test]
    fn an_interface_that_is_none_is_passed_over() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let source = Source {
            interface: Some("holdfast-none".into()),
            ..Source::default()
        };
        assert!(from(source, listener.local_addr().unwrap()).is_ok());
    }
}
