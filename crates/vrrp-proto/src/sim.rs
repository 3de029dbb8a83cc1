//! Several instances in memory, joined by a network that can be bad: packets get lost, late, doubled and overtaken, links
//! are cut, nodes die and come back. Everything runs on virtual time and follows from the seed, so that what happened once
//! happens again. For tests of whole clusters, and for showing a user what a cluster would do.
//!
//! The instances are the real ones, and what travels is the bytes that would travel. What is not here: ARP, and what clients
//! see while neighbours still know the old place of an address.

mod random;
mod script;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

pub use self::random::Random;
use self::script::Script;
pub use self::script::ScriptConduct;
use crate::group::sync;
use crate::track::{Health, ScriptTiming, TrackId};
use crate::wire::{Datagram, TTL};
use crate::{Input, Instance, InstanceConfig, Output, StateKind, Time};

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
    /// Which seat, in the order in which the configurations were given.
    pub node: usize,
    /// What.
    pub output: Output,
}

/// Where an instance sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The node: what is on one node starts, stops and dies together.
    pub node: usize,
    /// The network that its interface is on.
    pub segment: usize,
    /// The group of instances of that node that it changes its state with.
    pub group: Option<usize>,
    /// It does not see when its interface fails (`dont_track_primary`).
    pub blind: bool,
}

#[derive(Debug)]
struct Seat {
    config: InstanceConfig,
    place: Place,
    /// `None`: the node is dead, or nothing runs on it.
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
    destination: IpAddr,
    packet: Vec<u8>,
}

/// The nodes and the networks between them. A seat is the place of one instance; seats have the numbers of the configurations.
/// Where each node has one instance, nodes and seats have the same numbers.
#[derive(Debug)]
pub struct Cluster {
    now: Time,
    random: Random,
    conditions: Conditions,
    seats: Vec<Seat>,
    scripts: Vec<Script>,
    /// What is known of tracked things that are no scripts, node by node.
    known: BTreeMap<(usize, TrackId), Health>,
    under_way: BinaryHeap<Reverse<Delivery>>,
    packets: u64,
    /// Pairs of nodes of which the first is not heard by the second.
    cut: BTreeSet<(usize, usize)>,
    observations: VecDeque<Observation>,
}

impl Cluster {
    /// Nodes of these configurations on one network, an instance each, none of them running.
    pub fn new(seed: u64, configs: Vec<InstanceConfig>) -> Self {
        let place = |node| Place {
            node,
            segment: 0,
            group: None,
            blind: false,
        };
        let configs = configs.into_iter().enumerate();
        Self::placed(
            seed,
            configs.map(|(node, config)| (place(node), config)).collect(),
        )
    }

    /// Instances in these places, none of them running.
    pub fn placed(seed: u64, configs: Vec<(Place, InstanceConfig)>) -> Self {
        let seats = configs.into_iter().map(|(place, config)| Seat {
            config,
            place,
            instance: None,
            link_up: true,
            holds_addresses: false,
            wake: None,
        });
        Self {
            now: Time::ZERO,
            random: Random::new(seed),
            conditions: Conditions::default(),
            seats: seats.collect(),
            scripts: Vec::new(),
            known: BTreeMap::new(),
            under_way: BinaryHeap::new(),
            packets: 0,
            cut: BTreeSet::new(),
            observations: VecDeque::new(),
        }
    }

    /// Has a node run a script from its next start on. Gives the script's number.
    pub fn add_script(&mut self, node: usize, id: TrackId, timing: ScriptTiming) -> usize {
        self.scripts.push(Script::new(node, id, timing));
        self.scripts.len() - 1
    }

    /// Changes how the runs of a script end that begin from now on.
    pub fn set_script(&mut self, script: usize, conduct: ScriptConduct) {
        if let Some(script) = self.scripts.get_mut(script) {
            script.conduct = conduct;
        }
    }

    /// The virtual time.
    pub const fn now(&self) -> Time {
        self.now
    }

    /// How many seats there are.
    pub const fn len(&self) -> usize {
        self.seats.len()
    }

    /// Whether there is no seat.
    pub const fn is_empty(&self) -> bool {
        self.seats.is_empty()
    }

    /// Changes how bad things are, for packets and timers from now on.
    pub fn set_conditions(&mut self, conditions: Conditions) {
        self.conditions = conditions;
    }

    /// The instance of a seat that runs.
    pub fn instance(&self, node: usize) -> Option<&Instance> {
        self.seats.get(node)?.instance.as_ref()
    }

    /// The state of a seat's instance; `None` when it does not run.
    pub fn state(&self, node: usize) -> Option<StateKind> {
        self.instance(node).map(Instance::state)
    }

    /// Whether the virtual addresses are on this seat. A node that dies takes them with it.
    pub fn holds_addresses(&self, node: usize) -> bool {
        self.seats.get(node).is_some_and(|seat| seat.holds_addresses)
    }

    /// The seats that are masters.
    pub fn masters(&self) -> Vec<usize> {
        (0..self.seats.len())
            .filter(|node| self.state(*node) == Some(StateKind::Master))
            .collect()
    }

    /// Whether packets of the seat `from` can reach the seat `to` at present.
    pub fn hears(&self, to: usize, from: usize) -> bool {
        let up = |node: usize| self.seats.get(node).is_some_and(|seat| seat.link_up);
        up(from) && up(to) && !self.cut.contains(&(from, to))
    }

    /// Whether the interface of a seat has its cable in.
    pub fn is_linked(&self, seat: usize) -> bool {
        self.seats.get(seat).is_some_and(|seat| seat.link_up)
    }

    /// What was done, oldest first.
    pub fn poll_observation(&mut self) -> Option<Observation> {
        self.observations.pop_front()
    }

    /// Starts the program on a node where it does not run.
    pub fn start(&mut self, node: usize) {
        let now = self.now;
        let seats: Vec<usize> = self
            .seats_of(node)
            .filter(|seat| self.seats[*seat].instance.is_none())
            .collect();
        // What is known goes in first, for all.
        for seat in &seats {
            let entry = &mut self.seats[*seat];
            let mut instance = Instance::new(entry.config.clone());
            let up = entry.link_up || entry.place.blind;
            instance.handle_input(now, Input::Interface { up });
            let known = self.known.range((node, TrackId(0))..=(node, TrackId(u32::MAX)));
            for ((_, id), health) in known {
                let (id, health) = (*id, *health);
                instance.handle_input(now, Input::Track { id, health });
            }
            entry.instance = Some(instance);
        }
        for seat in seats {
            self.input(seat, Input::Start);
        }
        for script in self.scripts.iter_mut().filter(|script| script.node == node) {
            script.start(now);
        }
    }

    /// Stops the program on a node, as by SIGTERM.
    pub fn stop(&mut self, node: usize) {
        let seats: Vec<usize> = self.seats_of(node).collect();
        let now = self.now;
        // Nobody of a group acts on what the others do now.
        for seat in &seats {
            if let Some(instance) = self.seats[*seat].instance.as_mut() {
                instance.handle_input(now, Input::Stop);
                self.drain(*seat);
            }
        }
        self.remove(node);
    }

    /// The machine loses its power: nobody says a word.
    pub fn crash(&mut self, node: usize) {
        self.remove(node);
        for seat in self.seats.iter_mut().filter(|seat| seat.place.node == node) {
            seat.holds_addresses = false;
        }
    }

    /// The cable of a seat's interface is pulled or put in: it sees it.
    pub fn set_link(&mut self, node: usize, up: bool) {
        // What the node says on seeing it does not get out any more.
        if let Some(entry) = self.seats.get_mut(node) {
            entry.link_up = up;
        }
        self.input(node, Input::Interface { up });
    }

    /// The same for all that a node has on a network.
    pub fn set_interface(&mut self, node: usize, segment: usize, up: bool) {
        let on_it = |seat: &usize| self.seats[*seat].place.segment == segment;
        let seats: Vec<usize> = self.seats_of(node).filter(on_it).collect();
        // It is down for all of them before any of them says a word.
        for seat in &seats {
            self.seats[*seat].link_up = up;
        }
        for seat in seats {
            if !self.seats[seat].place.blind {
                self.input(seat, Input::Interface { up });
            }
        }
    }

    /// Cuts or mends the way from one seat to another, in this direction only; neither of them sees it.
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

    /// Something that all of a node may track becomes this, and stays so over a restart.
    pub fn set_tracked(&mut self, node: usize, id: TrackId, health: Health) {
        self.known.insert((node, id), health);
        let seats: Vec<usize> = self.seats_of(node).collect();
        for seat in seats {
            self.input(seat, Input::Track { id, health });
        }
    }

    /// Something that a seat tracks comes to be known, up or down.
    pub fn track(&mut self, node: usize, id: TrackId, health: Health) {
        self.input(node, Input::Track { id, health });
    }

    /// A seat gets a new configuration. It is also what it starts with from now on.
    pub fn reload(&mut self, node: usize, config: InstanceConfig) {
        if let Some(entry) = self.seats.get_mut(node) {
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
        let timers = self.seats.iter().enumerate();
        let timer = timers
            .filter_map(|(seat, entry)| entry.wake.map(|(handled, _)| (handled, seat)))
            .min();
        let scripts = self.scripts.iter().enumerate();
        let script = scripts
            .filter_map(|(number, script)| Some((script.poll_timeout()?, number)))
            .min();
        if let Some((at, number)) = script
            && at <= end
            && packet.is_none_or(|packet| at < packet)
            && timer.is_none_or(|(timer, _)| at < timer)
        {
            self.now = self.now.max(at);
            self.run_script(number);
            return true;
        }
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
                if let Some(instance) = self.seats[node].instance.as_mut() {
                    instance.handle_timeout(now);
                }
                self.seats[node].wake = None;
                self.collect(node);
                true
            }
            _ => false,
        }
    }

    fn remove(&mut self, node: usize) {
        for seat in self.seats.iter_mut().filter(|seat| seat.place.node == node) {
            seat.instance = None;
            seat.wake = None;
        }
        for script in self.scripts.iter_mut().filter(|script| script.node == node) {
            script.stop();
        }
    }

    fn seats_of(&self, node: usize) -> impl Iterator<Item = usize> {
        let seats = self.seats.iter().enumerate();
        seats
            .filter(move |(_, seat)| seat.place.node == node)
            .map(|(number, _)| number)
    }

    /// Lets a script do what is due, and tells the instances of its node what it became.
    fn run_script(&mut self, number: usize) {
        let now = self.now;
        let Some(script) = self.scripts.get_mut(number) else {
            return;
        };
        let (node, id) = (script.node, script.id);
        let became = script.handle_timeout(now);
        for health in became {
            let seats: Vec<usize> = self.seats_of(node).collect();
            for seat in seats {
                self.input(seat, Input::Track { id, health });
            }
        }
    }

    /// Has the others of a seat's group do what follows for them from what it did.
    fn settle_group(&mut self, seat: usize) {
        let Place { node, group, .. } = self.seats[seat].place;
        if group.is_none() {
            return;
        }
        let is_in = |member: &usize| {
            let entry = &self.seats[*member];
            entry.place.group == group && entry.instance.is_some()
        };
        let members: Vec<usize> = self.seats_of(node).filter(is_in).collect();
        let machines: Vec<&Instance> = members
            .iter()
            .filter_map(|member| self.instance(*member))
            .collect();
        let Some(changed) = members.iter().position(|member| *member == seat) else {
            return;
        };
        let what = sync(&machines, changed);
        for step in what.first.into_iter().chain(what.others) {
            self.input(members[step.member], Input::Group(step.to));
        }
    }

    fn input(&mut self, node: usize, input: Input<'_>) {
        let now = self.now;
        if let Some(instance) = self.seats.get_mut(node).and_then(|entry| entry.instance.as_mut()) {
            instance.handle_input(now, input);
            self.collect(node);
        }
    }

    fn deliver(&mut self, delivery: &Delivery) {
        if !self.hears(delivery.to, delivery.from) {
            return;
        }
        let source = self.seats[delivery.from].config.source;
        let datagram = match (source, delivery.destination) {
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                Datagram::from_ipv6(source, destination, TTL, &delivery.packet)
            }
            _ => Datagram::from_ipv4(&delivery.packet),
        };
        if let Ok(datagram) = datagram {
            self.input(delivery.to, Input::Packet(datagram));
        }
    }

    /// Does what a seat's instance wants done, looks when it is to be woken, and what follows for its group.
    fn collect(&mut self, seat: usize) {
        self.drain(seat);
        let entry = &self.seats[seat];
        let due = entry.instance.as_ref().and_then(Instance::poll_timeout);
        let wake = match (due, entry.wake) {
            (Some(due), Some((handled, before))) if due == before => Some((handled, before)),
            (Some(due), _) => Some((due + self.random.span(&self.conditions.lateness), due)),
            (None, _) => None,
        };
        self.seats[seat].wake = wake;
        self.settle_group(seat);
    }

    fn drain(&mut self, seat: usize) {
        while let Some(output) = self.seats[seat].instance.as_mut().and_then(Instance::poll_output) {
            match &output {
                Output::Send {
                    packet, destination, ..
                } => self.send(seat, packet, *destination),
                Output::AddAddresses => self.seats[seat].holds_addresses = true,
                Output::RemoveAddresses => self.seats[seat].holds_addresses = false,
                Output::Announce { .. } | Output::State(_) | Output::Event(_) => {}
            }
            self.observations.push_back(Observation {
                at: self.now,
                node: seat,
                output,
            });
        }
    }

    /// Whether a packet of one seat to `destination` is for another, as a daemon looks for the instance that it is for.
    fn is_for(&self, to: usize, from: usize, destination: IpAddr) -> bool {
        let (to, from) = (&self.seats[to], &self.seats[from]);
        let reached = if destination.is_multicast() {
            to.place.segment == from.place.segment
                && to.config.peers.is_empty()
                && to.config.destination == destination
        } else {
            to.config.source == destination
        };
        reached
            && to.place.node != from.place.node
            && to.config.vrid == from.config.vrid
            && to.config.source.is_ipv4() == from.config.source.is_ipv4()
    }

    fn send(&mut self, from: usize, packet: &[u8], destination: IpAddr) {
        for to in 0..self.seats.len() {
            if !self.is_for(to, from, destination) {
                continue;
            }
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
                        destination,
                        packet: packet.to_vec(),
                    }));
                }
            }
        }
    }
}
