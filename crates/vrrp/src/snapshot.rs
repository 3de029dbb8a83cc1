//! What is known at one moment, taken from the running program in one go, for those who show it: nothing that they do with it
//! keeps an advert waiting.

use std::net::IpAddr;

use jiff::Timestamp;
use keepalived_conf::model::Version;
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
            routers: node.routers.iter().map(router).collect(),
            groups: node.group_views(),
            scripts: scripts.collect(),
            interfaces: interfaces.collect(),
            fifos: node.fifo_views(),
            mails: node.mail_counts(),
        }
    }
}

/// What is shown of an instance.
pub(crate) fn router(router: &crate::router::Router) -> RouterView {
    let instance = &router.instance;
    let machine = &router.machine;
    let all = instance.addresses.iter().chain(&instance.excluded);
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
    }
}
