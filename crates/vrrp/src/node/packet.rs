//! Packets from the network on their way to their instance. At any rate of them, timers and everything else have their turn.

use std::io;
use std::ops::Bound;
use std::task::{Context, Poll};

use vrrp_proto::Input;
use vrrp_proto::wire::Datagram;

use super::Node;

/// Packets that are looked at before everything else has its turn.
const AT_ONCE: usize = 64;

/// Packets that are looked at on each interface before a timer counts as run out. More than a socket's buffer holds.
const WAITING: usize = 1024;

impl Node {
    /// Waits for a packet on any interface: the interface's number and the packet's length in `buffer`.
    pub(crate) fn poll_packet(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<(u32, io::Result<usize>)> {
        let later = self.sockets.range((Bound::Excluded(self.turn), Bound::Unbounded));
        let earlier = self.sockets.range(..=self.turn);
        for (index, sockets) in later.chain(earlier) {
            if let Poll::Ready(received) = sockets.poll_receive(context, buffer) {
                return Poll::Ready((*index, received));
            }
        }
        Poll::Pending
    }

    /// Takes a packet, and those that wait behind it, up to a bound. True when the bound was reached.
    pub(crate) fn take_packets(
        &mut self,
        index: u32,
        received: io::Result<usize>,
        buffer: &mut [u8],
    ) -> bool {
        self.turn = index;
        match received {
            Ok(length) => self.take_packet(index, buffer.get(..length).unwrap_or_default()),
            // The interface went down, which netlink tells as well.
            Err(error) => self.log.detail(format!("VRRP receive error: {error}")),
        }
        self.receive(index, buffer, AT_ONCE)
    }

    /// Takes the packets that wait on all interfaces.
    pub(super) fn receive_waiting(&mut self, buffer: &mut [u8]) {
        let all: Vec<u32> = self.sockets.keys().copied().collect();
        for index in all {
            self.receive(index, buffer, WAITING);
        }
    }

    fn receive(&mut self, index: u32, buffer: &mut [u8], most: usize) -> bool {
        for _ in 0..most {
            let Some(sockets) = self.sockets.get(&index) else {
                return false;
            };
            match sockets.receive_now(buffer) {
                Ok(Some(length)) => self.take_packet(index, buffer.get(..length).unwrap_or_default()),
                Ok(None) => return false,
                Err(error) => {
                    self.log.detail(format!("VRRP receive error: {error}"));
                    return false;
                }
            }
        }
        true
    }

    fn take_packet(&mut self, index: u32, packet: &[u8]) {
        // Before the instances have begun nothing is taken.
        if self.begin_at.is_some() {
            return;
        }
        let datagram = match Datagram::from_ipv4(packet) {
            Ok(datagram) => datagram,
            Err(fault) => {
                if !fault.is_silent() && self.lines.allows(self.clock.now(), ()) {
                    self.log.info(fault.to_string());
                }
                return;
            }
        };
        let Some(name) = self.interfaces.numbered(index).map(|link| &link.name) else {
            return;
        };
        let at = self.routers.iter().position(|router| {
            Some(router.instance.virtual_router_id) == datagram.vrid() && router.instance.interface == *name
        });
        match at {
            Some(at) => self.input(at, Input::Packet(datagram)),
            None if self.global.log_unknown_vrids && self.lines.allows(self.clock.now(), ()) => {
                let vrid = datagram.vrid().unwrap_or_default();
                self.log.info(format!(
                    "{name}: received an advert for unknown VRID {vrid} from {}",
                    datagram.source
                ));
            }
            None => {}
        }
    }
}
