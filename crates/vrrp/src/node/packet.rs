//! Packets from the network on their way to their instance. At any rate of them, timers and everything else have their turn.

use std::io;
use std::ops::Bound;
use std::task::{Context, Poll};

use vrrp_proto::Input;
use vrrp_proto::wire::{Datagram, STOPPING_PRIORITY};

use super::{Node, SocketKey};
use crate::socket::Received;

/// Packets that are looked at before everything else has its turn.
const AT_ONCE: usize = 64;

/// Packets that are looked at on each interface before a timer counts as run out. More than a socket's buffer holds.
const WAITING: usize = 1024;

impl Node {
    /// Waits for a packet on any sockets: which, and what is in `buffer`.
    pub(crate) fn poll_packet(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<(SocketKey, io::Result<Received>)> {
        // Those behind the ones whose turn it was come first.
        let split = self.turn.map_or(Bound::Unbounded, Bound::Excluded);
        let later = self.sockets.range((split, Bound::Unbounded));
        let earlier = self.turn.map(|turn| self.sockets.range(..=turn));
        for (key, sockets) in later.chain(earlier.into_iter().flatten()) {
            if let Poll::Ready(received) = sockets.poll_receive(context, buffer) {
                return Poll::Ready((*key, received));
            }
        }
        Poll::Pending
    }

    /// Takes a packet, and those that wait behind it, up to a bound. True when the bound was reached.
    pub(crate) fn take_packets(
        &mut self,
        key: SocketKey,
        received: io::Result<Received>,
        buffer: &mut [u8],
    ) -> bool {
        self.turn = Some(key);
        match received {
            Ok(received) => self.take_packet(key, received, buffer),
            // The interface went down, which netlink tells as well.
            Err(error) => self.log.detail(format!("VRRP receive error: {error}")),
        }
        self.receive(key, buffer, AT_ONCE)
    }

    /// Takes the packets that wait on all sockets.
    pub(super) fn receive_waiting(&mut self, buffer: &mut [u8]) {
        let all: Vec<SocketKey> = self.sockets.keys().copied().collect();
        for key in all {
            self.receive(key, buffer, WAITING);
        }
    }

    fn receive(&mut self, key: SocketKey, buffer: &mut [u8], most: usize) -> bool {
        for _ in 0..most {
            let Some(sockets) = self.sockets.get(&key) else {
                return false;
            };
            match sockets.receive_now(buffer) {
                Ok(Some(received)) => self.take_packet(key, received, buffer),
                Ok(None) => return false,
                Err(error) => {
                    self.log.detail(format!("VRRP receive error: {error}"));
                    return false;
                }
            }
        }
        true
    }

    fn take_packet(&mut self, key: SocketKey, received: Received, buffer: &[u8]) {
        // Before the instances have begun nothing is taken.
        if self.begin_at.is_some() {
            return;
        }
        let packet = buffer.get(..received.length).unwrap_or_default();
        let datagram = match received.ipv6 {
            None => Datagram::from_ipv4(packet),
            Some(facts) => Datagram::from_ipv6(facts.source, facts.destination, facts.hop_limit, packet),
        };
        let datagram = match datagram {
            Ok(datagram) => datagram,
            Err(fault) => {
                if !fault.is_silent() && self.lines.allows(self.clock.now(), ()) {
                    self.log.info(fault.to_string());
                }
                return;
            }
        };
        let name = match self.interfaces.numbered(key.index) {
            Some(link) => link.name.clone(),
            None if key.index == 0 => String::new(),
            None => return,
        };
        let vrid = datagram.vrid();
        let is_for = |at: &usize| {
            Some(self.routers[*at].instance.virtual_router_id) == vrid && self.socket_key(*at) == Some(key)
        };
        // Several with a number have other partners each.
        let knows = |at: &usize| {
            let peers = &self.routers[*at].instance.peers;
            peers.iter().any(|peer| peer.address == datagram.source)
        };
        let mut all = (0..self.routers.len()).filter(is_for);
        let at = match all.next() {
            Some(first) if !knows(&first) => Some(all.find(knows).unwrap_or(first)),
            first => first,
        };
        match at {
            Some(at) => {
                let master = self.is_master(at);
                let (source, priority) = (datagram.source, datagram.priority());
                self.input(at, Input::Packet(datagram));
                // Who says goodbye is none.
                if master && self.is_master(at) && priority != Some(STOPPING_PRIORITY) {
                    self.see_advert(at, source);
                }
            }
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
