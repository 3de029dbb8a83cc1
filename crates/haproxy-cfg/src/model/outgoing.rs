//! How connections to a server are made, besides where they lead: what they begin with, where they come from, and what the
//! system is asked to do with them (manual, section 5.2).

use std::net::{IpAddr, SocketAddr};

use super::{Format, Millis, Word};

/// What few servers ask for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outgoing {
    /// The header that connections begin with.
    pub header: Option<SentHeader>,
    /// Health checks begin with one even where they go elsewhere (`check-send-proxy`).
    pub checks_send_header: bool,
    /// `source`.
    pub source: Option<Source>,
    /// `tcp-ut`: how long sent data may go without an answer.
    pub user_timeout: Option<Millis>,
    /// `cc`.
    pub congestion: Option<Word>,
    /// `tcp-md5sig`: the password that all segments are signed with (RFC 2385).
    pub segment_password: Option<Word>,
    /// Connections may take several ways at once (`mptcp@`, RFC 8684).
    pub multipath: bool,
    /// `namespace`: the network namespace that they are made in.
    pub namespace: Option<Word>,
    /// `socks4`: the SOCKS4 proxy that they go through.
    pub via: Option<SocketAddr>,
    /// Health checks go through it as well (`check-via-socks4`).
    pub checks_via: bool,
    /// `tfo`: data goes with the first packet.
    pub fast_open: bool,
}

/// A PROXY header (`send-proxy` and its kin).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SentHeader {
    /// What it tells.
    pub tells: HeaderParts,
    /// `set-proxy-v2-tlv-fmt`: a type and what gives its value.
    pub own: Vec<(u8, Box<Format>)>,
}

/// What a PROXY header tells, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderParts(pub u16);

impl HeaderParts {
    /// Version 1, unless another part asks for version 2.
    pub const V1: Self = Self(1);
    /// Version 2.
    pub const V2: Self = Self(2);
    /// What TLS told.
    pub const SSL: Self = Self(4);
    /// The common name in the client's certificate.
    pub const CERT_CN: Self = Self(8);
    /// The cipher.
    pub const SSL_CIPHER: Self = Self(0x10);
    /// How the listener's certificate was signed.
    pub const CERT_SIG: Self = Self(0x20);
    /// The kind of the listener's key.
    pub const CERT_KEY: Self = Self(0x40);
    /// The name that the client asked for.
    pub const AUTHORITY: Self = Self(0x80);
    /// A checksum.
    pub const CRC32C: Self = Self(0x100);
    /// What tells the request apart.
    pub const UNIQUE_ID: Self = Self(0x200);

    /// Both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These without the others.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether one of the others is among these.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Where connections come from (`source`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// An address of this machine; none lets the system choose.
    pub ip: Option<IpAddr>,
    /// The first and the last port; 0 lets the system choose.
    pub ports: (u16, u16),
    /// `interface`.
    pub interface: Option<Word>,
    /// `usesrc`: the address that is shown in place of one of this machine's.
    pub shown: Option<ShownSource>,
}

/// The address that a server is to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownSource {
    /// The client's address and port.
    Client,
    /// The client's address.
    ClientIp,
    /// The address in a header of the request: its name, and which of several, counted from the last one when negative.
    Header(Word, i32),
    /// A fixed one; port 0 lets the system choose.
    Fixed(IpAddr, u16),
}
