//! Gratuitous ARP and unsolicited neighbour advertisements on their way out: at once, or one after the other where the configuration wants time between them.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use keepalived_conf::model::{Config, GarpGroup};
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Intervals {
    /// Of gratuitous ARP (`vrrp_garp_interval`).
    pub(crate) arp: Duration,
    /// Of neighbour advertisements (`vrrp_gna_interval`).
    pub(crate) neighbour: Duration,
    /// Interfaces that have times of their own, which they share.
    pub(crate) groups: Vec<GarpGroup>,
}

/// What announcements go out one after the other on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Line {
    /// An interface.
    Interface(u32),
    /// The interfaces of a group.
    Group(usize),
}

impl Intervals {
    /// Those of the configuration.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            arp: config.global.garp_interval,
            neighbour: config.global.gna_interval,
            groups: config.garp_groups.clone(),
        }
    }

    /// On what announcements of an interface follow each other, and in which time.
    fn on(&self, link: &Link, ipv6: bool) -> (Line, Duration) {
        let mut groups = self.groups.iter().enumerate();
        let group = groups.find(|(_, group)| group.interfaces.contains(&link.name));
        let (line, arp, neighbour) = match group {
            Some((number, group)) => (Line::Group(number), group.arp, group.neighbour),
            None => (Line::Interface(link.index), self.arp, self.neighbour),
        };
        (line, if ipv6 { neighbour } else { arp })
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
    free_from: BTreeMap<(Line, bool), Time>,
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
        let (line, interval) = self.intervals.on(link, address.is_ipv6());
        let line = (line, address.is_ipv6());
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
