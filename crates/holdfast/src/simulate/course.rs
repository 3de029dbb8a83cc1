//! What becomes of the addresses while something fails, and after it is mended.

use std::time::Duration;

use vrrp_proto::sim::Random;
use vrrp_proto::{StateKind, Time};

use super::failure::Failure;
use super::network::{Network, Running};

/// Moments in an advert interval, or in that of a script, at which a failure is tried; the worst one is told.
const MOMENTS: u32 = 8;

/// Who had the addresses of a router, and how long nobody or several had them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// Time without anybody.
    pub(super) nobody: Duration,
    /// Time with more than one node.
    pub(super) several: Duration,
    /// The nodes at its end.
    pub(super) end: Vec<usize>,
}

/// What an instance was like at the end of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    /// None: it does not run.
    pub(super) state: Option<StateKind>,
    pub(super) priority: u8,
}

/// The tale of one router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tale {
    /// The nodes that had the addresses before.
    pub(super) before: Vec<usize>,
    /// Each change: how long after the failure, and who had the addresses from then on.
    pub(super) changes: Vec<(Duration, Vec<usize>)>,
    pub(super) failed: Span,
    pub(super) mended: Span,
    /// Its seats at the end of the failure.
    pub(super) standings: Vec<Standing>,
}

impl Tale {
    /// Whether the addresses went from those that had them to others because of the failure.
    pub(super) fn moved(&self) -> bool {
        !self.failed.end.is_empty() && self.failed.end.iter().all(|node| !self.before.contains(node))
    }

    /// One that begins with those nodes.
    pub(super) fn new(before: Vec<usize>) -> Self {
        Self {
            before,
            changes: Vec::new(),
            failed: Span::default(),
            mended: Span::default(),
            standings: Vec::new(),
        }
    }

    /// For so long it has been `now`; from `at` after the failure on it is `holders`.
    pub(super) fn pass(
        &mut self,
        passed: Duration,
        now: &mut Vec<usize>,
        (at, holders): (Duration, Vec<usize>),
        mended: bool,
    ) {
        let span = if mended {
            &mut self.mended
        } else {
            &mut self.failed
        };
        match now.len() {
            0 => span.nobody += passed,
            1 => {}
            _ => span.several += passed,
        }
        if holders != *now {
            self.changes.push((at, holders.clone()));
            now.clone_from(&holders);
        }
        span.end = holders;
    }
}

/// What one failure does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Course {
    pub(super) failures: Vec<Failure>,
    /// One for each router.
    pub(super) tales: Vec<Tale>,
    /// How long after the failure it was mended.
    pub(super) mended_at: Duration,
}

/// How a simulation goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) seed: u64,
    pub(super) loss_permille: u16,
    /// From the failure to the end; it is mended half-way.
    pub(super) limit: Duration,
}

/// Who has the addresses when nothing has failed.
pub(super) fn at_rest(network: &Network, setting: Setting) -> (Running, Vec<Vec<usize>>) {
    let mut running = network.cluster(setting.seed, setting.loss_permille);
    let mut starts: Vec<(Time, usize)> = network
        .nodes
        .iter()
        .enumerate()
        .map(|(node, _)| (delay(network, node), node))
        .collect();
    starts.sort_unstable();
    for (at, node) in starts {
        running.cluster.run_until(at);
        running.cluster.start(node);
    }
    running.cluster.run_until(network.settling());
    while running.cluster.poll_observation().is_some() {}
    let holders = network
        .routers
        .iter()
        .map(|router| network.holders(&running.cluster, router));
    let holders = holders.collect();
    (running, holders)
}

fn delay(network: &Network, node: usize) -> Duration {
    network.nodes[node].config.global.startup_delay
}

/// Tries a failure at several moments, and gives the worst course.
pub(super) fn worst(network: &Network, failures: &[Failure], setting: Setting) -> Course {
    let intervals = network.seats.iter().map(|seat| seat.machine.advert_interval);
    let scripts = network.nodes.iter().flat_map(|node| &node.config.scripts);
    let concerned = failures.iter().any(|failure| failure.thing().is_some());
    let scripts = scripts.map(|script| script.interval).filter(|_| concerned);
    let longest = intervals.chain(scripts).max().unwrap_or_default();
    let mut chance = Random::new(setting.seed);
    let offset = chance.span(&(Duration::ZERO..longest / MOMENTS));
    let courses =
        (0..MOMENTS).map(|moment| course(network, failures, setting, longest / MOMENTS * moment + offset));
    let badness = |course: &Course| {
        let spans = course.tales.iter().flat_map(|tale| [&tale.failed, &tale.mended]);
        let gap: Duration = spans.map(|span| span.nobody + span.several).sum();
        // Where no time without a master tells them apart, the slowest is the worst.
        let last = course
            .tales
            .iter()
            .filter_map(|tale| Some(tale.changes.first()?.0))
            .max();
        (gap, last)
    };
    let mut worst: Option<Course> = None;
    for course in courses {
        if worst
            .as_ref()
            .is_none_or(|worst| badness(worst) < badness(&course))
        {
            worst = Some(course);
        }
    }
    // There is more than one moment.
    worst.unwrap_or_else(|| course(network, failures, setting, Duration::ZERO))
}

fn course(network: &Network, failures: &[Failure], setting: Setting, moment: Duration) -> Course {
    let (mut running, _) = at_rest(network, setting);
    running.cluster.run_until(network.settling() + moment);
    let begin = running.cluster.now();
    let mended_at = setting.limit / 2;
    let mut watch = Watch::new(network, &running, begin);
    for failure in failures {
        failure.set(network, &mut running, true);
    }
    watch.run(network, &mut running, begin + mended_at);
    let standings = watch.standings(network, &running);
    watch.turn();
    let mut back: Vec<(Time, &Failure)> = failures
        .iter()
        .map(|failure| {
            let starts = matches!(failure, Failure::Node(_) | Failure::Stop(_));
            let delay = failure.node().filter(|_| starts).map(|node| delay(network, node));
            (begin + mended_at + delay.unwrap_or_default(), failure)
        })
        .collect();
    back.sort_by_key(|(at, _)| *at);
    let end = begin + setting.limit;
    for (at, failure) in back.into_iter().filter(|(at, _)| *at < end) {
        watch.run(network, &mut running, at);
        failure.set(network, &mut running, false);
    }
    watch.run(network, &mut running, end);
    Course {
        failures: failures.to_vec(),
        tales: watch.finish(standings),
        mended_at,
    }
}

/// Looks at who has the addresses, whenever something happens.
struct Watch {
    begin: Time,
    last: Time,
    tales: Vec<Tale>,
    now: Vec<Vec<usize>>,
    mended: bool,
}

impl Watch {
    fn new(network: &Network, running: &Running, begin: Time) -> Self {
        let now: Vec<Vec<usize>> = network
            .routers
            .iter()
            .map(|router| network.holders(&running.cluster, router))
            .collect();
        Self {
            begin,
            last: begin,
            tales: now.iter().cloned().map(Tale::new).collect(),
            now,
            mended: false,
        }
    }

    fn run(&mut self, network: &Network, running: &mut Running, end: Time) {
        // What has just been done counts from now on.
        self.look(network, running);
        while running.cluster.step(end) {
            self.look(network, running);
        }
        running.cluster.run_until(end);
        self.look(network, running);
    }

    fn look(&mut self, network: &Network, running: &mut Running) {
        while running.cluster.poll_observation().is_some() {}
        let at = running.cluster.now();
        let passed = at - self.last;
        self.last = at;
        for (number, router) in network.routers.iter().enumerate() {
            let holders = network.holders(&running.cluster, router);
            let changed = (at - self.begin, holders);
            self.tales[number].pass(passed, &mut self.now[number], changed, self.mended);
        }
    }

    fn standings(&self, network: &Network, running: &Running) -> Vec<Vec<Standing>> {
        let standing = |seat: &usize| Standing {
            state: running.cluster.state(*seat),
            priority: running
                .cluster
                .instance(*seat)
                .map_or(0, vrrp_proto::Instance::effective_priority),
        };
        let routers = network.routers.iter();
        routers
            .map(|router| router.seats.iter().map(standing).collect())
            .collect()
    }

    fn turn(&mut self) {
        self.mended = true;
    }

    fn finish(mut self, standings: Vec<Vec<Standing>>) -> Vec<Tale> {
        for (tale, standings) in self.tales.iter_mut().zip(standings) {
            tale.standings = standings;
        }
        self.tales
    }
}
