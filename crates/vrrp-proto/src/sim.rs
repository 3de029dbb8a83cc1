//! Several instances in memory, joined by a network that can be bad: packets get lost, late, doubled and overtaken, links
//! are cut, nodes die and come back. Everything runs on virtual time and follows from the seed, so that what happened once
//! happens again. For tests of whole clusters, and for showing a user what a cluster would do.
//!
//! The instances are the real ones, and what travels is the bytes that would travel. What is not here: ARP, and what clients
//! see while neighbours still know the old place of an address.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, VecDeque};
use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use crate::track::{Health, TrackId};
use crate::wire::{Datagram, TTL};
use crate::{Input, Instance, InstanceConfig, Output, StateKind, Time};

/// A source of numbers that look random and follow from a seed (SplitMix64).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The numbers of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when there is none.
    pub const fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.next() % end }
    }

    /// Whether something of `permille` thousandths happens.
    pub const fn happens(&mut self, permille: u16) -> bool {
        self.below(1000) < permille as u64
    }

    /// A span in `range`, to the microsecond.
    pub fn span(&mut self, range: &Range<Duration>) -> Duration {
        let width = range.end.saturating_sub(range.start).as_micros();
        range.start + Duration::from_micros(self.below(u64::try_from(width).unwrap_or(u64::MAX)))
    }
}

/// How bad the network and the nodes' clocks are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conditions {
    /// Packets of a thousand that get lost.
    pub loss_permille: u16,
    /// Packets of a thousand that arrive twice.
    pub duplicate_permille: u16,
    /// How long a packet is under way. Later ones may overtake it.
    pub delay: Range<Duration>,
    /// How late a node's timers are.
    pub lateness: Range<Duration>,
}

impl Default for Conditions {
    /// A good network: nothing is lost, and everything takes less than a millisecond.
    fn default() -> Self {
        Self {
            loss_permille: 0,
            duplicate_permille: 0,
            delay: Duration::from_micros(50)..Duration::from_micros(500),
            lateness: Duration::ZERO..Duration::ZERO,
        }
    }
}

/// What a node did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// When.
    pub at: Time,
    /// Which node, in the order in which the configurations were given.
    pub node: usize,
    /// What.
    pub output: Output,
}

#[derive(Debug)]
struct Node {
    config: InstanceConfig,
    /// `None`: the machine is dead, or nothing runs on it.
    instance: Option<Instance>,
    link_up: bool,
    holds_addresses: bool,
    /// When the timer that is due first is really handled, and when it is due.
    wake: Option<(Time, Time)>,
}

/// A packet under way. The order of the fields is the order of delivery.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Delivery {
    at: Time,
    number: u64,
    from: usize,
    to: usize,
    packet: Vec<u8>,
}

/// The nodes and the network between them.
#[derive(Debug)]
pub struct Cluster {
    now: Time,
    random: Random,
    conditions: Conditions,
    nodes: Vec<Node>,
    under_way: BinaryHeap<Reverse<Delivery>>,
    packets: u64,
    /// Pairs of nodes of which the first is not heard by the second.
    cut: BTreeSet<(usize, usize)>,
    observations: VecDeque<Observation>,
}

impl Cluster {
    /// Nodes of these configurations on one network, none of them running.
    pub fn new(seed: u64, configs: Vec<InstanceConfig>) -> Self {
        let nodes = configs.into_iter().map(|config| Node {
            config,
            instance: None,
            link_up: true,
            holds_addresses: false,
            wake: None,
        });
        Self {
            now: Time::ZERO,
            random: Random::new(seed),
            conditions: Conditions::default(),
            nodes: nodes.collect(),
            under_way: BinaryHeap::new(),
            packets: 0,
            cut: BTreeSet::new(),
            observations: VecDeque::new(),
        }
    }

    /// The virtual time.
    pub const fn now(&self) -> Time {
        self.now
    }

    /// How many nodes there are.
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no node.
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Changes how bad things are, for packets and timers from now on.
    pub fn set_conditions(&mut self, conditions: Conditions) {
        self.conditions = conditions;
    }

    /// The instance of a node that runs.
    pub fn instance(&self, node: usize) -> Option<&Instance> {
        self.nodes.get(node)?.instance.as_ref()
    }

    /// The state of a node's instance; `None` when it does not run.
    pub fn state(&self, node: usize) -> Option<StateKind> {
        self.instance(node).map(Instance::state)
    }

    /// Whether the virtual addresses are on this node. A node that dies takes them with it.
    pub fn holds_addresses(&self, node: usize) -> bool {
        self.nodes.get(node).is_some_and(|node| node.holds_addresses)
    }

    /// The nodes that are masters.
    pub fn masters(&self) -> Vec<usize> {
        (0..self.nodes.len())
            .filter(|node| self.state(*node) == Some(StateKind::Master))
            .collect()
    }

    /// Whether packets of `from` can reach `to` at present.
    pub fn hears(&self, to: usize, from: usize) -> bool {
        let up = |node: usize| self.nodes.get(node).is_some_and(|node| node.link_up);
        up(from) && up(to) && !self.cut.contains(&(from, to))
    }

    /// What was done, oldest first.
    pub fn poll_observation(&mut self) -> Option<Observation> {
        self.observations.pop_front()
    }

    /// Starts the program on a node where it does not run.
    pub fn start(&mut self, node: usize) {
        let Some(entry) = self.nodes.get_mut(node) else {
            return;
        };
        if entry.instance.is_some() {
            return;
        }
        let mut instance = Instance::new(entry.config.clone());
        instance.handle_input(self.now, Input::Interface { up: entry.link_up });
        entry.instance = Some(instance);
        self.input(node, Input::Start);
    }

    /// Stops the program on a node, as by SIGTERM.
    pub fn stop(&mut self, node: usize) {
        self.input(node, Input::Stop);
        self.remove(node);
    }

    /// The machine loses its power: nobody says a word.
    pub fn crash(&mut self, node: usize) {
        self.remove(node);
        if let Some(entry) = self.nodes.get_mut(node) {
            entry.holds_addresses = false;
        }
    }

    /// The node's cable is pulled or put in: the node sees it.
    pub fn set_link(&mut self, node: usize, up: bool) {
        // What the node says on seeing it does not get out any more.
        if let Some(entry) = self.nodes.get_mut(node) {
            entry.link_up = up;
        }
        self.input(node, Input::Interface { up });
    }

    /// Cuts or mends the way from one node to another, in this direction only; neither of them sees it.
    pub fn set_way(&mut self, from: usize, to: usize, open: bool) {
        if open {
            self.cut.remove(&(from, to));
        } else {
            self.cut.insert((from, to));
        }
    }

    /// Mends all that is cut.
    pub fn mend(&mut self) {
        self.cut.clear();
    }

    /// Something that a node tracks comes to be known, up or down.
    pub fn track(&mut self, node: usize, id: TrackId, health: Health) {
        self.input(node, Input::Track { id, health });
    }

    /// A node reads a new configuration. It is also what it starts with from now on.
    pub fn reload(&mut self, node: usize, config: InstanceConfig) {
        if let Some(entry) = self.nodes.get_mut(node) {
            entry.config = config.clone();
        }
        self.input(node, Input::Reload(Box::new(config)));
    }

    /// Lets the time go on to `end`, with all that happens until then.
    pub fn run_until(&mut self, end: Time) {
        while self.step(end) {}
        self.now = self.now.max(end);
    }

    /// Lets the time go on to the next thing that happens, but not beyond `end`. False when nothing happens until then; the
    /// time stands still in that case.
    pub fn step(&mut self, end: Time) -> bool {
        let packet = self.under_way.peek().map(|Reverse(delivery)| delivery.at);
        let timer = self
            .nodes
            .iter()
            .enumerate()
            .filter_map(|(node, entry)| entry.wake.map(|(handled, _)| (handled, node)))
            .min();
        // What has arrived is read before a timer is looked at.
        if let Some(at) = packet
            && at <= end
            && timer.is_none_or(|(handled, _)| at <= handled)
        {
            self.now = self.now.max(at);
            if let Some(Reverse(delivery)) = self.under_way.pop() {
                self.deliver(&delivery);
            }
            return true;
        }
        match timer {
            Some((at, node)) if at <= end => {
                self.now = self.now.max(at);
                let now = self.now;
                if let Some(instance) = self.nodes[node].instance.as_mut() {
                    instance.handle_timeout(now);
                }
                self.nodes[node].wake = None;
                self.collect(node);
                true
            }
            _ => false,
        }
    }

    fn remove(&mut self, node: usize) {
        if let Some(entry) = self.nodes.get_mut(node) {
            entry.instance = None;
            entry.wake = None;
        }
    }

    fn input(&mut self, node: usize, input: Input<'_>) {
        let now = self.now;
        if let Some(instance) = self.nodes.get_mut(node).and_then(|entry| entry.instance.as_mut()) {
            instance.handle_input(now, input);
            self.collect(node);
        }
    }

    fn deliver(&mut self, delivery: &Delivery) {
        if !self.hears(delivery.to, delivery.from) {
            return;
        }
        let source = self.nodes[delivery.from].config.source;
        let group = self.nodes[delivery.from].config.destination;
        let datagram = match (source, group) {
            (IpAddr::V6(source), IpAddr::V6(group)) => {
                Datagram::from_ipv6(source, group, TTL, &delivery.packet)
            }
            _ => Datagram::from_ipv4(&delivery.packet),
        };
        if let Ok(datagram) = datagram {
            self.input(delivery.to, Input::Packet(datagram));
        }
    }

    /// Does what a node's instance wants done, and looks when it is to be woken.
    fn collect(&mut self, node: usize) {
        while let Some(output) = self.nodes[node].instance.as_mut().and_then(Instance::poll_output) {
            match &output {
                Output::Send { packet, .. } => self.send(node, packet),
                Output::AddAddresses => self.nodes[node].holds_addresses = true,
                Output::RemoveAddresses => self.nodes[node].holds_addresses = false,
                Output::Announce { .. } | Output::State(_) | Output::Event(_) => {}
            }
            self.observations.push_back(Observation {
                at: self.now,
                node,
                output,
            });
        }
        let due = self.nodes[node]
            .instance
            .as_ref()
            .and_then(Instance::poll_timeout);
        self.nodes[node].wake = match (due, self.nodes[node].wake) {
            (Some(due), Some((handled, before))) if due == before => Some((handled, before)),
            (Some(due), _) => Some((due + self.random.span(&self.conditions.lateness), due)),
            (None, _) => None,
        };
    }

    fn send(&mut self, from: usize, packet: &[u8]) {
        for to in (0..self.nodes.len()).filter(|to| *to != from) {
            let copies = 1 + usize::from(self.random.happens(self.conditions.duplicate_permille));
            for _ in 0..copies {
                let lost = self.random.happens(self.conditions.loss_permille);
                let at = self.now + self.random.span(&self.conditions.delay);
                if !lost && self.hears(to, from) {
                    self.packets += 1;
                    let number = self.packets;
                    self.under_way.push(Reverse(Delivery {
                        at,
                        number,
                        from,
                        to,
                        packet: packet.to_vec(),
                    }));
                }
            }
        }
    }
}
