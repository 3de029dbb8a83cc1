//! VRRP packets as nobody should send them, for router 51 of document 001, and a way to send them.

use std::net::{Ipv4Addr, SocketAddrV4};

use anyhow::Result;
use socket2::{Domain, Protocol, Socket, Type};

/// Who sends them.
pub(super) const SENDER: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 66);

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
const ROUTER: u8 = 51;
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 99);

/// The protocol's number for which the kernel leaves the IPv4 header to the sender.
const RAW: i32 = 255;

/// What sends packets from the network that its thread is in.
pub(super) struct Sender {
    socket: Socket,
}

impl Sender {
    pub(super) fn open() -> Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(RAW)))?;
        socket.set_multicast_if_v4(&SENDER)?;
        Ok(Self { socket })
    }

    pub(super) fn send(&self, packet: &[u8]) -> Result<()> {
        self.socket.send_to(packet, &SocketAddrV4::new(GROUP, 0).into())?;
        Ok(())
    }
}

/// One packet of each way to be wrong, as from `ours` the one that comes from the receiver itself. All but the first have
/// the right checksum, and any of them, believed, would make a node give way to a router of priority 255.
pub(super) fn bad_packets(ours: Ipv4Addr) -> Vec<Vec<u8>> {
    let good = Packet::default();
    let mut packets = vec![
        good.clone().with(|p| p.checksum = Some(0x1234)),
        good.clone().with(|p| p.ttl = 254),
        good.clone().with(|p| p.router = ROUTER + 1),
        good.clone().with(|p| p.version = 4),
        good.clone().with(|p| p.version = 1),
        good.clone().with(|p| p.kind = 2),
        good.clone().with(|p| p.authentication = 1),
        good.clone().with(|p| p.authentication = 9),
        good.clone().with(|p| p.interval = 7),
        good.clone().with(|p| p.count = 0),
        good.clone().with(|p| p.count = 2),
        good.clone().with(|p| p.address = Ipv4Addr::new(192, 168, 0, 98)),
        good.clone().with(|p| p.source = ours),
    ];
    let whole = good.with(|_| ());
    packets.extend([0, 7, 8, 12, 19].map(|length| whole[..20 + length].to_vec()));
    packets.push([whole.as_slice(), &[0; 4]].concat());
    packets
}

/// A last packet, of a time to live that no other one has.
pub(super) fn last_packet() -> Vec<u8> {
    Packet::default().with(|p| p.ttl = LAST_TTL)
}

/// The time to live of [`last_packet`].
pub(super) const LAST_TTL: u8 = 42;

/// A VRRP packet of version 2 for one address, and the parts of its IPv4 header that may be wrong.
#[derive(Clone, Debug)]
struct Packet {
    source: Ipv4Addr,
    ttl: u8,
    version: u8,
    kind: u8,
    router: u8,
    count: u8,
    authentication: u8,
    interval: u8,
    address: Ipv4Addr,
    /// The right one when none is given.
    checksum: Option<u16>,
}

impl Default for Packet {
    fn default() -> Self {
        Self {
            source: SENDER,
            ttl: 255,
            version: 2,
            kind: 1,
            router: ROUTER,
            count: 1,
            authentication: 0,
            interval: 1,
            address: ADDRESS,
            checksum: None,
        }
    }
}

impl Packet {
    /// The packet with a change, with its IPv4 header; the kernel fills in that one's length and checksum.
    fn with(mut self, change: impl FnOnce(&mut Self)) -> Vec<u8> {
        change(&mut self);
        let mut packet = vec![0x45, 0xc0, 0, 0, 0, 0, 0, 0, self.ttl, 112, 0, 0];
        packet.extend(self.source.octets());
        packet.extend(GROUP.octets());
        let start = packet.len();
        packet.extend([
            self.version << 4 | self.kind,
            self.router,
            255,
            self.count,
            self.authentication,
            self.interval,
            0,
            0,
        ]);
        packet.extend(self.address.octets());
        packet.extend([0; 8]);
        let checksum = self.checksum.unwrap_or_else(|| checksum(&packet[start..]));
        packet[start + 6..start + 8].copy_from_slice(&checksum.to_be_bytes());
        packet
    }
}

/// The Internet checksum of an even number of bytes.
fn checksum(bytes: &[u8]) -> u16 {
    let sum: u32 = bytes
        .chunks_exact(2)
        .map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]])))
        .sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let folded = (folded & 0xffff) + (folded >> 16);
    // Two foldings leave no carry.
    !(u16::try_from(folded).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_good_packet_is_good_but_for_what_is_changed() {
        let good = Packet::default().with(|_| ());
        assert_eq!(checksum(&good[20..]), 0);
        assert_eq!(&good[20..28], &[0x21, 51, 255, 1, 0, 1, good[26], good[27]]);
        assert_eq!(good.len(), 40);
        let bad = bad_packets(ADDRESS);
        assert!(bad.iter().all(|packet| packet != &good));
    }
}
