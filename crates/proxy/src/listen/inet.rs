//! TCP listeners.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use haproxy_cfg::model::Bind;
use nix::sys::socket::setsockopt;
use nix::{libc, setsockopt_impl, sockopt_impl};
use socket2::{Domain, Protocol, Socket, Type};

use super::{ListenSocket, system_words};
use crate::{namespace, segment_signature};

sockopt_impl!(
    /// Connections are accepted once data is there.
    DeferAccept,
    SetOnly,
    libc::IPPROTO_TCP,
    libc::TCP_DEFER_ACCEPT,
    i32
);
sockopt_impl!(
    /// How many connections may send data with their first packet and wait.
    FastOpen,
    SetOnly,
    libc::IPPROTO_TCP,
    libc::TCP_FASTOPEN,
    i32
);
sockopt_impl!(
    /// How much is kept of the packet that begins a connection.
    SaveSyn,
    SetOnly,
    libc::IPPROTO_TCP,
    libc::TCP_SAVE_SYN,
    i32
);

/// Binds `address` `shards` times. A shard beyond the first that cannot be had is done without.
pub(super) fn open(
    bind: &Bind,
    address: SocketAddr,
    shards: usize,
    reuse_port: bool,
    backlog: i32,
    fault: &mut dyn FnMut(bool, bool, String),
) -> Option<Vec<ListenSocket>> {
    let first = match open_one(bind, address, reuse_port, backlog, Some(&mut *fault)) {
        Ok(socket) => socket,
        Err(Failure { doing, error }) => {
            let in_use = error.kind() == io::ErrorKind::AddrInUse;
            fault(
                true,
                in_use,
                format!("{doing} ({}) for [{}]", system_words(&error), shown(address)),
            );
            return None;
        }
    };
    // Port 0 gives each socket another port: the shards follow the first one.
    let address = first
        .local_addr()
        .ok()
        .and_then(|address| address.as_socket())
        .unwrap_or(address);
    let mut sockets = vec![ListenSocket::Tcp(first.into())];
    for _ in 1..shards {
        let Ok(socket) = open_one(bind, address, reuse_port, backlog, None) else {
            break;
        };
        sockets.push(ListenSocket::Tcp(socket.into()));
    }
    // Some threads without a socket of their own would take none of the connections: then all share one.
    if sockets.len() < shards {
        sockets.truncate(1);
    }
    Some(sockets)
}

struct Failure {
    doing: &'static str,
    error: io::Error,
}

fn open_one(
    bind: &Bind,
    address: SocketAddr,
    reuse_port: bool,
    backlog: i32,
    fault: Option<&mut dyn FnMut(bool, bool, String)>,
) -> Result<Socket, Failure> {
    let socket = bind_one(bind, address, reuse_port, backlog, fault)?;
    socket.listen(backlog).map_err(|error| Failure {
        doing: "cannot listen to socket",
        error,
    })?;
    Ok(socket)
}

/// Whether `address` could be bound now, as `bind` wants it: it is, and let go of again. Nobody can connect meanwhile.
pub(super) fn attempt(bind: &Bind, address: SocketAddr) -> io::Result<()> {
    match bind_one(bind, address, true, 1, None) {
        Ok(_) => Ok(()),
        Err(Failure { error, .. }) => Err(error),
    }
}

/// A socket that is bound, on which nobody listens yet.
fn bind_one(
    bind: &Bind,
    address: SocketAddr,
    reuse_port: bool,
    backlog: i32,
    fault: Option<&mut dyn FnMut(bool, bool, String)>,
) -> Result<Socket, Failure> {
    let at = |doing: &'static str| move |error: io::Error| Failure { doing, error };
    let protocol = if bind.multipath {
        Protocol::MPTCP
    } else {
        Protocol::TCP
    };
    let make = || Socket::new(Domain::for_address(address), Type::STREAM, Some(protocol));
    let socket =
        namespace::within(bind.namespace.as_ref(), make).map_err(at("cannot create receiving socket"))?;
    socket
        .set_nonblocking(true)
        .map_err(at("cannot make socket non-blocking"))?;
    socket
        .set_reuse_address(true)
        .map_err(at("cannot set SO_REUSEADDR"))?;
    if reuse_port {
        socket
            .set_reuse_port(true)
            .map_err(at("cannot set SO_REUSEPORT"))?;
    }
    let mut lacking = Vec::new();
    if bind.transparent {
        let set = match address {
            SocketAddr::V4(_) => socket.set_ip_transparent_v4(true),
            SocketAddr::V6(_) => socket.set_ip_transparent_v6(true),
        };
        if let Err(error) = set {
            lacking.push(("cannot make receiving socket transparent".to_owned(), error));
        }
    }
    settle(bind, &socket, backlog, &mut lacking);
    if let Some(password) = &bind.segment_password
        && let Err(error) = segment_signature::expect(&socket, address, password)
    {
        lacking.push(("cannot set MD5 signature".to_owned(), error));
    }
    if let Some(interface) = &bind.interface
        && let Err(error) = socket.bind_device(Some(interface))
    {
        lacking.push((format!("cannot bind receiver to device '{interface}'"), error));
    }
    if address.is_ipv6() {
        // Without either keyword the original answers on both families, whatever the system's default is.
        socket
            .set_only_v6(bind.v6only)
            .map_err(at("cannot set IPV6_V6ONLY"))?;
    }
    if let Some(fault) = fault {
        for (doing, error) in lacking {
            fault(
                false,
                false,
                format!("{doing} ({}) for [{}]", system_words(&error), shown(address)),
            );
        }
    }
    socket.bind(&address.into()).map_err(at("cannot bind socket"))?;
    Ok(socket)
}

/// What the system is to do with connections, which take it over from the socket. `lacking` gets what it refuses.
fn settle(bind: &Bind, socket: &Socket, backlog: i32, lacking: &mut Vec<(String, io::Error)>) {
    let mut asked = |what: &str, outcome: io::Result<()>| {
        if let Err(error) = outcome {
            lacking.push((format!("cannot set {what}"), error));
        }
    };
    if let Some(mss) = bind.mss {
        asked("MSS", socket.set_tcp_mss(mss.into()));
    }
    if let Some(timeout) = bind.user_timeout {
        let timeout = Duration::from_millis(timeout.into());
        asked("TCP User Timeout", socket.set_tcp_user_timeout(Some(timeout)));
    }
    if bind.save_syn > 0 {
        let kept = setsockopt(socket, SaveSyn, &bind.save_syn.into());
        asked("TCP Save SYN", kept.map_err(io::Error::from));
    }
    if let Some(algorithm) = &bind.congestion {
        asked("congestion control", socket.set_tcp_congestion(algorithm));
    }
    if bind.defer_accept {
        // In seconds: as many as the system takes for the first repetition of its answer.
        asked(
            "DEFER_ACCEPT",
            setsockopt(socket, DeferAccept, &1).map_err(io::Error::from),
        );
    }
    if bind.tfo {
        asked(
            "TCP_FASTOPEN",
            setsockopt(socket, FastOpen, &backlog).map_err(io::Error::from),
        );
    }
}

/// An address as the original's messages have it: an IPv6 one without brackets.
fn shown(address: SocketAddr) -> String {
    format!("{}:{}", address.ip(), address.port())
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::model::Address;

    use super::*;

    #[test]
    fn the_system_is_asked_for_what_the_line_says() {
        let address: SocketAddr = "127.0.0.1:0".parse().unwrap();
        let mut bind = Bind::new(Address::Inet(address), "127.0.0.1:0".into());
        bind.mss = Some(1000);
        bind.user_timeout = Some(7000);
        bind.congestion = Some("reno".into());
        (bind.defer_accept, bind.tfo) = (true, true);
        let mut lacking = Vec::new();
        let mut note = |_: bool, _: bool, what: String| lacking.push(what);
        let asked = open_one(&bind, address, false, 5, Some(&mut note));
        let socket = asked.map_err(|failure| failure.doing).unwrap();
        assert!(lacking.is_empty(), "{lacking:?}");
        assert_eq!(socket.tcp_mss().unwrap(), 1000);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(7)));
        assert!(socket.tcp_congestion().unwrap().starts_with(b"reno"));

        // One that the system does not know is told, and the listener listens all the same.
        bind.congestion = Some("holdfast-none".into());
        let mut note = |_: bool, _: bool, what: String| lacking.push(what);
        assert!(open_one(&bind, address, false, 5, Some(&mut note)).is_ok());
        assert_eq!(lacking.len(), 1, "{lacking:?}");
    }

    #[test]
    fn an_ipv6_address_is_shown_without_brackets() {
        assert_eq!(shown("[::1]:80".parse().unwrap()), "::1:80");
        assert_eq!(shown("127.0.0.1:80".parse().unwrap()), "127.0.0.1:80");
    }
}
