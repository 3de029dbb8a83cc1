//! What is known at one moment, taken from the running program in one go, for those who show it: nothing that they do with it
//! keeps an advert waiting.

use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use keepalived_conf::model::{Authentication, Version};
use vrrp_proto::track::Health;
use vrrp_proto::{Counters, StateKind};

use crate::check::Tally;
use crate::node::Node;

/// The program.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) taken: Timestamp,
    pub(crate) started: Timestamp,
    pub(crate) reloads: u64,
    pub(crate) routers: Vec<RouterView>,
    pub(crate) groups: Vec<GroupView>,
    pub(crate) scripts: Vec<ScriptView>,
    pub(crate) interfaces: Vec<InterfaceView>,
    pub(crate) fifos: Vec<FifoView>,
    pub(crate) mails: MailCounts,
}

/// An instance.
#[derive(Clone, Debug)]
pub(crate) struct RouterView {
    pub(crate) name: String,
    pub(crate) interface: String,
    pub(crate) vrid: u8,
    pub(crate) ipv6: bool,
    pub(crate) version: u8,
    pub(crate) state: StateKind,
    pub(crate) priority: u8,
    pub(crate) effective_priority: u8,
    pub(crate) since: Timestamp,
    /// How often it came into each state.
    pub(crate) entered: StateCounts,
    pub(crate) counters: Counters,
    pub(crate) unsent: u64,
    /// The addresses that it moves, and whether each is set here.
    pub(crate) addresses: Vec<(IpAddr, bool)>,
    pub(crate) split: bool,
    pub(crate) splits: u64,
    pub(crate) foreign_adverts: u64,
    pub(crate) foreign_announcements: u64,
    /// What the MIBs show besides.
    pub(crate) managed: Managed,
}

/// What the MIBs show of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    /// Number of its interface; 0 without one.
    pub(crate) index: u32,
    /// The hardware address of that interface.
    pub(crate) mac: Vec<u8>,
    /// What it sends from.
    pub(crate) source: IpAddr,
    /// The master that it follows.
    pub(crate) master: Option<IpAddr>,
    /// Time between two adverts.
    pub(crate) interval: Duration,
    pub(crate) preempt: bool,
    pub(crate) accept: bool,
    /// How adverts prove themselves, as RFC 2787 numbers it: 1 not, 2 by a password, 3 by a header.
    pub(crate) auth: i32,
    /// The addresses in its adverts.
    pub(crate) advertised: Vec<IpAddr>,
}

/// Counts, a state each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StateCounts([u64; STATES.len()]);

/// All states.
pub(crate) const STATES: [StateKind; 4] = [
    StateKind::Init,
    StateKind::Backup,
    StateKind::Master,
    StateKind::Fault,
];

impl StateCounts {
    pub(crate) fn count(&mut self, state: StateKind) {
        for (known, count) in STATES.iter().zip(&mut self.0) {
            *count += u64::from(*known == state);
        }
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (StateKind, u64)> {
        STATES.into_iter().zip(self.0)
    }
}

/// A group of instances.
#[derive(Clone, Debug)]
pub(crate) struct GroupView {
    pub(crate) name: String,
    pub(crate) state: StateKind,
    pub(crate) members: Vec<String>,
}

/// A tracked script.
#[derive(Clone, Debug)]
pub(crate) struct ScriptView {
    pub(crate) name: String,
    pub(crate) health: Health,
    pub(crate) tally: Tally,
}

/// An interface that instances are on or track.
#[derive(Clone, Debug)]
pub(crate) struct InterfaceView {
    pub(crate) name: String,
    pub(crate) up: bool,
}

/// A FIFO that changes are written to.
#[derive(Clone, Debug)]
pub(crate) struct FifoView {
    pub(crate) path: String,
    pub(crate) written: u64,
    pub(crate) left_out: u64,
}

/// What became of mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MailCounts {
    pub(crate) sent: u64,
    pub(crate) failed: u64,
}

impl Snapshot {
    /// Takes one.
    pub(crate) fn of(node: &Node) -> Self {
        let scripts = node.checks.iter().map(|check| ScriptView {
            name: check.script.name.clone(),
            health: check.health,
            tally: check.tally(),
        });
        let names = node.interface_names();
        let interfaces = names.into_iter().map(|name| InterfaceView {
            up: node
                .interfaces
                .named(&name)
                .is_some_and(crate::netlink::Link::is_usable),
            name,
        });
        Self {
            taken: Timestamp::now(),
            started: node.started,
            reloads: node.reloads,
            routers: node.routers.iter().map(|one| router(one, node)).collect(),
            groups: node.group_views(),
            scripts: scripts.collect(),
            interfaces: interfaces.collect(),
            fifos: node.fifo_views(),
            mails: node.mail_counts(),
        }
    }
}

fn router(router: &crate::router::Router, node: &Node) -> RouterView {
    let instance = &router.instance;
    let machine = &router.machine;
    let all = instance.addresses.iter().chain(&instance.excluded);
    let link = node.interfaces.named(&instance.interface);
    let managed = Managed {
        index: link.map_or(0, |link| link.index),
        mac: link.map_or_else(Vec::new, |link| link.mac.clone()),
        source: machine.config().source,
        master: machine.followed().map(|(address, _)| address),
        interval: machine.config().advert_interval,
        preempt: instance.preempt,
        accept: instance.accept,
        auth: match instance.authentication {
            None => 1,
            Some(Authentication::Pass(_)) => 2,
            Some(Authentication::Ah(_)) => 3,
        },
        advertised: instance.addresses.iter().map(|one| one.address).collect(),
    };
    RouterView {
        name: instance.name.clone(),
        interface: instance.interface.clone(),
        vrid: instance.virtual_router_id,
        ipv6: instance.ipv6,
        version: match instance.version {
            Version::V2 => 2,
            Version::V3 => 3,
        },
        state: machine.state(),
        priority: instance.priority,
        effective_priority: machine.effective_priority(),
        since: router.since,
        entered: router.entered,
        counters: machine.counters().clone(),
        unsent: router.unsent,
        addresses: all
            .map(|one| {
                let is_set = router.set.iter().any(|set| set.address == one.address);
                (one.address, is_set)
            })
            .collect(),
        split: router.split.is_split(),
        splits: router.split.begun(),
        foreign_adverts: router.split.adverts(),
        foreign_announcements: router.split.moves(),
        managed,
    }
}
