//! The IPv4 header of an advert: read from what a raw socket gives, and written as the original writes it.

use std::net::Ipv4Addr;

use super::{Fault, PROTOCOL, TOS, internet_checksum};

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
        if head[0] >> 4 != 4 || length < HEADER_LENGTH || head[9] != PROTOCOL || total < length {
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
        };
        // total >= length, and the packet holds total bytes.
        Ok((header, &packet[length..total]))
    }
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
    let total = HEADER_LENGTH + payload.len();
    // An advert holds at most 255 addresses, which is far from 65,535 bytes.
    let total_field = u16::try_from(total).unwrap_or(u16::MAX);
    let mut packet = Vec::with_capacity(total);
    packet.extend_from_slice(&[0x45, TOS]);
    packet.extend_from_slice(&total_field.to_be_bytes());
    packet.extend_from_slice(&id.to_be_bytes());
    packet.extend_from_slice(&[0, 0, ttl, PROTOCOL, 0, 0]);
    packet.extend_from_slice(&source.octets());
    packet.extend_from_slice(&destination.octets());
    let checksum = internet_checksum(&packet);
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet.extend_from_slice(payload);
    packet
}
