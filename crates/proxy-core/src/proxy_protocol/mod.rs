//! Headers in front of a connection that tell who is behind it: the PROXY protocol in both versions (the manual's
//! proxy-protocol.txt), as it is read from clients and written to servers, and what a NetScaler puts there instead. Bytes in,
//! bytes out: how they are peeked at and sent is the shell's.

mod introduction;
mod introductions;
mod netscaler;
mod read;
mod tlv;
mod write;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub use introduction::{Introduction, IntroductionPlan};
pub use introductions::Introductions;
pub use netscaler::read as read_netscaler;
pub use read::read;
pub use tlv::{Tlv, tlvs};
pub use write::{ClientTls, Facts, LONGEST, write_local, write_v1, write_v2};

/// What every header of version 2 begins with.
pub const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";

/// Types of the values behind the addresses of version 2 (section 2.2 of proxy-protocol.txt).
pub mod kind {
    /// The protocol spoken next, as ALPN names it.
    pub const ALPN: u8 = 0x01;
    /// The name that the client asked for.
    pub const AUTHORITY: u8 = 0x02;
    /// A checksum of the header.
    pub const CRC32C: u8 = 0x03;
    /// Nothing.
    pub const NOOP: u8 = 0x04;
    /// What tells the connection apart, up to 128 bytes.
    pub const UNIQUE_ID: u8 = 0x05;
    /// What TLS told; it has values of its own.
    pub const SSL: u8 = 0x20;
    /// Within [`SSL`]: the version.
    pub const SSL_VERSION: u8 = 0x21;
    /// Within [`SSL`]: the common name in the client's certificate.
    pub const SSL_CN: u8 = 0x22;
    /// Within [`SSL`]: the cipher.
    pub const SSL_CIPHER: u8 = 0x23;
    /// Within [`SSL`]: how the listener's certificate was signed.
    pub const SSL_SIG_ALG: u8 = 0x24;
    /// Within [`SSL`]: the kind and size of the listener's key.
    pub const SSL_KEY_ALG: u8 = 0x25;
    /// The network namespace.
    pub const NETNS: u8 = 0x30;
}

/// A header that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// Its length in bytes: what follows is the connection's own.
    pub length: usize,
    /// Source and destination; none where the header leaves those of the connection as they are.
    pub addresses: Option<(SocketAddr, SocketAddr)>,
    /// The values behind the addresses; [`tlvs`] takes them apart.
    pub values: &'a [u8],
}

/// Why there is no header to go by. A sender has to send its header at once, so what is not whole is not waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It ends too early.
    Truncated,
    /// It is something else.
    Alien,
    /// It tells of a protocol that cannot be.
    UnknownProtocol,
    /// Something in it is wrong.
    Invalid,
}

/// Which header is asked for, for words about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// One of the PROXY protocol.
    Proxy,
    /// One of a NetScaler, with this number in front.
    Netscaler(u32),
}

/// Why a connection that was to begin with a header ended without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// What came was no header.
    Fault(Fault),
    /// The client ended without a word.
    Closed,
    /// The connection broke.
    Broken,
    /// Nothing came in time.
    Timeout,
}

impl Missing {
    /// The original's words for log lines.
    #[must_use]
    pub fn words(self, asked: Asked) -> &'static str {
        let proxy = asked == Asked::Proxy;
        match (self, proxy) {
            (Self::Fault(Fault::Truncated), true) => "Truncated PROXY protocol header received",
            (Self::Fault(Fault::Truncated), false) => "Truncated NetScaler Client IP header received",
            (Self::Fault(Fault::Alien), true) => {
                "Received something which does not look like a PROXY protocol header"
            }
            (Self::Fault(Fault::Alien), false) => "Received an invalid NetScaler Client IP magic number",
            (Self::Fault(Fault::UnknownProtocol), true) => {
                "Received an unhandled protocol in the PROXY protocol header"
            }
            (Self::Fault(Fault::UnknownProtocol), false) => {
                "Received an unhandled protocol in the NetScaler Client IP header"
            }
            (Self::Fault(Fault::Invalid), true) => "Received an invalid PROXY protocol header",
            (Self::Fault(Fault::Invalid), false) => "Received an invalid NetScaler Client IP header",
            (Self::Closed, true) => "Connection closed while waiting for PROXY protocol header",
            (Self::Closed, false) => "Connection closed while waiting for NetScaler Client IP header",
            (Self::Broken, true) => "Connection error while waiting for PROXY protocol header",
            (Self::Broken, false) => "Connection error while waiting for NetScaler Client IP header",
            (Self::Timeout, true) => "Timeout while waiting for PROXY protocol header",
            (Self::Timeout, false) => "Timeout while waiting for a NetScaler Client IP header",
        }
    }

    /// Whether the client may only have looked in: `option dontlognull` keeps silent about it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        !matches!(self, Self::Fault(_))
    }
}

impl Asked {
    /// Reads the header that is asked for from the first bytes of a connection.
    ///
    /// # Errors
    /// When they are none.
    pub fn read(self, bytes: &[u8]) -> Result<Header<'_>, Fault> {
        match self {
            Self::Proxy => read(bytes),
            Self::Netscaler(magic) => read_netscaler(bytes, magic),
        }
    }
}
