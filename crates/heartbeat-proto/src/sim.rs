//! Clusters on virtual time: nodes that start, end, die and freeze, in a network that loses, delays, doubles and reorders. The same
//! seed gives the same course.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::random::Random;
use crate::wire::{Key, Keys, Method};
use crate::{Failback, Group, Level, Node, Output, Settings, Share, Time, Work};

/// How bad a network is.
#[derive(Clone, Copy, Debug)]
pub struct Network {
    /// Of a thousand packets so many are lost.
    pub loss: u64,
    /// Of a thousand packets so many come twice.
    pub doubled: u64,
    /// The longest delay.
    pub delay: Duration,
}

impl Network {
    /// One that brings everything at once.
    pub const PERFECT: Self = Self {
        loss: 0,
        doubled: 0,
        delay: Duration::from_micros(100),
    };
}

/// What a cluster is made of.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Names of the nodes.
    pub nodes: Vec<String>,
    /// Who the groups belong to, by place in `nodes`.
    pub owners: Vec<usize>,
    /// Whether resources go home.
    pub failback: Failback,
    /// Time between two signs of life.
    pub keepalive: Duration,
    /// When a node is dead.
    pub deadtime: Duration,
    /// As `deadtime`, at the start.
    pub initdead: Duration,
    /// The network.
    pub network: Network,
    /// The longest time that starting or stopping a group takes.
    pub work: Duration,
}

/// A node's machine.
#[derive(Debug)]
struct Machine {
    generation: u32,
    /// The node, with the time of its start; none while the program does not run.
    node: Option<(Node, Time)>,
    /// A program that stands still takes nothing and does nothing.
    frozen: bool,
    /// When it begins anew by itself.
    again: Option<Time>,
    /// Groups that run on it.
    running: BTreeSet<usize>,
    /// When each group is free for further work.
    busy: BTreeMap<usize, Time>,
    /// Work that is under way, with its end.
    work: Vec<(Time, Work)>,
    /// Packets on their way here: when, from whom, on which of its ways, what.
    arriving: Vec<(Time, usize, usize, Vec<u8>)>,
    /// What it pings without an answer, by place in its settings.
    unreached: BTreeSet<usize>,
    /// Groups that cannot be started on it: one that fails is given back.
    broken: BTreeSet<usize>,
    /// When each other machine was heard last.
    heard: BTreeMap<usize, Time>,
    log: Vec<(Time, Level, String)>,
}

/// A cluster.
#[derive(Debug)]
pub struct Cluster {
    /// What each node is told at its start; which of its starts it is, and chance, are the cluster's.
    settings: Vec<Settings>,
    network: Network,
    /// The longest time that starting or stopping a group takes.
    work: Duration,
    machines: Vec<Machine>,
    /// Pairs, smaller number first, between which nothing comes through.
    cut: BTreeSet<(usize, usize)>,
    /// Ways, by their names, on which nothing comes through.
    cut_ways: BTreeSet<String>,
    random: Random,
    now: Time,
    /// Since when a group has run on two machines, and since when these have heard each other meanwhile.
    overlaps: BTreeMap<(usize, usize, usize), (Time, Option<Time>)>,
    /// How long it may run on both after that.
    grace: Duration,
    breach: Option<String>,
}

/// How long a program takes to begin anew.
const RESTART: Duration = Duration::from_secs(1);

impl Cluster {
    /// A cluster where nothing runs yet.
    #[must_use]
    pub fn new(plan: Plan, seed: u64) -> Self {
        let (nodes, owners) = (plan.nodes, plan.owners);
        let groups: Vec<Group> = owners
            .iter()
            .enumerate()
            .map(|(number, owner)| Group {
                owner: nodes.get(*owner).cloned().unwrap_or_default(),
                key: format!("10.0.0.{number}"),
            })
            .collect();
        let settings = nodes.iter().enumerate().map(|(index, name)| Settings {
            name: name.clone(),
            uuid: [u8::try_from(index).unwrap_or(0); 16],
            generation: 0,
            epoch: 1_000_000,
            nodes: nodes.clone(),
            autojoin: false,
            keepalive: plan.keepalive,
            deadtime: plan.deadtime,
            warntime: plan.deadtime / 2,
            initdead: plan.initdead,
            max_rexmit_delay: Duration::from_millis(250),
            failback: plan.failback,
            links: vec!["eth0".to_owned()],
            pings: Vec::new(),
            deadping: plan.deadtime,
            keys: Keys::new(Key::new(1, Method::Crc, b""), Vec::new()),
            groups: groups.clone(),
            seed: 0,
        });
        Self::of(settings.collect(), plan.network, plan.work, seed)
    }

    /// A cluster of nodes with these settings, where nothing runs yet. Ways of one name are one network. `work` is the longest time
    /// that starting or stopping a group takes.
    #[must_use]
    pub fn of(settings: Vec<Settings>, network: Network, work: Duration, seed: u64) -> Self {
        let machines = settings
            .iter()
            .map(|_| Machine {
                generation: 0,
                node: None,
                frozen: false,
                again: None,
                running: BTreeSet::new(),
                busy: BTreeMap::new(),
                work: Vec::new(),
                arriving: Vec::new(),
                unreached: BTreeSet::new(),
                broken: BTreeSet::new(),
                heard: BTreeMap::new(),
                log: Vec::new(),
            })
            .collect();
        let mut cluster = Self {
            settings,
            network,
            work,
            machines,
            cut: BTreeSet::new(),
            cut_ways: BTreeSet::new(),
            random: Random::new(seed),
            now: Time::ZERO,
            overlaps: BTreeMap::new(),
            grace: Duration::ZERO,
            breach: None,
        };
        let groups = u32::try_from(cluster.groups()).unwrap_or(u32::MAX);
        cluster.grace = work * groups * 2 + network.delay * 2 + Duration::from_millis(10);
        cluster
    }

    /// How many groups the nodes know; all know the same, unless their files differ.
    fn groups(&self) -> usize {
        self.settings
            .iter()
            .map(|one| one.groups.len())
            .max()
            .unwrap_or(0)
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// Starts a node's program, unless it runs.
    pub fn start(&mut self, index: usize) {
        let seed = self.random.next();
        let Some(machine) = self.machines.get_mut(index) else {
            return;
        };
        if machine.node.is_some() {
            return;
        }
        machine.generation += 1;
        machine.frozen = false;
        machine.again = None;
        machine.arriving.clear();
        // What a program that died has left behind is stopped by the next one.
        machine.running.clear();
        machine.busy.clear();
        machine.work.clear();
        let Some(settings) = self.settings.get(index) else {
            return;
        };
        let settings = Settings {
            generation: machine.generation,
            seed,
            ..settings.clone()
        };
        machine.node = Some((Node::new(settings), self.now));
        self.collect(index);
    }

    /// Ends a node's program as an administrator does.
    pub fn stop(&mut self, index: usize) {
        let now = self.now;
        if let Some((node, since)) = self.machines.get_mut(index).and_then(|one| one.node.as_mut()) {
            node.stop(now.saturating_sub(*since));
        }
        self.collect(index);
    }

    /// A machine loses its power: nothing runs on it any more.
    pub fn kill(&mut self, index: usize) {
        if let Some(machine) = self.machines.get_mut(index) {
            machine.node = None;
            machine.again = None;
            machine.running.clear();
            machine.work.clear();
        }
    }

    /// A program stands still, or goes on.
    pub fn freeze(&mut self, index: usize, frozen: bool) {
        if let Some(machine) = self.machines.get_mut(index) {
            machine.frozen = frozen;
        }
    }

    /// Cuts two machines off each other, or joins them.
    pub fn cut(&mut self, one: usize, other: usize, cut: bool) {
        let pair = (one.min(other), one.max(other));
        if cut {
            self.cut.insert(pair);
        } else {
            self.cut.remove(&pair);
        }
    }

    /// Cuts the ways of that name, or mends them.
    pub fn cut_way(&mut self, way: &str, cut: bool) {
        if cut {
            self.cut_ways.insert(way.to_owned());
        } else {
            self.cut_ways.remove(way);
        }
    }

    /// Whether what a machine pings, by its place in the settings, answers it.
    pub fn set_reached(&mut self, index: usize, member: usize, reached: bool) {
        if let Some(machine) = self.machines.get_mut(index) {
            if reached {
                machine.unreached.remove(&member);
            } else {
                machine.unreached.insert(member);
            }
        }
    }

    /// Whether a group cannot be started on a machine. One that runs there goes on.
    pub fn set_broken(&mut self, index: usize, group: usize, broken: bool) {
        if let Some(machine) = self.machines.get_mut(index) {
            if broken {
                machine.broken.insert(group);
            } else {
                machine.broken.remove(&group);
            }
        }
    }

    /// The node that runs on a machine; none while its program does not run.
    #[must_use]
    pub fn node(&self, index: usize) -> Option<&Node> {
        let (node, _) = self.machines.get(index)?.node.as_ref()?;
        Some(node)
    }

    /// Another network, from now on.
    pub fn set_network(&mut self, network: Network) {
        self.network = network;
    }

    /// Asks a node to hand over.
    pub fn give(&mut self, index: usize, share: Share) {
        let now = self.now;
        if let Some((node, since)) = self.machines.get_mut(index).and_then(|one| one.node.as_mut()) {
            node.give(now.saturating_sub(*since), share);
        }
        self.collect(index);
    }

    /// The machines that a group runs on.
    #[must_use]
    pub fn holders(&self, group: usize) -> Vec<usize> {
        (0..self.machines.len())
            .filter(|index| {
                self.machines
                    .get(*index)
                    .is_some_and(|one| one.running.contains(&group))
            })
            .collect()
    }

    /// What was logged, by all nodes, in order.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        let mut lines: Vec<_> = self
            .machines
            .iter()
            .enumerate()
            .flat_map(|(index, machine)| machine.log.iter().map(move |line| (line.0, index, line)))
            .collect();
        lines.sort_by_key(|(time, index, _)| (*time, *index));
        lines
            .iter()
            .map(|(time, index, (_, level, text))| {
                format!("{:9.3} {index} {}: {text}", time.as_secs_f64(), level.name())
            })
            .collect()
    }

    /// A group that ran on two machines though these had heard each other, if there ever was one.
    #[must_use]
    pub fn breach(&self) -> Option<&str> {
        self.breach.as_deref()
    }

    /// A number below `limit`.
    pub fn chance(&mut self, limit: u64) -> u64 {
        self.random.below(limit)
    }

    /// Lets time pass.
    pub fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.step(end) {}
    }

    /// Lets the next thing happen that happens until `end`; whether there was one. Otherwise it is `end` then.
    pub fn step(&mut self, end: Time) -> bool {
        let next = self.next_event().filter(|(time, _)| *time <= end);
        if let Some((time, index)) = next {
            self.now = time.max(self.now);
            self.take(index);
        } else {
            self.now = end.max(self.now);
        }
        self.judge();
        next.is_some()
    }

    /// When something happens next, and where.
    fn next_event(&self) -> Option<(Time, usize)> {
        let times = self.machines.iter().enumerate().filter_map(|(index, machine)| {
            let node = machine
                .node
                .as_ref()
                .filter(|_| !machine.frozen)
                .and_then(|(node, since)| node.poll_timeout().map(|time| time + *since));
            let work = machine.work.iter().map(|(time, _)| *time).min();
            let arriving = machine.arriving.iter().map(|(time, ..)| *time).min();
            let time = [node, work, arriving, machine.again]
                .into_iter()
                .flatten()
                .min()?;
            Some((time, index))
        });
        times.min()
    }

    /// Lets a machine do what is due.
    fn take(&mut self, index: usize) {
        let now = self.now;
        let Some(machine) = self.machines.get_mut(index) else {
            return;
        };
        if machine.again.is_some_and(|time| time <= now) {
            machine.again = None;
            return self.start(index);
        }
        if let Some(place) = first_due(&machine.work, now, |one| one.0) {
            let (_, work) = machine.work.remove(place);
            let mut was_running = false;
            for group in &work.groups {
                was_running |= machine.running.contains(group);
                if work.start && !machine.broken.contains(group) {
                    machine.running.insert(*group);
                } else {
                    machine.running.remove(group);
                }
            }
            if let Some((node, since)) = &mut machine.node {
                node.finished(now.saturating_sub(*since), work.id, was_running);
            }
        } else if let Some(place) = first_due(&machine.arriving, now, |one| one.0) {
            let (_, from, way, packet) = machine.arriving.remove(place);
            if let Some((node, since)) = &mut machine.node
                && !machine.frozen
            {
                // Whatever is wrong with it is counted there.
                let _ = node.receive(now.saturating_sub(*since), way, &packet);
                machine.heard.insert(from, now);
            }
        } else if let Some((node, since)) = &mut machine.node
            && !machine.frozen
        {
            node.handle_timeout(now.saturating_sub(*since));
        }
        self.collect(index);
    }

    /// Does what a node wants done.
    fn collect(&mut self, index: usize) {
        loop {
            let Some(machine) = self.machines.get_mut(index) else {
                return;
            };
            let Some(output) = machine.node.as_mut().and_then(|(node, _)| node.poll_output()) else {
                return;
            };
            match output {
                Output::Packet(packet) => self.broadcast(index, &packet),
                Output::Active | Output::Event(_) => {}
                Output::Ping => {
                    let pinged = self.settings.get(index).map_or(0, |one| one.pings.len());
                    let now = self.now;
                    if let Some((node, since)) = &mut machine.node {
                        for member in (0..pinged).filter(|member| !machine.unreached.contains(member)) {
                            node.answered(now.saturating_sub(*since), member);
                        }
                    }
                }
                Output::Log(level, text) => machine.log.push((self.now, level, text)),
                Output::Work(work) => {
                    let longest = u64::try_from(self.work.as_micros()).unwrap_or(u64::MAX);
                    // What is asked for later for the same groups happens later.
                    let mut end = self.now;
                    for group in &work.groups {
                        end = end.max(machine.busy.get(group).copied().unwrap_or_default());
                    }
                    for _ in &work.groups {
                        end += Duration::from_micros(1 + self.random.below(longest));
                    }
                    for group in &work.groups {
                        machine.busy.insert(*group, end);
                    }
                    machine.work.push((end, work));
                }
                Output::Restart => {
                    machine.node = None;
                    machine.again = Some(self.now + RESTART);
                }
                Output::Stopped => machine.node = None,
            }
        }
    }

    fn broadcast(&mut self, from: usize, packet: &[u8]) {
        let network = self.network;
        let longest = u64::try_from(network.delay.as_micros()).unwrap_or(u64::MAX);
        let ways = self.settings.get(from).map(|one| one.links.clone());
        for way in ways.iter().flatten().filter(|way| !self.cut_ways.contains(*way)) {
            for to in 0..self.machines.len() {
                if to == from || self.cut.contains(&(from.min(to), from.max(to))) {
                    continue;
                }
                let place = |one: &Settings| one.links.iter().position(|link| link == way);
                let Some(place) = self.settings.get(to).and_then(place) else {
                    continue;
                };
                let copies = 1 + u64::from(self.random.below(1000) < network.doubled);
                for _ in 0..copies {
                    if self.random.below(1000) < network.loss {
                        continue;
                    }
                    let time = self.now + Duration::from_micros(1 + self.random.below(longest));
                    if let Some(machine) = self.machines.get_mut(to) {
                        machine.arriving.push((time, from, place, packet.to_vec()));
                    }
                }
            }
        }
    }

    /// Looks whether a group runs on two machines that hear each other.
    fn judge(&mut self) {
        let now = self.now;
        let mut seen = BTreeSet::new();
        for group in 0..self.groups() {
            let holders = self.holders(group);
            for (place, one) in holders.iter().enumerate() {
                for other in holders.iter().skip(place + 1) {
                    let frozen = [one, other]
                        .iter()
                        .any(|index| self.machines.get(**index).is_some_and(|machine| machine.frozen));
                    if frozen {
                        continue;
                    }
                    let key = (group, *one, *other);
                    seen.insert(key);
                    let heard = |by: usize, whom: usize| {
                        self.machines
                            .get(by)
                            .and_then(|machine| machine.heard.get(&whom).copied())
                            .unwrap_or_default()
                    };
                    let both = heard(*one, *other).min(heard(*other, *one));
                    let entry = self.overlaps.entry(key).or_insert((now, None));
                    if entry.1.is_none() && both > entry.0 {
                        entry.1 = Some(now);
                    }
                    if let Some(since) = entry.1
                        && now > since + self.grace
                        && self.breach.is_none()
                    {
                        self.breach = Some(format!(
                            "group {group} runs on {one} and {other} at {now:?}, which have heard each other at {since:?}"
                        ));
                    }
                }
            }
        }
        self.overlaps.retain(|key, _| seen.contains(key));
    }
}

fn first_due<T>(list: &[T], now: Time, time: impl Fn(&T) -> Time) -> Option<usize> {
    list.iter()
        .enumerate()
        .filter(|(_, one)| time(one) <= now)
        .min_by_key(|(_, one)| time(one))
        .map(|(place, _)| place)
}
