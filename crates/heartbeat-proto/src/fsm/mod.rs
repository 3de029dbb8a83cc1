//! A node of a cluster.
//!
//! ```text
//!   up ── everybody else is heard and has told whom it knows, or is dead ──> active ── told to stop, or a partition is over ──> leaving
//!   (says so every keepalive)                                              (takes and gives resources)                (gives all back)
//! ```
//!
//! Without `auto_failback`, or as `legacy`, an owner asks for each of its groups (`ip-request`), and whoever has it gives it. With `on`
//! and `off` nodes say what they hold (`resource`), and hand over by a conversation (`ask_resources`: me, other, done, done).

mod clients;
mod members;
mod peer;
mod receive;
mod resources;
mod standby;

pub use members::MemberView;
pub use peer::PeerView;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use crate::output::{Level, Output, Work};
use crate::random::Random;
use crate::sequence::History;
use crate::settings::{Hold, Settings};
use crate::wire::{FaultCounts, Message};
use crate::{Failback, Time};

use members::Member;
use peer::{Peer, Status};
use resources::Request;
use standby::Standby;

/// Time between two questions that were not answered.
const ASK_AGAIN: Duration = Duration::from_secs(1);

/// How long a node that has given everything back still answers those who missed that.
const LINGER: Duration = Duration::from_secs(1);

/// For how long nodes that begin at the same time wait for each other's word on resources.
const SETTLING: Duration = Duration::from_secs(10);

/// A sent message is sent again no sooner than this.
const RESEND_PAUSE: Duration = Duration::from_millis(100);

/// How the node is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// It speaks, and waits until it knows of everybody.
    Up,
    /// It takes part.
    Active,
    /// It gives everything back.
    Leaving {
        /// Whether it will begin anew.
        again: bool,
    },
    /// It has given everything back, and ends at that time.
    Lingering { again: bool, until: Time },
    /// It has ended.
    Ended,
}

/// A node.
#[derive(Debug)]
pub struct Node {
    settings: Settings,
    peers: Vec<Peer>,
    members: Vec<Member>,
    phase: Phase,
    sequence: u32,
    history: History,
    /// When it says next that it lives.
    next_beat: Time,
    /// What it holds, or is about to.
    hold: Hold,
    /// Whether that lasts.
    stable: bool,
    /// When those who begin at the same time have waited long enough.
    settled: Option<Time>,
    standby: Standby,
    requests: Vec<Request>,
    /// Work that is under way.
    work: BTreeMap<u64, (Work, resources::After)>,
    next_work: u64,
    load: String,
    random: Random,
    /// When this node was heard on each way by itself: broadcasts come back.
    own_links: Vec<Option<Time>>,
    /// Names of the programs on this machine that are signed on, for those who ask from other nodes.
    clients: Vec<String>,
    /// Which of ten numbers of others it acknowledges.
    ack_slot: u32,
    faults: FaultCounts,
    outputs: VecDeque<Output>,
}

impl Node {
    /// A node that begins at time zero.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let mut random = Random::new(settings.seed);
        let ack_slot = u32::try_from(random.below(10)).unwrap_or(0);
        let peers = settings
            .nodes
            .iter()
            .filter(|name| !name.eq_ignore_ascii_case(&settings.name))
            .map(|name| Peer::new(name, settings.links.len()))
            .collect();
        let members = settings.pings.iter().map(|name| Member::new(name)).collect();
        let mut node = Self {
            peers,
            members,
            own_links: vec![None; settings.links.len()],
            clients: Vec::new(),
            phase: Phase::Up,
            sequence: 0,
            history: History::default(),
            next_beat: Time::ZERO,
            hold: Hold::default(),
            stable: false,
            settled: None,
            standby: Standby::Idle,
            requests: Vec::new(),
            work: BTreeMap::new(),
            next_work: 1,
            load: "0.00 0.00 0.00 1/1 1".to_owned(),
            random,
            ack_slot,
            faults: FaultCounts::default(),
            outputs: VecDeque::new(),
            settings,
        };
        node.say_status(Time::ZERO, "init");
        node.say_status(Time::ZERO, "up");
        node.log(Level::Info, "Local status now set to: 'up'");
        node
    }

    /// What to do next, if anything.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The machine's load, which messages bear, as `/proc/loadavg` has it.
    pub fn set_load(&mut self, load: &str) {
        load.trim().clone_into(&mut self.load);
    }

    /// Other keys, from now on.
    pub fn set_keys(&mut self, keys: crate::wire::Keys) {
        self.settings.keys = keys;
    }

    /// What was left aside, by kind.
    #[must_use]
    pub fn faults(&self) -> &FaultCounts {
        &self.faults
    }

    /// What it holds or is about to.
    #[must_use]
    pub fn hold(&self) -> Hold {
        self.hold
    }

    /// How it is itself, in heartbeat's words.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self.phase {
            Phase::Up => "up",
            Phase::Active | Phase::Leaving { .. } => "active",
            Phase::Lingering { .. } | Phase::Ended => "dead",
        }
    }

    /// All other nodes.
    pub fn peers(&self) -> impl Iterator<Item = PeerView> + '_ {
        self.peers.iter().map(|peer| PeerView {
            name: peer.name.clone(),
            status: peer.status.name(),
            links: self.heard_on(&peer.links),
        })
    }

    fn heard_on(&self, links: &[Option<Time>]) -> Vec<(String, bool)> {
        let names = self.settings.links.iter();
        names
            .zip(links)
            .map(|(name, heard)| (name.clone(), heard.is_some()))
            .collect()
    }

    /// Gives everything back and ends ([`Output::Stopped`]).
    pub fn stop(&mut self, now: Time) {
        self.leave(now, false);
    }

    /// Gives everything back and begins anew ([`Output::Restart`]).
    pub fn restart(&mut self, now: Time) {
        self.leave(now, true);
    }

    /// When [`Self::handle_timeout`] wants to be called.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        if self.phase == Phase::Ended {
            return None;
        }
        let mut next = self.next_beat;
        let mut sooner = |time: Time| next = next.min(time);
        if let Phase::Lingering { until, .. } = self.phase {
            sooner(until);
        }
        if self.settled.is_some() {
            self.settled.into_iter().for_each(&mut sooner);
        }
        self.standby.poll_timeout().into_iter().for_each(&mut sooner);
        self.requests.iter().map(|one| one.again).for_each(&mut sooner);
        self.members_timeout().into_iter().for_each(&mut sooner);
        for heard in self.own_links.iter().flatten() {
            sooner(*heard + self.settings.deadtime);
        }
        for peer in &self.peers {
            peer.received.poll_timeout().into_iter().for_each(&mut sooner);
            if peer.status != Status::Dead {
                sooner(self.death_of(peer));
            }
            if peer.is_there() && !peer.has_told_nodes {
                sooner(peer.ask_nodes);
            }
            for heard in peer.links.iter().flatten() {
                sooner(*heard + self.settings.deadtime);
            }
        }
        Some(next)
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Time) {
        match self.phase {
            Phase::Ended => return,
            Phase::Lingering { again, until } if now >= until => {
                self.phase = Phase::Ended;
                self.outputs
                    .push_back(if again { Output::Restart } else { Output::Stopped });
                return;
            }
            _ => {}
        }
        if now >= self.next_beat {
            self.beat(now);
        }
        for index in 0..self.peers.len() {
            self.watch_links(now, index);
            let Some(peer) = self.peers.get(index) else {
                continue;
            };
            if peer.status != Status::Dead && now >= self.death_of(peer) {
                self.bury(now, index);
            }
            self.ask_for_lost(now, index);
            self.ask_for_nodes(now, index);
        }
        self.watch_members(now);
        self.watch_own_links(now);
        self.become_active_if_known(now);
        self.settle(now);
        self.request_again(now);
        self.standby_timeout(now);
    }

    /// When a node is dead, unless it is heard before.
    fn death_of(&self, peer: &Peer) -> Time {
        match peer.heard {
            Some(heard) => heard + self.settings.deadtime,
            None => self.settings.initdead,
        }
    }

    /// Says that this node lives.
    fn beat(&mut self, now: Time) {
        let status = if self.phase == Phase::Up { "up" } else { "active" };
        self.say_status(now, status);
        // One beat after the other, whatever was late.
        self.next_beat = now + self.settings.keepalive;
    }

    fn say_status(&mut self, now: Time, status: &str) {
        let young = now < self.settings.deadtime;
        let extra = if young {
            self.settings.keepalive * 2
        } else {
            Time::ZERO
        };
        let deadtime = (self.settings.deadtime + extra).as_millis();
        let message = Message::new("status")
            .with("st", status)
            .with("dt", &format!("{deadtime:x}"))
            .with("protocol", "1");
        self.send(now, message);
        if !self.members.is_empty() {
            self.outputs.push_back(Output::Ping);
        }
        self.next_beat = now + self.settings.keepalive;
    }

    /// Sends a message that others ask for again when they miss it.
    fn send(&mut self, now: Time, message: Message) {
        self.sequence += 1;
        let sequence = self.sequence;
        let message = self.signed_off(now, message, Some(sequence));
        let packet = message.encode(&self.settings.keys);
        self.history.keep(now, sequence, packet.clone());
        self.outputs.push_back(Output::Packet(packet));
    }

    /// Sends a message that bears no number.
    fn send_unnumbered(&mut self, now: Time, message: Message) {
        let message = self.signed_off(now, message, None);
        let packet = message.encode(&self.settings.keys);
        self.outputs.push_back(Output::Packet(packet));
    }

    /// With what each message has of its sender.
    fn signed_off(&self, now: Time, message: Message, sequence: Option<u32>) -> Message {
        let settings = &self.settings;
        let mut message = message
            .with("src", &settings.name)
            .with_binary("srcuuid", &settings.uuid);
        if let Some(sequence) = sequence {
            message = message.with("seq", &format!("{sequence:x}"));
        }
        let time = settings.epoch.wrapping_add(now.as_secs());
        message = message
            .with("hg", &format!("{:x}", settings.generation))
            .with("ts", &format!("{time:x}"));
        if sequence.is_some() {
            message = message.with("ld", &self.load);
        }
        message.with("ttl", "3")
    }

    /// A message to one node.
    fn to(&self, kind: &str, index: usize) -> Message {
        let Some(peer) = self.peers.get(index) else {
            return Message::new(kind);
        };
        let message = Message::new(kind).with("dest", &peer.name);
        match &peer.uuid {
            Some(uuid) => message.with_binary("destuuid", uuid),
            None => message,
        }
    }

    fn log(&mut self, level: Level, text: impl Into<String>) {
        self.outputs.push_back(Output::Log(level, text.into()));
    }

    /// Whether nodes say what they hold, rather than ask for each group.
    fn tells_holdings(&self) -> bool {
        self.settings.failback != Failback::Legacy
    }

    /// Asks for what was lost.
    fn ask_for_lost(&mut self, now: Time, index: usize) {
        let delay = self.settings.max_rexmit_delay;
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        let due = peer.received.due(now, || now + delay);
        for number in due {
            let message = self
                .to("NS_rexmit", index)
                .with("firstseq", &number.to_string())
                .with("lastseq", &number.to_string());
            self.send_unnumbered(now, message);
        }
    }

    /// Asks a node whom it knows, until it tells.
    fn ask_for_nodes(&mut self, now: Time, index: usize) {
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        if peer.is_there() && !peer.has_told_nodes && now >= peer.ask_nodes {
            peer.ask_nodes = now + ASK_AGAIN;
            let message = self.to("reqnodes", index);
            self.send(now, message);
        }
    }

    /// Notes ways on which a node is no longer heard.
    fn watch_links(&mut self, now: Time, index: usize) {
        let deadtime = self.settings.deadtime;
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        let mut lost = Vec::new();
        for (link, heard) in self.settings.links.iter().zip(&mut peer.links) {
            if heard.is_some_and(|heard| now >= heard + deadtime) {
                *heard = None;
                lost.push((peer.name.clone(), link.clone()));
            }
        }
        for (name, link) in lost {
            self.tell_link(&name, &link, false);
        }
    }

    /// Takes part from now on, when it is known of everybody else whether it is there.
    fn become_active_if_known(&mut self, now: Time) {
        let patient = now < self.settings.initdead;
        let known = self.peers.iter().all(|peer| match peer.status {
            Status::Dead => true,
            // One that never tells whom it knows is not waited for longer than one that is not there.
            Status::Up | Status::Active => peer.has_told_nodes || !patient,
            Status::Unknown | Status::Init => false,
        });
        if self.phase != Phase::Up || !known || !self.members.iter().all(Member::is_known) {
            return;
        }
        self.phase = Phase::Active;
        self.outputs.push_back(Output::Active);
        self.log(Level::Info, "Comm_now_up(): updating status to active");
        self.log(Level::Info, "Local status now set to: 'active'");
        self.beat(now);
        self.begin_with_resources(now);
    }

    /// Gives everything back.
    fn leave(&mut self, now: Time, again: bool) {
        match self.phase {
            Phase::Up => {
                self.phase = Phase::Leaving { again };
                self.say_goodbye(now);
            }
            Phase::Active => {
                self.phase = Phase::Leaving { again };
                self.log(Level::Info, "Giving up all HA resources.");
                self.give_all_back(now);
            }
            // Who is told to end does not begin anew.
            Phase::Leaving { again: true } => self.phase = Phase::Leaving { again },
            Phase::Lingering { again: true, until } => self.phase = Phase::Lingering { again, until },
            Phase::Leaving { .. } | Phase::Lingering { .. } | Phase::Ended => {}
        }
    }

    /// Tells that nothing is held any more.
    fn say_goodbye(&mut self, now: Time) {
        let again = matches!(self.phase, Phase::Leaving { again: true });
        self.send(now, Message::new("shutdone").with("st", "dead"));
        self.phase = Phase::Lingering {
            again,
            until: now + LINGER,
        };
    }

    /// A node is dead.
    fn bury(&mut self, now: Time, index: usize) {
        let Some(peer) = self.peers.get_mut(index) else {
            return;
        };
        let (name, left) = (peer.name.clone(), peer.left);
        peer.status = Status::Dead;
        self.log(Level::Warning, format!("node {name}: is dead"));
        self.tell_status(now, &name, "dead");
        if left {
            self.log(Level::Info, format!("Dead node {name} gave up resources."));
        }
        let took_part = self.phase == Phase::Active;
        self.become_active_if_known(now);
        if self.phase != Phase::Active {
            return;
        }
        let result = if left { "unneeded" } else { "n_stnth" };
        if !left {
            self.log(Level::Warning, "No STONITH device configured.");
            self.log(Level::Warning, "Shared disks are not protected.");
            // Whoever has only just begun to take part has looked after it.
            if took_part {
                self.take_over(now, index);
            }
        }
        let message = Message::new("stonith").with("node", &name).with("result", result);
        self.send(now, message);
    }
}
