//! What the kernel does with a connection's packets, as rules ask for it.

use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt::TcpRepair};
use proxy_core::sample::PacketField;
use socket2::{SockRef, Socket};

use crate::io::Io;

/// Hops that a reset may go which nobody is to see.
const FEWEST_HOPS: u8 = 1;

impl Io {
    /// The socket of a TCP connection.
    fn socket(&self) -> Option<SockRef<'_>> {
        match self {
            Self::Tcp(io) => Some(SockRef::from(io)),
            Self::Tls(io) => io.socket().tcp().map(SockRef::from),
            Self::Unix(_)
            | Self::Http2(_)
            | Self::Http2Server(_)
            | Self::Cached(_)
            | Self::Rehearsed(_)
            | Self::Closed => None,
        }
    }

    /// Sets what is written on packets to the peer. Where the system refuses, packets stay as they are.
    pub(crate) fn set_on_packets(&self, field: PacketField, value: u32) {
        match self {
            Self::Http2(stream) => stream.carrier().set_on_packets(field, value),
            _ => {
                if let Some(socket) = self.socket() {
                    set_on_packets(&socket, field, value, is_v6(&socket));
                }
            }
        }
    }

    /// Makes the close that follows one that the peer does not learn of. Without the right to that it is a reset, which goes
    /// `hops` hops, or as few as there can be.
    pub(crate) fn vanish(&self, hops: Option<u8>) {
        if let Self::Http2(stream) = self {
            return stream.carrier().vanish(hops);
        }
        let Some(socket) = self.socket() else { return };
        if hops.is_none() && setsockopt(&*socket, TcpRepair, &1).is_ok() {
            return;
        }
        let hops = u32::from(hops.unwrap_or(FEWEST_HOPS));
        // What the system refuses here leaves an ordinary reset or end, which the peer may see.
        let _ = if is_v6(&socket) {
            socket.set_unicast_hops_v6(hops)
        } else {
            socket.set_ttl_v4(hops)
        };
        let _ = socket.set_linger(Some(Duration::ZERO));
    }
}

/// The same for a socket that is no connection yet.
pub(crate) fn set_on_packets(socket: &Socket, field: PacketField, value: u32, v6: bool) {
    // A process without the right to it goes on without, as the original's does.
    let _ = match field {
        PacketField::Tos if v6 => socket.set_tclass_v6(value),
        PacketField::Tos => socket.set_tos_v4(value),
        PacketField::Mark => socket.set_mark(value),
    };
}

fn is_v6(socket: &Socket) -> bool {
    socket.local_addr().is_ok_and(|address| address.is_ipv6())
}
