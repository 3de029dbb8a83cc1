//! What can be wrong with a packet that was received: each with what it was, so that it can be told, and the kind under
//! which it is counted.

use std::net::{IpAddr, Ipv4Addr};

/// What is wrong with a received packet. Its text is what the original logs of it, after the instance's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Shorter than the smallest IP and VRRP headers.
    Runt {
        /// 4 or 6: the version of IP.
        family: u8,
        /// Bytes received; over IPv4 with the IP header.
        length: usize,
    },
    /// Shorter than the smallest IPv4, authentication and VRRP headers: so many bytes.
    AuthenticatedRunt(usize),
    /// An authentication header around something else than VRRP.
    NextHeader,
    /// Shorter than its header says.
    TooShort {
        /// Bytes received; over IPv4 with the IP header.
        length: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// Longer than its header says.
    TooLong {
        /// Bytes received; over IPv4 with the IP header.
        length: usize,
        /// Bytes expected.
        expected: usize,
    },
    /// The IPv4 header is not one, or is about another protocol.
    IpHeader,
    /// Sent to another address than ours.
    Destination(IpAddr),
    /// From the address that we send from: our own, come back.
    FromOurselves,
    /// Not 255: it has crossed a router.
    Ttl(u8),
    /// Outside of what may come from this partner.
    TtlRange {
        /// The number received.
        received: u8,
        /// The least that may come.
        min: u8,
        /// The greatest.
        max: u8,
    },
    /// From somebody who is none of our partners.
    NoPeer(IpAddr),
    /// Another version than ours.
    Version {
        /// The number received.
        received: u8,
        /// Our own.
        expected: u8,
    },
    /// Not an advert.
    Type(u8),
    /// For another virtual router.
    Vrid(u8),
    /// The checksum does not fit the packet.
    Checksum {
        /// The version whose checksum it is.
        version: u8,
    },
    /// An authentication type that nobody knows.
    AuthUnknown(u8),
    /// An authentication type that is not ours.
    AuthMismatch {
        /// The number received.
        received: u8,
        /// Our own.
        expected: u8,
    },
    /// Another password than ours.
    AuthFailure,
    /// The authentication header is not the sender's: its parameter index is not its address.
    ParameterIndex {
        /// The sender.
        source: Ipv4Addr,
        /// The index, which should be the same.
        received: Ipv4Addr,
    },
    /// The authentication header does not prove the packet.
    NotProven,
    /// The number in the authentication header is not greater than the last one.
    Replayed {
        /// The number received.
        received: u32,
        /// The last one.
        last: u32,
    },
    /// More or fewer addresses than we have.
    Count {
        /// The number received.
        received: u8,
        /// Our own number.
        expected: usize,
    },
    /// One of our addresses is not among those received.
    Addresses {
        /// The virtual router.
        vrid: u8,
        /// The first address that is missing.
        missing: IpAddr,
    },
    /// Version 2: another advert interval than ours. Seconds.
    Interval {
        /// The number received.
        received: u8,
        /// Our own.
        expected: u8,
    },
    /// Version 3: an advert interval of zero.
    IntervalZero,
}

/// The kinds that faults are counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultKind {
    /// Truncated, padded, or without room for what it says.
    Length,
    /// The IP header.
    IpHeader,
    /// Sent to an address that is not ours.
    Destination,
    /// Our own, come back.
    FromOurselves,
    /// TTL or hop limit.
    Ttl,
    /// Sender.
    NoPeer,
    /// Version.
    Version,
    /// Packet type.
    Type,
    /// Virtual router id.
    Vrid,
    /// Checksum.
    Checksum,
    /// Authentication type that nobody knows.
    AuthType,
    /// Authentication type that is not ours.
    AuthMismatch,
    /// Password, or the proof of an authentication header.
    AuthFailure,
    /// A packet that was seen before, or comes too late.
    Replay,
    /// Number or list of addresses.
    AddressList,
    /// Advert interval.
    Interval,
}

impl FaultKind {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Length,
        Self::IpHeader,
        Self::Destination,
        Self::FromOurselves,
        Self::Ttl,
        Self::NoPeer,
        Self::Version,
        Self::Type,
        Self::Vrid,
        Self::Checksum,
        Self::AuthType,
        Self::AuthMismatch,
        Self::AuthFailure,
        Self::Replay,
        Self::AddressList,
        Self::Interval,
    ];
}

impl Fault {
    /// The kind under which it is counted.
    pub const fn kind(&self) -> FaultKind {
        match self {
            Self::Runt { .. } | Self::AuthenticatedRunt(_) | Self::TooShort { .. } | Self::TooLong { .. } => {
                FaultKind::Length
            }
            Self::IpHeader | Self::NextHeader => FaultKind::IpHeader,
            Self::Destination(_) => FaultKind::Destination,
            Self::FromOurselves => FaultKind::FromOurselves,
            Self::Ttl(_) | Self::TtlRange { .. } => FaultKind::Ttl,
            Self::NoPeer(_) => FaultKind::NoPeer,
            Self::Version { .. } => FaultKind::Version,
            Self::Type(_) => FaultKind::Type,
            Self::Vrid(_) => FaultKind::Vrid,
            Self::Checksum { .. } => FaultKind::Checksum,
            Self::AuthUnknown(_) => FaultKind::AuthType,
            Self::AuthMismatch { .. } => FaultKind::AuthMismatch,
            Self::AuthFailure | Self::ParameterIndex { .. } | Self::NotProven => FaultKind::AuthFailure,
            Self::Replayed { .. } => FaultKind::Replay,
            Self::Count { .. } | Self::Addresses { .. } => FaultKind::AddressList,
            Self::Interval { .. } | Self::IntervalZero => FaultKind::Interval,
        }
    }

    /// Whether the original counts it for an advert that was received as well: it was one, of the wrong sender.
    pub const fn is_advert(&self) -> bool {
        matches!(self, Self::NoPeer(_) | Self::TtlRange { .. })
    }

    /// Whether the original says nothing of it: our own packets, other routers' and what was sent to somebody else are
    /// nobody's fault.
    pub const fn is_silent(&self) -> bool {
        matches!(
            self,
            Self::FromOurselves | Self::Vrid(_) | Self::Destination(_) | Self::NextHeader
        )
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Runt { family, length } => write!(f, "IPv{family} VRRP packet too short - {length} bytes"),
            Self::AuthenticatedRunt(length) => {
                write!(f, "IPv4 VRRP packet with AH too short - {length} bytes")
            }
            Self::NextHeader => write!(f, "received an authentication header without VRRP"),
            Self::TooShort { length, expected } => {
                write!(f, "vrrp packet too short, length {length} and expect {expected}")
            }
            Self::TooLong { length, expected } => {
                write!(f, "vrrp packet too long, length {length} and expect {expected}")
            }
            Self::IpHeader => write!(f, "invalid IP header"),
            Self::Destination(address) => write!(f, "received a packet that was sent to {address}"),
            Self::FromOurselves => write!(f, "received a packet of our own"),
            Self::Ttl(ttl) => write!(f, "invalid TTL/HL. Received {ttl} and expect {}", super::TTL),
            Self::TtlRange { received, min, max } => {
                write!(f, "TTL/HL {received} not in range {min} - {max}")
            }
            Self::NoPeer(source) => write!(f, "unicast source address {source} not a unicast peer"),
            Self::Version { received, expected } => {
                write!(f, "wrong version. Received {received} and expect {expected}")
            }
            Self::Type(number) => write!(f, "Invalid packet type. {number} and expect 1"),
            Self::Vrid(vrid) => write!(f, "received a packet for VRID {vrid}"),
            Self::Checksum { version } => write!(f, "Invalid VRRPv{version} checksum"),
            Self::AuthUnknown(number) => write!(f, "Invalid auth type: {number}"),
            Self::AuthMismatch { received, expected } => {
                write!(f, "received a {received} auth, expecting {expected}!")
            }
            Self::AuthFailure => write!(f, "received an invalid passwd!"),
            // The original shows both as the numbers that they are in its memory.
            Self::ParameterIndex { source, received } => write!(
                f,
                "IPSEC AH : invalid IPSEC SPI value. {} and expect {}",
                u32::from_le_bytes(source.octets()),
                u32::from_le_bytes(received.octets())
            ),
            Self::NotProven => write!(
                f,
                "IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !"
            ),
            Self::Replayed { received, last } => write!(
                f,
                "IPSEC-AH : sequence number {received} already processed. Packet dropped. Local({last})"
            ),
            Self::Count { received, expected } => {
                write!(
                    f,
                    "received an unexpected ip number count {received}, expected {expected}!"
                )
            }
            Self::Addresses { vrid, missing } => {
                write!(
                    f,
                    "ip address associated with VRID {vrid} not present in MASTER advert: {missing}"
                )
            }
            Self::Interval { received, expected } => {
                write!(
                    f,
                    "advertisement interval mismatch mine={expected} sec rcv'd={received} sec"
                )
            }
            Self::IntervalZero => write!(f, "received an advertisement interval of 0"),
        }
    }
}

impl std::error::Error for Fault {}
