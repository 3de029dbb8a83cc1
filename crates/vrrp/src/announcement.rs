//! Gratuitous ARP on its way out: at once, or one after the other where the configuration wants time between them.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use vrrp_proto::Time;
use vrrp_proto::wire::{ArpForm, gratuitous_arp};

use crate::log::Log;
use crate::netlink::Link;
use crate::socket::ArpSocket;

/// The most that wait at a time: what a link that was slow for a while would send is of no use to anybody.
const MOST: usize = 4096;

/// One that waits.
#[derive(Clone, Debug)]
struct Waiting {
    interface: String,
    index: u32,
    hardware: [u8; 6],
    address: IpAddr,
}

/// Sends announcements.
#[derive(Debug)]
pub(crate) struct Announcer {
    socket: ArpSocket,
    log: Log,
    /// Time between two on one interface.
    pub(crate) interval: Duration,
    waiting: VecDeque<(Time, Waiting)>,
    /// When the next one may go out, for each interface.
    free_from: BTreeMap<u32, Time>,
}

impl Announcer {
    /// One that sends through `socket`.
    pub(crate) fn new(socket: ArpSocket, interval: Duration, log: Log) -> Self {
        Self {
            socket,
            log,
            interval,
            waiting: VecDeque::new(),
            free_from: BTreeMap::new(),
        }
    }

    /// Tells the neighbours on `link` that `address` is here. An interface without neighbours of that kind tells nobody.
    pub(crate) fn announce(&mut self, now: Time, link: &Link, address: IpAddr) {
        let (true, true, Ok(hardware)) = (link.arp, link.ethernet, <[u8; 6]>::try_from(link.mac.as_slice()))
        else {
            return;
        };
        let one = Waiting {
            interface: link.name.clone(),
            index: link.index,
            hardware,
            address,
        };
        if self.interval.is_zero() {
            self.send(&one);
        } else if self.waiting.len() < MOST {
            let due = self
                .free_from
                .get(&link.index)
                .copied()
                .unwrap_or_default()
                .max(now);
            self.free_from.insert(link.index, due + self.interval);
            let place = self.waiting.partition_point(|(other, _)| *other <= due);
            self.waiting.insert(place, (due, one));
        }
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// Sends what is due.
    pub(crate) fn handle_timeout(&mut self, now: Time) {
        while self.waiting.front().is_some_and(|(due, _)| *due <= now) {
            if let Some((_, one)) = self.waiting.pop_front() {
                self.send(&one);
            }
        }
    }

    /// Forgets what waits for these addresses: they are no longer here.
    pub(crate) fn forget(&mut self, gone: impl Fn(IpAddr) -> bool) {
        self.waiting.retain(|(_, one)| !gone(one.address));
    }

    fn send(&self, one: &Waiting) {
        let IpAddr::V4(address) = one.address else {
            return;
        };
        self.log.detail(format!(
            "Sending gratuitous ARP on {} for {address}",
            one.interface
        ));
        let frame = gratuitous_arp(ArpForm::Request, one.hardware, address);
        if let Err(error) = self.socket.broadcast(one.index, &frame) {
            self.log.info(format!(
                "Error sending gratuitous ARP on {} for {address}: {error}",
                one.interface
            ));
        }
    }
}
