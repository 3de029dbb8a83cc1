//! Gratuitous ARP and unsolicited neighbour advertisements on their way out: at once, or one after the other where the configuration wants time between them.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use keepalived_conf::model::GlobalDefs;
use vrrp_proto::Time;
use vrrp_proto::wire::announcement;

use crate::log::Log;
use crate::netlink::Link;
use crate::socket::FrameSocket;

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

/// Time between two announcements on one interface; zero where they go out at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals {
    /// Of gratuitous ARP (`vrrp_garp_interval`).
    pub(crate) arp: Duration,
    /// Of neighbour advertisements (`vrrp_gna_interval`).
    pub(crate) neighbour: Duration,
}

impl Intervals {
    /// Those of the configuration.
    pub(crate) fn of(global: &GlobalDefs) -> Self {
        Self {
            arp: global.garp_interval,
            neighbour: global.gna_interval,
        }
    }
}

/// Sends announcements.
#[derive(Debug)]
pub(crate) struct Announcer {
    socket: FrameSocket,
    log: Log,
    /// Time between two of them on one interface.
    pub(crate) intervals: Intervals,
    waiting: VecDeque<(Time, Waiting)>,
    /// When the next one may go out, for each interface and family.
    free_from: BTreeMap<(u32, bool), Time>,
}

impl Announcer {
    /// One that sends through `socket`.
    pub(crate) fn new(socket: FrameSocket, intervals: Intervals, log: Log) -> Self {
        Self {
            socket,
            log,
            intervals,
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
        let interval = match address {
            IpAddr::V4(_) => self.intervals.arp,
            IpAddr::V6(_) => self.intervals.neighbour,
        };
        let line = (link.index, address.is_ipv6());
        if interval.is_zero() {
            self.send(&one);
        } else if self.waiting.len() < MOST {
            let due = self.free_from.get(&line).copied().unwrap_or_default().max(now);
            self.free_from.insert(line, due + interval);
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
        let (interface, address) = (&one.interface, one.address);
        let what = match address {
            IpAddr::V4(_) => "gratuitous ARP",
            IpAddr::V6(_) => "unsolicited Neighbour Advert",
        };
        self.log
            .detail(format!("Sending {what} on {interface} for {address}"));
        let frame = announcement(one.hardware, address, address.is_ipv6() && forwards(interface));
        if let Err(error) = self.socket.send(one.index, &frame) {
            self.log.info(format!(
                "Error sending {what} on {interface} for {address}: {error}"
            ));
        }
    }
}

/// Whether the machine forwards packets of IPv6 that come in on an interface: then it says of itself that it is a router. One that
/// cannot be asked is none.
fn forwards(interface: &str) -> bool {
    std::fs::read_to_string(format!("/proc/sys/net/ipv6/conf/{interface}/forwarding"))
        .is_ok_and(|text| text.trim() != "0")
}
