//! Finds among the sockets of an old process those that a line would bind anew.

use std::io;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt as _;

use haproxy_cfg::model::{Address, Bind};
use socket2::{Protocol, Type};

use super::ListenSocket;
use crate::handover::Taken;

/// Takes the sockets out of `taken` that listen where the line does, as it wants them. A unix socket comes alone; an address and
/// port may have several, and all are needed: connections already wait in each.
pub(super) fn claim(bind: &Bind, taken: &mut Vec<Taken>, backlog: i32) -> io::Result<Vec<ListenSocket>> {
    let mut claimed = Vec::new();
    let mut at = 0;
    while at < taken.len() {
        if !matches(bind, &taken[at]).unwrap_or(false) {
            at += 1;
            continue;
        }
        let socket = taken.remove(at).socket;
        socket.set_nonblocking(true)?;
        // It listens already, unless its process has paused it; the line's backlog may be another one.
        socket.listen(backlog)?;
        match bind.address {
            Address::Inet(_) => claimed.push(ListenSocket::Tcp(socket.into())),
            _ => {
                claimed.push(ListenSocket::Unix(socket.into()));
                break;
            }
        }
    }
    Ok(claimed)
}

/// Whether it is bound where the line says and in that way. A socket that cannot be asked is not.
fn matches(bind: &Bind, taken: &Taken) -> io::Result<bool> {
    let socket = &taken.socket;
    let namespace = bind.namespace.as_ref().map_or(&b""[..], |name| name.as_ref());
    if taken.namespace != namespace || socket.r#type()? != Type::STREAM {
        return Ok(false);
    }
    let local = socket.local_addr()?;
    match &bind.address {
        Address::Inet(address) => {
            let Some(bound) = local.as_socket() else {
                return Ok(false);
            };
            let transparent = match address {
                SocketAddr::V4(_) => socket.ip_transparent_v4()?,
                SocketAddr::V6(_) => socket.ip_transparent_v6()?,
            };
            let interface = bind.interface.as_ref().map_or(&b""[..], |name| name.as_ref());
            let multipath = socket.protocol()? == Some(Protocol::MPTCP);
            Ok((bound.ip(), bound.port()) == (address.ip(), address.port())
                && multipath == bind.multipath
                && transparent == bind.transparent
                && interface == taken.interface
                && (address.is_ipv4() || socket.only_v6()? == bind.v6only))
        }
        Address::Unix(path) => Ok(local
            .as_pathname()
            .is_some_and(|bound| final_path(bound.as_os_str().as_bytes()) == &path[..])),
        Address::Abstract(name) => Ok(local
            .as_abstract_namespace()
            .is_some_and(|bound| bound == &name.path()[1..])),
        Address::Fd(_) | Address::SockPair(_) => Ok(false),
    }
}

/// Where a socket was moved to: it was bound as `PATH.PID.tmp`, and still says so.
fn final_path(bound: &[u8]) -> &[u8] {
    let without = || {
        let rest = bound.strip_suffix(b".tmp")?;
        let dot = rest.iter().rposition(|byte| *byte == b'.')?;
        let pid = &rest[dot + 1..];
        (!pid.is_empty() && pid.iter().all(u8::is_ascii_digit)).then_some(&rest[..dot])
    };
    without().unwrap_or(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_known_by_where_it_was_moved_to() {
        assert_eq!(final_path(b"/run/a.sock.123.tmp"), b"/run/a.sock");
        assert_eq!(final_path(b"/run/a.sock"), b"/run/a.sock");
        assert_eq!(final_path(b"/run/a.tmp"), b"/run/a.tmp");
        assert_eq!(final_path(b"/run/a.b.tmp"), b"/run/a.b.tmp");
    }
}
