//! The IPv4 header of an advert, and an authentication header behind it: read from what a raw socket gives, and written as the
//! original writes it.

use std::net::Ipv4Addr;

use super::authentication_header::header_for;
use super::{
    AH_LENGTH, AH_PROTOCOL, AuthenticationHeader, Fault, KEY_LENGTH, PROTOCOL, TOS, internet_checksum,
};

/// Bytes of an IPv4 header without options.
pub const HEADER_LENGTH: usize = 20;

/// What a received IPv4 header says that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4Header {
    /// The sender.
    pub source: Ipv4Addr,
    /// Whom it was sent to.
    pub destination: Ipv4Addr,
    /// Time to live.
    pub ttl: u8,
    /// Type of service.
    pub tos: u8,
    /// Identification.
    pub id: u16,
    /// Bytes of the header, with options.
    pub length: usize,
    /// Whether an authentication header follows.
    pub authenticated: bool,
}

impl Ipv4Header {
    /// Reads the header of `packet` and gives it with what follows it. Bytes beyond the total length that the header
    /// tells (padding of a frame) are cut off; a total length beyond the bytes that are there is a fault.
    pub fn parse(packet: &[u8]) -> Result<(Self, &[u8]), Fault> {
        let runt = Fault::Runt {
            family: 4,
            length: packet.len(),
        };
        let (head, _) = packet.split_first_chunk::<HEADER_LENGTH>().ok_or(runt)?;
        let length = usize::from(head[0] & 0x0f) * 4;
        let total = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if head[0] >> 4 != 4
            || length < HEADER_LENGTH
            || ![PROTOCOL, AH_PROTOCOL].contains(&head[9])
            || total < length
        {
            return Err(Fault::IpHeader);
        }
        if packet.len() < total {
            return Err(Fault::TooShort {
                length: packet.len(),
                expected: total,
            });
        }
        let header = Self {
            source: Ipv4Addr::new(head[12], head[13], head[14], head[15]),
            destination: Ipv4Addr::new(head[16], head[17], head[18], head[19]),
            ttl: head[8],
            tos: head[1],
            id: u16::from_be_bytes([head[4], head[5]]),
            length,
            authenticated: head[9] == AH_PROTOCOL,
        };
        // total >= length, and the packet holds total bytes.
        Ok((header, &packet[length..total]))
    }
}

/// The authentication header behind the IP header of `packet`, whose length without options is not looked at again, and what
/// follows; none where it is not about VRRP.
pub(super) fn authentication_header<'a>(
    packet: &'a [u8],
    behind: &'a [u8],
) -> Option<(AuthenticationHeader<'a>, &'a [u8])> {
    AuthenticationHeader::parse(packet.first_chunk::<HEADER_LENGTH>()?, behind)
}

/// The header that the original gives an advert, and `payload` behind it: no options, no fragmenting flags, type of
/// service 0xc0, and an identification that the sender counts up from 1 with each advert.
pub fn prepend_ipv4_header(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    id: u16,
    ttl: u8,
    payload: &[u8],
) -> Vec<u8> {
    let mut packet = header(source, destination, id, ttl, (PROTOCOL, payload.len())).to_vec();
    packet.extend_from_slice(payload);
    packet
}

/// The same with an authentication header between both, its packets numbered by `sequence`.
pub fn prepend_authenticated_ipv4_header(
    addresses: (Ipv4Addr, Ipv4Addr),
    id: u16,
    ttl: u8,
    (key, sequence): (&[u8; KEY_LENGTH], u32),
    payload: &[u8],
) -> Vec<u8> {
    let ip = header(
        addresses.0,
        addresses.1,
        id,
        ttl,
        (AH_PROTOCOL, AH_LENGTH + payload.len()),
    );
    let mut packet = ip.to_vec();
    packet.extend_from_slice(&header_for(key, sequence, &ip, payload));
    packet.extend_from_slice(payload);
    packet
}

fn header(
    source: Ipv4Addr,
    destination: Ipv4Addr,
    id: u16,
    ttl: u8,
    (protocol, length): (u8, usize),
) -> [u8; HEADER_LENGTH] {
    // An advert holds at most 255 addresses, which is far from 65,535 bytes.
    let total = u16::try_from(HEADER_LENGTH + length).unwrap_or(u16::MAX);
    let mut packet = [0; HEADER_LENGTH];
    packet[..2].copy_from_slice(&[0x45, TOS]);
    packet[2..4].copy_from_slice(&total.to_be_bytes());
    packet[4..6].copy_from_slice(&id.to_be_bytes());
    packet[8..10].copy_from_slice(&[ttl, protocol]);
    packet[12..16].copy_from_slice(&source.octets());
    packet[16..].copy_from_slice(&destination.octets());
    let checksum = internet_checksum(&packet);
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet
}
