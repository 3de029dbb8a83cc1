//! What becomes of the groups while something fails, and after it is mended.

use std::time::Duration;

use heartbeat_proto::sim::Cluster;
use heartbeat_proto::{Share, Time};

use super::failure::Failure;
use super::nodes::Nodes;
use crate::simulate::course::Tale;

/// Moments between two signs of life at which a failure is tried; the worst one is told.
const MOMENTS: u32 = 8;

/// How a simulation goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) seed: u64,
    pub(super) loss_permille: u16,
    /// From the failure to the end; it is mended half-way.
    pub(super) limit: Duration,
}

/// What a failure does.
pub(super) struct Course {
    pub(super) failures: Vec<Failure>,
    /// One for each group.
    pub(super) tales: Vec<Tale>,
    /// How long after the failure it was mended.
    pub(super) mended_at: Duration,
}

/// Who has each group when all nodes were started together and nothing has failed.
pub(super) fn at_rest(nodes: &Nodes, setting: Setting) -> Vec<Vec<usize>> {
    let cluster = settled(nodes, setting, Duration::ZERO);
    (0..nodes.groups()).map(|group| cluster.holders(group)).collect()
}

fn settled(nodes: &Nodes, setting: Setting, moment: Duration) -> Cluster {
    let mut cluster = nodes.cluster(setting);
    for node in 0..nodes.names.len() {
        cluster.start(node);
    }
    cluster.run(nodes.settling() + moment);
    cluster
}

/// Tries a failure at several moments, and gives the worst course.
pub(super) fn worst(nodes: &Nodes, failures: &[Failure], setting: Setting) -> Course {
    let part = nodes.keepalive() / MOMENTS;
    let badness = |course: &Course| -> Duration {
        let spans = course.tales.iter().flat_map(|tale| [&tale.failed, &tale.mended]);
        spans.map(|span| span.nobody + span.several).sum()
    };
    let first = course(nodes, failures, setting, Duration::ZERO);
    (1..MOMENTS)
        .map(|moment| course(nodes, failures, setting, part * moment))
        .fold(first, |worst, next| {
            if badness(&worst) < badness(&next) {
                next
            } else {
                worst
            }
        })
}

fn course(nodes: &Nodes, failures: &[Failure], setting: Setting, moment: Duration) -> Course {
    let mut cluster = settled(nodes, setting, moment);
    let begin = cluster.now();
    let mended_at = setting.limit / 2;
    let mut watch = Watch::new(nodes, &cluster);
    for failure in failures {
        failure.set(nodes, &mut cluster, true);
    }
    watch.run(&mut cluster, begin + mended_at, false);
    for failure in failures {
        failure.set(nodes, &mut cluster, false);
    }
    watch.run(&mut cluster, begin + setting.limit, true);
    Course {
        failures: failures.to_vec(),
        tales: watch.tales,
        mended_at,
    }
}

/// Looks at who has the groups whenever something happens, and does what ipfail does.
struct Watch<'a> {
    nodes: &'a Nodes,
    begin: Time,
    last: Time,
    tales: Vec<Tale>,
    now: Vec<Vec<usize>>,
    /// Nodes that hand over at that time, as another one reaches more.
    handing: Vec<Option<Time>>,
}

impl<'a> Watch<'a> {
    fn new(nodes: &'a Nodes, cluster: &Cluster) -> Self {
        let now: Vec<Vec<usize>> = (0..nodes.groups()).map(|group| cluster.holders(group)).collect();
        Self {
            nodes,
            begin: cluster.now(),
            last: cluster.now(),
            tales: now.iter().cloned().map(Tale::new).collect(),
            now,
            handing: vec![None; nodes.names.len()],
        }
    }

    fn run(&mut self, cluster: &mut Cluster, end: Time, mended: bool) {
        self.look(cluster, mended);
        loop {
            let due = self.handing.iter().flatten().min().copied();
            let until = due.map_or(end, |due| due.min(end));
            let more = cluster.step(until);
            self.look(cluster, mended);
            if more {
                continue;
            }
            if until >= end {
                return;
            }
            for node in 0..self.handing.len() {
                if self.handing[node].is_some_and(|due| due <= until) {
                    self.handing[node] = None;
                    cluster.give(node, Share::All);
                }
            }
        }
    }

    fn look(&mut self, cluster: &Cluster, mended: bool) {
        let at = cluster.now();
        let passed = at.saturating_sub(self.last);
        self.last = at;
        for group in 0..self.tales.len() {
            let changed = (at.saturating_sub(self.begin), cluster.holders(group));
            self.tales[group].pass(passed, &mut self.now[group], changed, mended);
        }
        self.weigh(cluster);
    }

    /// What ipfail thinks: whoever reaches less of what is pinged than another one hands over, after a while.
    fn weigh(&mut self, cluster: &Cluster) {
        let reached = |node: usize| {
            let node = cluster.node(node)?;
            Some(node.members().filter(|member| member.status == "ping").count())
        };
        let most = (0..self.handing.len()).filter_map(reached).max().unwrap_or(0);
        for node in 0..self.handing.len() {
            let Some(delay) = self.nodes.ipfail(node) else {
                continue;
            };
            match reached(node) {
                Some(count) if count < most && self.now.iter().any(|now| now.contains(&node)) => {
                    self.handing[node].get_or_insert(cluster.now() + delay);
                }
                _ => self.handing[node] = None,
            }
        }
    }
}
