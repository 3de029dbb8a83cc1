//! Pings: echo requests to hosts that are members of the cluster as long as they answer.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket as StdSocket};
use std::task::{Context, Poll};

use heartbeat_conf::model::{PingKind, PingNode};
use heartbeat_proto::Level;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::ReadBuf;
use tokio::net::UdpSocket;

use crate::log::Log;

/// What an echo request carries.
const CONTENT: &[u8] = b"holdfast heartbeat";

/// The largest answer that is read.
const LARGEST: usize = 1500;

/// After so many failures in a row no more are told of until one request goes out.
const MOST_FAILURES: u32 = 3;

/// Types of ICMP: a request and its answer (RFC 792, RFC 4443).
const ECHO_V4: (u8, u8) = (8, 0);
const ECHO_V6: (u8, u8) = (128, 129);

/// A host that is pinged.
#[derive(Debug)]
struct Host {
    /// Of which member it is, by place in the file.
    member: usize,
    address: IpAddr,
    /// Not of UDP, but read and written in the same way.
    socket: UdpSocket,
    /// The same, to send with at once.
    sender: StdSocket,
    sequence: u16,
    failures: u32,
}

/// All hosts that are pinged.
#[derive(Debug)]
pub(crate) struct Pinger {
    hosts: Vec<Host>,
    /// What tells the answers to this program from those to others.
    identifier: u16,
}

impl Pinger {
    /// Opens a socket for each host. To be called within a runtime.
    ///
    /// # Errors
    /// The system's words; raw sockets need root's rights.
    pub(crate) fn open(pings: &[PingNode], log: &Log) -> io::Result<Self> {
        let mut hosts = Vec::new();
        for (member, ping) in pings.iter().enumerate() {
            let addresses: Vec<IpAddr> = match &ping.kind {
                PingKind::Host(address) => address.iter().copied().collect(),
                PingKind::Group(addresses) => addresses.clone(),
            };
            let open = |address| {
                socket(address).and_then(|socket| {
                    Ok(Host {
                        member,
                        address,
                        sender: StdSocket::from(socket.try_clone()?),
                        socket: UdpSocket::from_std(StdSocket::from(socket))?,
                        sequence: 0,
                        failures: 0,
                    })
                })
            };
            for address in addresses {
                hosts.push(open(address).map_err(|error| {
                    io::Error::new(error.kind(), format!("cannot open ping {address}: {error}"))
                })?);
            }
            log.info(match ping.kind {
                PingKind::Host(_) => "glib: ping heartbeat started.",
                PingKind::Group(_) => "glib: ping group heartbeat started.",
            });
        }
        // The last 16 bits of the process's number are enough.
        let identifier = u16::try_from(std::process::id() & 0xffff).unwrap_or_default();
        Ok(Self { hosts, identifier })
    }

    /// Sends a request to each host.
    pub(crate) fn ping(&mut self, log: &Log) {
        let identifier = self.identifier;
        for host in &mut self.hosts {
            host.sequence = host.sequence.wrapping_add(1);
            let request = request(host.address.is_ipv6(), identifier, host.sequence);
            match host.sender.send(&request) {
                Ok(_) => host.failures = 0,
                Err(error) => {
                    host.failures = host.failures.saturating_add(1);
                    if host.failures <= MOST_FAILURES {
                        let text = format!("ping {}: Unable to send: {error}", host.address);
                        log.at(Level::Error, text);
                    }
                }
            }
        }
    }

    /// Which member has answered.
    pub(crate) fn poll_answer(&self, context: &mut Context<'_>) -> Poll<usize> {
        for host in &self.hosts {
            let mut octets = [0_u8; LARGEST];
            let mut read = ReadBuf::new(&mut octets);
            while let Poll::Ready(received) = host.socket.poll_recv(context, &mut read) {
                // A refusal that an earlier request met is told here; the next request tells whether it lasts.
                let packet = if received.is_ok() { read.filled() } else { &[] };
                if is_answer(packet, host.address.is_ipv6(), self.identifier) {
                    return Poll::Ready(host.member);
                }
                read.clear();
            }
        }
        Poll::Pending
    }
}

/// A socket that speaks with one host.
fn socket(address: IpAddr) -> io::Result<Socket> {
    let kind = Type::RAW.nonblocking().cloexec();
    let socket = if address.is_ipv6() {
        Socket::new(Domain::IPV6, kind, Some(Protocol::ICMPV6))?
    } else {
        Socket::new(Domain::IPV4, kind, Some(Protocol::ICMPV4))?
    };
    // Only what comes from there is received.
    socket.connect(&SocketAddr::new(address, 0).into())?;
    Ok(socket)
}

/// An echo request. The kernel sets the checksum of ICMPv6.
fn request(is_v6: bool, identifier: u16, sequence: u16) -> Vec<u8> {
    let (kind, _) = if is_v6 { ECHO_V6 } else { ECHO_V4 };
    let mut packet = vec![kind, 0, 0, 0];
    packet.extend_from_slice(&identifier.to_be_bytes());
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(CONTENT);
    if !is_v6 {
        let sum = checksum(&packet).to_be_bytes();
        packet.splice(2..4, sum);
    }
    packet
}

/// The checksum of RFC 1071.
fn checksum(packet: &[u8]) -> u16 {
    let mut sum: u32 = packet
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
            [high] => u32::from(*high) << 8,
            _ => 0,
        })
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

/// Whether what came is the answer to a request of this program. IPv4's packets come with their head.
fn is_answer(packet: &[u8], is_v6: bool, identifier: u16) -> bool {
    let head = match packet.first() {
        Some(first) if !is_v6 => usize::from(first & 0x0f) * 4,
        _ => 0,
    };
    let (_, kind) = if is_v6 { ECHO_V6 } else { ECHO_V4 };
    match packet.get(head..) {
        Some([found, 0, _, _, high, low, ..]) => {
            *found == kind && u16::from_be_bytes([*high, *low]) == identifier
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_told_from_other_packets() {
        let mut reply = request(false, 7, 1);
        assert_eq!(checksum(&reply), 0);
        reply[0] = 0;
        let packet: Vec<u8> = [&[0x45][..], &[0; 19], &reply].concat();
        assert!(is_answer(&packet, false, 7));
        assert!(!is_answer(&packet, false, 8));
        assert!(!is_answer(&packet[..24], false, 7));
        assert!(!is_answer(&[], false, 7));
        assert!(is_answer(&[129, 0, 0, 0, 0, 7, 0, 1], true, 7));
        assert!(!is_answer(&request(true, 7, 1), true, 7));
    }
}
