//! Packets of IP: version 4 (RFC 791) and version 6 (RFC 8200).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Row, fingerprint, number, stretch, word};
use crate::sample::Sample;
use crate::sample::convert::argument::integer;
use crate::sample::convert::{of_text, row};

pub(in crate::sample::convert) const ROWS: &[Row] = &[
    row(&["ip.ver"], |_, _| number(|packet| Some(packet.first()? >> 4))),
    row(&["ip.tos"], |_, _| number(traffic_class)),
    row(&["ip.df"], |_, _| number(dont_fragment)),
    row(&["ip.ttl"], |_, _| number(hops_left)),
    row(&["ip.proto"], |_, _| {
        number(|packet| match version(packet)? {
            // It can be told before the whole header is there.
            Version::V4 => packet.get(9).copied(),
            Version::V6 => Some(header(packet)?.protocol),
        })
    }),
    row(&["ip.src"], |_, _| {
        of_text(|_, packet| source(packet).map(Sample::Ip))
    }),
    row(&["ip.dst"], |_, _| {
        of_text(|_, packet| destination(packet).map(Sample::Ip))
    }),
    row(&["ip.hdr"], |_, _| {
        stretch(|packet| packet.get(..header(packet)?.len))
    }),
    row(&["ip.data"], |_, _| {
        stretch(|packet| packet.get(header(packet)?.len..))
    }),
    row(&["ip.fp"], |_, converter| {
        let parts = integer(converter, 0).unwrap_or(0);
        of_text(move |context, packet| {
            let mut octets = context.arena.bytes(fingerprint::MOST);
            fingerprint::write(packet, parts, &mut octets)?;
            Some(Sample::Bin(octets.into_bump_slice()))
        })
    }),
];

/// The versions that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V4,
    V6,
}

/// Octets of a header without options.
const LEN_V4: usize = 20;
const LEN_V6: usize = 40;

/// The numbers of TCP and UDP. What version 6 has in front of them is taken for an extension whatever its number, and all
/// extensions tell their length as those of RFC 8200 do; so does the original.
const TCP: u8 = 6;
const UDP: u8 = 17;

pub(super) fn version(packet: &[u8]) -> Option<Version> {
    match packet.first()? >> 4 {
        4 => Some(Version::V4),
        6 => Some(Version::V6),
        _ => None,
    }
}

/// What a header tells of what follows it.
pub(super) struct Header {
    /// Its octets, with options and extensions.
    pub(super) len: usize,
    /// Whether there are options or extensions.
    pub(super) extended: bool,
    /// The number of the protocol that follows.
    pub(super) protocol: u8,
}

/// The header, where all of it is there.
pub(super) fn header(packet: &[u8]) -> Option<Header> {
    let (len, protocol, plain) = match version(packet)? {
        Version::V4 => {
            let len = usize::from(packet.first()? & 15) * 4;
            (len, *packet.get(9)?, LEN_V4)
        }
        Version::V6 => {
            let (mut len, mut protocol) = (LEN_V6, *packet.get(6)?);
            while !matches!(protocol, TCP | UDP) {
                protocol = *packet.get(len)?;
                len += usize::from(*packet.get(len + 1)?) * 8 + 8;
            }
            (len, protocol, LEN_V6)
        }
    };
    let is_whole = len > 0 && packet.len() >= len.max(plain);
    is_whole.then_some(Header {
        len,
        extended: len > plain,
        protocol,
    })
}

/// Octets of the whole packet, as its header has them.
pub(super) fn total(packet: &[u8]) -> Option<usize> {
    match version(packet)? {
        Version::V4 => word(packet, 2).map(usize::from),
        // A sum beyond 16 bits is no length of a packet.
        Version::V6 => word(packet, 4)?.checked_add(LEN_V6 as u16).map(usize::from),
    }
}

pub(super) fn traffic_class(packet: &[u8]) -> Option<u8> {
    let [first, second, ..] = packet else {
        return None;
    };
    match version(packet)? {
        Version::V4 => Some(*second),
        Version::V6 => Some(first << 4 | second >> 4),
    }
}

/// Routers of version 6 never cut packets.
pub(super) fn dont_fragment(packet: &[u8]) -> Option<bool> {
    match version(packet)? {
        Version::V4 => Some(packet.get(6)? & 0x40 != 0),
        Version::V6 => Some(true),
    }
}

pub(super) fn hops_left(packet: &[u8]) -> Option<u8> {
    match version(packet)? {
        Version::V4 => packet.get(..LEN_V4).map(|header| header[8]),
        Version::V6 => packet.get(..LEN_V6).map(|header| header[7]),
    }
}

pub(super) fn source(packet: &[u8]) -> Option<IpAddr> {
    match version(packet)? {
        Version::V4 => address_v4(packet.get(..LEN_V4)?, 12),
        Version::V6 => address_v6(packet, 8),
    }
}

fn destination(packet: &[u8]) -> Option<IpAddr> {
    match version(packet)? {
        Version::V4 => address_v4(packet, 16),
        Version::V6 => address_v6(packet, 24),
    }
}

fn address_v4(packet: &[u8], at: usize) -> Option<IpAddr> {
    let octets: [u8; 4] = packet.get(at..at + 4)?.try_into().ok()?;
    Some(Ipv4Addr::from(octets).into())
}

fn address_v6(packet: &[u8], at: usize) -> Option<IpAddr> {
    let octets: [u8; 16] = packet.get(..LEN_V6)?.get(at..at + 16)?.try_into().ok()?;
    Some(Ipv6Addr::from(octets).into())
}
