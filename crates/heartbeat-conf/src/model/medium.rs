//! The paths that messages take.

use std::net::{Ipv4Addr, Ipv6Addr};

use syntax::Span;

/// A path, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// What it is.
    pub kind: MediumKind,
    /// The words that ask for it.
    pub span: Span,
}

/// What a path is. Ports are those of UDP, that of [`MediumKind::Broadcast`] and unicast being what `udpport` said when the line was
/// read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediumKind {
    /// `bcast`: to the broadcast address of that interface.
    Broadcast {
        /// The interface.
        interface: String,
        /// To and on this port.
        port: u16,
    },
    /// `mcast`.
    Multicast {
        /// The interface.
        interface: String,
        /// The group, in 224.0.0.0/4.
        group: Ipv4Addr,
        /// To and on this port.
        port: u16,
        /// Time to live of what is sent.
        ttl: u8,
        /// Whether what is sent comes back.
        looped: bool,
    },
    /// `mcast6`.
    Multicast6 {
        /// The interface.
        interface: String,
        /// The group, in ff00::/8.
        group: Ipv6Addr,
        /// To and on this port.
        port: u16,
        /// Hop limit of what is sent.
        hops: u8,
        /// Whether what is sent comes back.
        looped: bool,
    },
    /// `ucast`: to one peer.
    Unicast {
        /// The interface.
        interface: String,
        /// The peer as it was written, an address or a name.
        peer: String,
        /// Its address; none where its name has none.
        address: Option<Ipv4Addr>,
        /// To and on this port.
        port: u16,
    },
    /// `ucast6`: to one peer.
    Unicast6 {
        /// The interface.
        interface: String,
        /// The peer as it was written.
        peer: String,
        /// Its address, without its scope; none where its name has none.
        address: Option<Ipv6Addr>,
        /// To and on this port.
        port: u16,
    },
    /// `serial`.
    Serial {
        /// The terminal device.
        device: String,
        /// What `baud` said when the line was read.
        baud: Baud,
    },
}

impl MediumKind {
    /// The directive that asks for it.
    #[must_use]
    pub const fn directive(&self) -> &'static str {
        match self {
            Self::Broadcast { .. } => "bcast",
            Self::Multicast { .. } => "mcast",
            Self::Multicast6 { .. } => "mcast6",
            Self::Unicast { .. } => "ucast",
            Self::Unicast6 { .. } => "ucast6",
            Self::Serial { .. } => "serial",
        }
    }

    /// The interface it is on; none for a serial line.
    #[must_use]
    pub fn interface(&self) -> Option<&str> {
        match self {
            Self::Broadcast { interface, .. }
            | Self::Multicast { interface, .. }
            | Self::Multicast6 { interface, .. }
            | Self::Unicast { interface, .. }
            | Self::Unicast6 { interface, .. } => Some(interface),
            Self::Serial { .. } => None,
        }
    }

    /// The UDP port; none for a serial line.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        match self {
            Self::Broadcast { port, .. }
            | Self::Multicast { port, .. }
            | Self::Multicast6 { port, .. }
            | Self::Unicast { port, .. }
            | Self::Unicast6 { port, .. } => Some(*port),
            Self::Serial { .. } => None,
        }
    }
}

/// Speed of a serial line, in bits a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Baud(pub u32);

impl Default for Baud {
    fn default() -> Self {
        Self(19200)
    }
}
