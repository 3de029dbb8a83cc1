//! Clusters of two and three nodes on virtual time, through lost, late and doubled packets, cut ways, pulled cables, dead
//! and restarted nodes, files that are read anew, and tracked things of all kinds that fail. What must hold: two masters that hear each other are one
//! after an advert at most (safety); when the faults are over there is a master in time, then one alone, and it stays
//! (liveness).
//!
//! Each run follows from its seed. A failure prints it; `HOLDFAST_SEED=N cargo test -p vrrp-proto --test simulation` runs that
//! one alone and prints all that happened. `HOLDFAST_SEEDS=N` runs so many of them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZero;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use vrrp_proto::sim::{Cluster, Conditions, Random};
use vrrp_proto::timers::{master_down, skew};
use vrrp_proto::track::{Health, TrackId, Tracked};
use vrrp_proto::wire::{Auth, OWNER_PRIORITY, Version};
use vrrp_proto::{InitialState, InstanceConfig, Output, StateKind, Time};

const SEEDS: u64 = 10_000;
const MS: Duration = Duration::from_millis(1);

/// What a delayed packet or a late timer may add at worst.
const WORST_DELAY: Duration = Duration::from_millis(300);
const WORST_LATENESS: Duration = Duration::from_millis(20);

/// A thing that nodes may track.
#[derive(Clone, Copy)]
struct Kind {
    weight: i32,
    reverse: bool,
    /// Whether it has a number, as files have, or is up or down, as scripts, interfaces, processes and BFD sessions are.
    level: bool,
}

/// One of each kind: whether it is up decides over the priority or over taking part at all, or its number does.
const TRACKED: [Kind; 6] = [
    Kind::new(0, false, false),
    Kind::new(20, false, false),
    Kind::new(-20, false, false),
    Kind::new(30, true, false),
    Kind::new(2, false, true),
    Kind::new(0, false, true),
];

impl Kind {
    const fn new(weight: i32, reverse: bool, level: bool) -> Self {
        Self {
            weight,
            reverse,
            level,
        }
    }

    /// What lets a node take part.
    const fn in_order(self) -> Health {
        if self.level { Health::Level(0) } else { Health::Up }
    }

    /// Anything that may happen to it.
    fn anything(self, random: &mut Random) -> Health {
        match (self.level, random.happens(600)) {
            (false, true) => Health::Up,
            (false, false) => Health::Down,
            (true, true) => Health::Level(0),
            // Some are too small for a weight: the fault.
            (true, false) => Health::Level(i64::try_from(random.below(300)).unwrap_or(0) - 200),
        }
    }
}

fn address(node: u8, version6: bool) -> IpAddr {
    if version6 {
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, u16::from(node) + 1).into()
    } else {
        Ipv4Addr::new(192, 168, 0, node + 1).into()
    }
}

fn virtual_address(version6: bool) -> IpAddr {
    if version6 {
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0x99).into()
    } else {
        Ipv4Addr::new(192, 168, 0, 99).into()
    }
}

/// A cluster as a user might have written it down.
fn configs(random: &mut Random) -> Vec<InstanceConfig> {
    let version6 = random.happens(200);
    let version = if version6 || random.happens(400) {
        Version::V3
    } else {
        Version::V2
    };
    let interval = match version {
        Version::V2 => Duration::from_secs(1 + random.below(3)),
        Version::V3 => Duration::from_millis(10 * (10 + random.below(150))),
    };
    let nodes = 2 + u8::from(random.happens(500));
    let owner = random.happens(150).then(|| random.below(u64::from(nodes)));
    let base = 50 + random.below(100);
    (0..nodes)
        .map(|node| {
            let mut config =
                InstanceConfig::new(51, address(node, version6), vec![virtual_address(version6)]);
            config.version = version;
            config.advert_interval = interval;
            config.priority = u8::try_from(base + random.below(3) * 20).expect("below 200");
            if owner == Some(u64::from(node)) {
                config.priority = OWNER_PRIORITY;
            }
            if random.happens(500) {
                config.initial_state = InitialState::Master;
            } else {
                config.preempt = random.happens(700);
                if random.happens(300) {
                    config.preempt_delay = Duration::from_millis(random.below(5000));
                }
            }
            if version == Version::V2 && !version6 {
                config.auth = Auth::pass(b"SOMEPASS");
            }
            config.lower_prio_no_advert = random.happens(200);
            config.higher_prio_send_advert = random.happens(200);
            config.tracked = TRACKED
                .into_iter()
                .zip(0..)
                .filter(|_| random.happens(400))
                .map(|(tracked, id)| Tracked {
                    id: TrackId(id),
                    weight: tracked.weight,
                    reverse: tracked.reverse,
                })
                .collect();
            config
        })
        .collect()
}

/// A run, and what is watched in it.
struct Run {
    seed: u64,
    cluster: Cluster,
    random: Random,
    lossless: bool,
    worst: Duration,
    /// Pairs of masters that hear each other without loss, and since when they do with these priorities.
    together: BTreeMap<(usize, usize), (Time, [u8; 2])>,
    /// What happened, when it is to be told: a run that fails is run again for it.
    trace: Option<Vec<String>>,
}

impl Run {
    fn new(seed: u64, traced: bool) -> Self {
        let mut random = Random::new(seed);
        let configs = configs(&mut random);
        let trace = traced.then(|| configs.iter().map(|config| format!("{config:?}")).collect());
        let cluster = Cluster::new(random.next(), configs);
        Self {
            seed,
            cluster,
            random,
            lossless: true,
            worst: Conditions::default().delay.end,
            together: BTreeMap::new(),
            trace,
        }
    }

    fn fail(&self, what: &str) -> ! {
        let Some(trace) = &self.trace else {
            // The same again, and all that happens is written down.
            Self::new(self.seed, true).run();
            panic!("seed {}: {what}, but not when it is run again", self.seed);
        };
        panic!(
            "seed {}: {what}\n{}\nHOLDFAST_SEED={} runs it again",
            self.seed,
            trace.join("\n"),
            self.seed
        );
    }

    /// All of it.
    fn run(&mut self) {
        self.faults();
        self.recovery();
    }

    fn note(&mut self, what: &str) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:?} -- {what}", self.cluster.now()));
        }
    }

    fn interval(&self, node: usize) -> Duration {
        self.cluster
            .instance(node)
            .map_or(Duration::ZERO, |instance| instance.config().advert_interval)
    }

    fn priority(&self, node: usize) -> u8 {
        self.cluster
            .instance(node)
            .map_or(0, |instance| instance.effective_priority())
    }

    /// Lets the time go on, and looks at the cluster after everything that happens.
    fn run_until(&mut self, end: Time) {
        loop {
            let more = self.cluster.step(end);
            while let Some(seen) = self.cluster.poll_observation() {
                let Some(trace) = &mut self.trace else { continue };
                let (at, node) = (seen.at, seen.node);
                match &seen.output {
                    Output::Send { priority, .. } => trace.push(format!("{at:?} {node} sends {priority}")),
                    output => trace.extend(output.line().map(|line| format!("{at:?} {node} {line}"))),
                }
            }
            self.check();
            if !more {
                self.cluster.run_until(end);
                return self.check();
            }
        }
    }

    fn check(&mut self) {
        let masters = self.cluster.masters();
        let now = self.cluster.now();
        let pairs: Vec<(usize, usize)> = masters
            .iter()
            .flat_map(|a| masters.iter().map(move |b| (*a, *b)))
            .filter(|(a, b)| {
                a < b && self.lossless && self.cluster.hears(*a, *b) && self.cluster.hears(*b, *a)
            })
            .collect();
        self.together.retain(|pair, _| pairs.contains(pair));
        for pair in pairs {
            // Who has just become the better one has an advert's time to say so.
            let priorities = [self.priority(pair.0), self.priority(pair.1)];
            let entry = self.together.entry(pair).or_insert((now, priorities));
            if entry.1 != priorities {
                *entry = (now, priorities);
            }
            let since = entry.0;
            let bound = self.interval(pair.0).max(self.interval(pair.1)) + self.worst;
            if now - since > bound {
                self.fail(&format!(
                    "{pair:?} are masters that hear each other since {since:?}"
                ));
            }
        }
        for node in 0..self.cluster.len() {
            let master = self.cluster.state(node) == Some(StateKind::Master);
            if self.cluster.holds_addresses(node) != master {
                self.fail(&format!(
                    "node {node} has the addresses and is no master, or the other way round"
                ));
            }
        }
    }

    fn set_conditions(&mut self, conditions: Conditions) {
        self.lossless = conditions.loss_permille == 0;
        // What is under way already may still be as late as before.
        self.worst = self.worst.max(conditions.delay.end + conditions.lateness.end);
        self.together.clear();
        self.cluster.set_conditions(conditions);
    }

    fn random_conditions(&mut self) -> Conditions {
        let bad = self.random.happens(500);
        Conditions {
            loss_permille: if bad {
                u16::try_from(self.random.below(900)).expect("below 900")
            } else {
                0
            },
            duplicate_permille: if bad { 200 } else { 0 },
            delay: Duration::ZERO..(if self.random.happens(300) { WORST_DELAY } else { MS }),
            lateness: Duration::ZERO..(if self.random.happens(300) {
                WORST_LATENESS
            } else {
                Duration::from_micros(1)
            }),
        }
    }

    fn one_fault(&mut self) {
        let nodes = self.cluster.len();
        let node = usize::try_from(self.random.below(nodes as u64)).expect("few nodes");
        let other = (node + 1) % nodes;
        match self.random.below(11) {
            0 => {
                self.note(&format!("crash of {node}"));
                self.cluster.crash(node);
            }
            1 => {
                self.note(&format!("stop of {node}"));
                self.cluster.stop(node);
            }
            2..=4 => {
                self.note(&format!("start of {node}"));
                self.start(node);
            }
            5 => {
                let up = self.random.happens(600);
                self.note(&format!("link of {node}: {up}"));
                self.cluster.set_link(node, up);
            }
            6 => {
                self.note(&format!("{other} does not hear {node}"));
                self.cluster.set_way(node, other, false);
            }
            7 => {
                self.note("all ways are open");
                self.cluster.mend();
            }
            8 => {
                let number = self.random.below(TRACKED.len() as u64);
                let id = TrackId(u32::try_from(number).expect("few"));
                let kind = TRACKED[usize::try_from(number).expect("few")];
                let health = kind.anything(&mut self.random);
                self.note(&format!("{node} tracks {id:?} {health:?}"));
                self.cluster.track(node, id, health);
            }
            9 => {
                let conditions = self.random_conditions();
                self.note(&format!("{conditions:?}"));
                self.set_conditions(conditions);
            }
            _ => {
                let Some(instance) = self.cluster.instance(node) else {
                    return;
                };
                let mut config = instance.config().clone();
                if !config.is_owner() {
                    config.priority = u8::try_from(50 + self.random.below(100)).expect("below 150");
                }
                self.note(&format!("reload of {node} with priority {}", config.priority));
                self.cluster.reload(node, config);
            }
        }
    }

    fn start(&mut self, node: usize) {
        self.cluster.start(node);
        // Scripts give their first results soon after.
        for (kind, id) in TRACKED.into_iter().zip(0..) {
            self.cluster.track(node, TrackId(id), kind.in_order());
        }
    }

    fn faults(&mut self) {
        for node in 0..self.cluster.len() {
            if self.random.happens(800) {
                self.start(node);
            }
        }
        for _ in 0..40 {
            let pause = Duration::from_millis(self.random.below(3000));
            let end = self.cluster.now() + pause;
            self.run_until(end);
            self.one_fault();
        }
    }

    fn recovery(&mut self) {
        self.note("the faults are over");
        self.cluster.mend();
        self.set_conditions(Conditions::default());
        for node in 0..self.cluster.len() {
            self.cluster.set_link(node, true);
            self.start(node);
        }
        let over = self.cluster.now();
        let running: Vec<&InstanceConfig> = (0..self.cluster.len())
            .filter_map(|node| self.cluster.instance(node))
            .map(|i| i.config())
            .collect();
        let interval = running
            .iter()
            .map(|config| config.advert_interval)
            .max()
            .expect("nodes");
        let patience = running
            .iter()
            .map(|config| config.preempt_delay)
            .max()
            .expect("nodes");
        let down = master_down(running[0].version, 1, interval, 3);
        let preempting = running.iter().all(|config| config.preempt);
        assert_eq!(running.len(), self.cluster.len());

        let bound = over + self.worst + down;
        self.run_until(bound);
        if self.cluster.masters().is_empty() {
            self.fail(&format!("no master at {bound:?}"));
        }

        let settled = bound + self.worst + patience + down + interval * 2;
        self.run_until(settled);
        let masters = self.cluster.masters();
        let [master] = masters[..] else {
            self.fail(&format!("masters {masters:?} at {settled:?}"))
        };
        let rank = |node: usize| self.priority(node);
        let highest = (0..self.cluster.len()).map(rank).max();
        if preempting && Some(rank(master)) != highest {
            self.fail(&format!("{master} is master, and there is a better one"));
        }

        let transitions: u64 = self.transitions();
        self.run_until(settled + interval * 30);
        if self.transitions() != transitions {
            self.fail("it does not stay");
        }
        for node in 0..self.cluster.len() {
            let counters = self
                .cluster
                .instance(node)
                .map(|instance| instance.counters().faults());
            if counters != Some(0) {
                self.fail(&format!("node {node} has refused packets"));
            }
        }
    }

    fn transitions(&self) -> u64 {
        (0..self.cluster.len())
            .filter_map(|node| self.cluster.instance(node))
            .map(|instance| instance.counters().became_master + instance.counters().released_master)
            .sum()
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn two_masters_do_not_last_and_one_comes_back_when_the_faults_are_over() {
    if let Some(seed) = number("HOLDFAST_SEED") {
        let mut run = Run::new(seed, true);
        run.run();
        return println!("{}", run.trace.unwrap_or_default().join("\n"));
    }
    let seeds = number("HOLDFAST_SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(0);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < seeds)
                {
                    Run::new(seed, false).run();
                }
            });
        }
    });
}

#[test]
fn a_seed_gives_the_same_run_again() {
    let trace = || {
        let mut run = Run::new(7, true);
        run.faults();
        run.trace.expect("it is traced")
    };
    assert_eq!(trace(), trace());
}

/// A pair whose first node is master, with timers as late as those of a busy machine.
fn pair(version: Version, interval: Duration, priorities: [u8; 2], seed: u64) -> Cluster {
    let configs = [0, 1].map(|node| {
        let mut config = InstanceConfig::new(51, address(node, false), vec![virtual_address(false)]);
        config.version = version;
        config.advert_interval = interval;
        config.priority = priorities[usize::from(node)];
        config
    });
    let mut cluster = Cluster::new(seed, configs.to_vec());
    cluster.set_conditions(Conditions {
        lateness: Duration::ZERO..WORST_LATENESS,
        ..Conditions::default()
    });
    cluster.start(0);
    cluster.start(1);
    let settled = master_down(version, 1, interval, 3) * 2;
    cluster.run_until(settled + interval.mul_f64(Random::new(seed).below(1000) as f64 / 1000.0));
    assert_eq!(cluster.masters(), [0]);
    cluster
}

/// When node 1 becomes master from now on.
fn takeover(cluster: &mut Cluster) -> Duration {
    let begin = cluster.now();
    while cluster.state(1) != Some(StateKind::Master) {
        assert!(
            cluster.step(begin + Duration::from_secs(60)),
            "node 1 does not take over"
        );
    }
    cluster.now() - begin
}

fn each_pair(mut check: impl FnMut(Cluster, Version, Duration, u8)) {
    for (version, interval) in [
        (Version::V2, Duration::from_secs(1)),
        (Version::V2, Duration::from_secs(3)),
        (Version::V3, Duration::from_millis(100)),
        (Version::V3, Duration::from_millis(1000)),
    ] {
        for priorities in [[101, 100], [254, 1], [255, 254], [3, 2]] {
            for seed in 0..10 {
                check(
                    pair(version, interval, priorities, seed),
                    version,
                    interval,
                    priorities[1],
                );
            }
        }
    }
}

#[test]
fn a_dead_master_is_replaced_after_three_adverts_and_the_skew() {
    each_pair(|mut cluster, version, interval, priority| {
        cluster.crash(0);
        assert!(takeover(&mut cluster) <= interval * 3 + skew(version, priority, interval) + 50 * MS);
        assert!(cluster.holds_addresses(1));
    });
}

#[test]
fn a_master_whose_cable_is_pulled_gives_the_addresses_back_and_is_replaced() {
    each_pair(|mut cluster, version, interval, priority| {
        cluster.set_link(0, false);
        assert_eq!(cluster.state(0), Some(StateKind::Fault));
        assert!(!cluster.holds_addresses(0));
        assert!(takeover(&mut cluster) <= interval * 3 + skew(version, priority, interval) + 50 * MS);
    });
}

#[test]
fn a_master_that_stops_is_replaced_after_the_skew() {
    each_pair(|mut cluster, version, interval, priority| {
        cluster.stop(0);
        assert!(!cluster.holds_addresses(0));
        assert!(takeover(&mut cluster) <= skew(version, priority, interval) + 50 * MS);
    });
}

#[test]
fn a_split_gives_two_masters_and_its_end_gives_one_within_an_advert() {
    each_pair(|mut cluster, _, interval, _| {
        cluster.set_way(0, 1, false);
        cluster.set_way(1, 0, false);
        takeover(&mut cluster);
        cluster.run_until(cluster.now() + interval * 5);
        assert_eq!(cluster.masters(), [0, 1]);
        cluster.mend();
        cluster.run_until(cluster.now() + interval + 50 * MS);
        assert_eq!(cluster.masters(), [0]);
    });
}

#[test]
fn twenty_reloads_make_no_advert_late_and_no_other_master() {
    each_pair(|mut cluster, _, interval, _| {
        while cluster.poll_observation().is_some() {}
        let config = cluster.instance(0).expect("it runs").config().clone();
        for _ in 0..20 {
            cluster.run_until(cluster.now() + interval.mul_f64(0.37));
            cluster.reload(0, config.clone());
        }
        let mut last = None;
        while let Some(seen) = cluster.poll_observation() {
            assert!(
                !matches!(seen.output, Output::State(_)),
                "nobody changes its state"
            );
            if let (0, Output::Send { .. }) = (seen.node, &seen.output) {
                let gap = last.map_or(Duration::ZERO, |last| seen.at - last);
                assert!(gap <= interval + 100 * MS);
                last = Some(seen.at);
            }
        }
        assert_eq!(cluster.masters(), [0]);
    });
}

#[test]
fn a_flood_of_lower_adverts_draws_few_answers() {
    let mut cluster = pair(Version::V2, Duration::from_secs(1), [101, 100], 1);
    let sent = cluster.instance(0).expect("it runs").counters().adverts_sent;
    let impostor = InstanceConfig {
        source: address(8, false),
        priority: 5,
        ..cluster.instance(0).expect("it runs").config().clone()
    };
    // The impostor's own adverts, as fast as they can be told apart, for one second.
    let advert = vrrp_proto::wire::Advert {
        version: impostor.version,
        vrid: impostor.vrid,
        priority: impostor.priority,
        interval: impostor.advert_interval,
        auth: impostor.auth,
        addresses: impostor.addresses.clone(),
    };
    let payload = advert.encode(impostor.source, impostor.destination);
    let mut master = cluster.instance(0).expect("it runs").clone();
    let start = cluster.now();
    for n in 0..20_000_u32 {
        let now = start + Duration::from_micros(50) * n;
        let datagram = vrrp_proto::wire::Datagram {
            source: impostor.source,
            destination: impostor.destination,
            ttl: 255,
            header_length: 20,
            authentication: None,
            payload: &payload,
        };
        while master.poll_timeout().is_some_and(|at| at <= now) {
            master.handle_timeout(now);
        }
        master.handle_input(now, vrrp_proto::Input::Packet(datagram));
        while master.poll_output().is_some() {}
    }
    assert_eq!(master.state(), StateKind::Master);
    assert_eq!(
        master.counters().adverts_received,
        cluster.instance(0).expect("it runs").counters().adverts_received + 20_000
    );
    assert!(master.counters().adverts_sent - sent <= 12);
    cluster.run_until(start);
}
