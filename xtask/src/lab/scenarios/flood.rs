//! A flood of bad VRRP packets at a pair: it changes nothing.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use socket2::{Domain, Protocol, Socket, Type};

use super::failover::{Cause, Member, Pair, RECORDED};
use crate::lab::capture::Capture;
use crate::lab::node::Node;
use crate::lab::stage::{Stage, Whose};
use crate::wait::pause;

const FILES: [&str; 2] = ["001-lb1-master.conf", "001-lb2-backup.conf"];

/// No haproxy runs here.
const MEMBERS: [Member; 2] = [
    Member {
        name: "lb1",
        address: Ipv4Addr::new(192, 168, 0, 100),
        priority: 101,
    },
    Member {
        name: "lb2",
        address: Ipv4Addr::new(192, 168, 0, 101),
        priority: 100,
    },
];

const SENDER: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 66);
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);
const ROUTER: u8 = 51;
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 0, 99);

/// So many packets a second, for so long, in bursts this far apart.
const RATE: u32 = 20_000;
const FLOOD: Duration = Duration::from_secs(4);
const BURST: Duration = Duration::from_millis(10);

/// Plays the scenario with the program under test on both nodes.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let network = stage.network(&[
        ("lb1", &["192.168.0.100/24"]),
        ("lb2", &["192.168.0.101/24"]),
        ("flooder", &["192.168.0.66/24"]),
    ])?;
    let filter = format!("({RECORDED}) and not src host {SENDER}");
    let capture = Capture::start(&network, &filter)?;
    let mut pair = Pair::new(&network, &capture, MEMBERS, ADDRESS);
    let lb1 = stage.keepalived(pair.node(0)?, Whose::Subject, FILES[0])?;
    let lb2 = stage.keepalived(pair.node(1)?, Whose::Subject, FILES[1])?;
    let sheet = &mut stage.sheet;
    let start = Cause::Outwaited(Duration::ZERO);
    pair.takeover(sheet, "start", 0, lb1.started(), start)?;

    let from = SystemTime::now();
    let sent = flood(network.node("flooder")?)?;
    let time = (from, SystemTime::now());
    let took = time.1.duration_since(from).context("the clock went back")?;
    sheet.check(
        "bad packets sent",
        format!("{sent} in {:.2} s", took.as_secs_f64()),
        format!("at least {RATE} a second"),
        f64::from(sent) >= f64::from(RATE) * FLOOD.as_secs_f64() && took < FLOOD + FLOOD / 10,
    );
    pair.undisturbed(sheet, "the flood", 0, time)?;
    pair.holders(sheet, "the flood", &["lb1"])?;

    let asked = lb1.stop()?;
    pair.takeover(sheet, "keepalived stopped behind it", 1, asked, Cause::Resigned)?;
    lb2.stop()?;
    pair.holders(sheet, "both stopped", &[])
}

/// Sends the flood and gives the number of packets.
fn flood(node: &Node) -> Result<u32> {
    let packets = bad_packets();
    let burst = RATE / 1000 * u32::try_from(BURST.as_millis())?;
    node.inside(|| -> Result<u32> {
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(255)))?;
        socket.set_multicast_if_v4(&SENDER)?;
        let to = SocketAddrV4::new(GROUP, 0).into();
        let start = Instant::now();
        let mut sent = 0;
        while start.elapsed() < FLOOD || sent < RATE * u32::try_from(FLOOD.as_secs())? {
            for packet in packets.iter().cycle().take(usize::try_from(burst)?) {
                socket.send_to(packet, &to)?;
                sent += 1;
            }
            let due = start + BURST * (sent / burst);
            pause(due.saturating_duration_since(Instant::now()));
        }
        Ok(sent)
    })?
}

/// One packet of each way to be wrong. All but the first have the right checksum, and any of them, believed, would make
/// both nodes give way to a router of priority 255.
fn bad_packets() -> Vec<Vec<u8>> {
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
        good.clone().with(|p| p.source = MEMBERS[0].address),
    ];
    let whole = good.with(|_| ());
    packets.extend([0, 7, 8, 12, 19].map(|length| whole[..20 + length].to_vec()));
    packets.push([whole.as_slice(), &[0; 4]].concat());
    packets
}

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
        let bad = bad_packets();
        assert!(bad.iter().all(|packet| packet != &good));
    }
}
