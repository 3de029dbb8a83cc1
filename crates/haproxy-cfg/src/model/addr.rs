//! Addresses (manual, section 11).

use std::net::{IpAddr, SocketAddr};

use super::{AbstractName, Word};

/// Where a listener binds, a log goes or a stats socket stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address and a port. `*` and an empty address are `0.0.0.0`, `::` binds both families only with `v4v6`.
    Inet(SocketAddr),
    /// A filesystem socket (`unix@PATH` or an absolute path).
    Unix(Word),
    /// An abstract socket (`abns@NAME`, `abnsz@NAME`).
    Abstract(AbstractName),
    /// An inherited descriptor (`fd@N`).
    Fd(i32),
    /// A half of a socket pair (`sockpair@N`).
    SockPair(i32),
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAddr {
    /// An address. With `port` of `None` the port that the client connected to is used; an offset (`+N`, `-N`) is added
    /// to that port.
    Inet {
        /// The address; unspecified (`0.0.0.0`) means the one that the client connected to.
        ip: IpAddr,
        /// The port, when it is fixed.
        port: Option<u16>,
        /// Added to the client's port when `port` is none.
        port_offset: i32,
    },
    /// A filesystem socket.
    Unix(Word),
    /// An abstract socket.
    Abstract(AbstractName),
    /// Whoever has the other half of the inherited socket pair with that number.
    SockPair(i32),
}

impl From<SocketAddr> for ServerAddr {
    fn from(addr: SocketAddr) -> Self {
        Self::Inet {
            ip: addr.ip(),
            port: Some(addr.port()),
            port_offset: 0,
        }
    }
}
