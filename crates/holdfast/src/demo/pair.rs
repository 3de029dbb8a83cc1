//! Two load balancers of document 001 beside the proxy: its keepalived files, unchanged, on the state machines that the daemon
//! runs, with the network between them in memory. One is lost and comes back; then its haproxy dies and comes back.

mod files;

use std::net::Ipv4Addr;
use std::time::Duration;

use keepalived_conf::{Dialect, LoadOptions};
use syntax::render::concise;
use vrrp_proto::sim::{Cluster, Observation};
use vrrp_proto::track::{Health, TrackId, Tracked};
use vrrp_proto::{Event, InstanceConfig, Output};

use super::say;

/// How often the pair's clock is brought up to the real one.
const STEP: Duration = Duration::from_millis(20);

/// How long a state is shown before the next one is brought about.
const SHOWN: Duration = Duration::from_millis(1200);

/// Between two things that happen, when there is time for several.
const BETWEEN: Duration = Duration::from_secs(10);

/// The nodes, in the order of the cluster.
const NODES: [&str; 2] = ["lb1", "lb2"];

/// Where the pair's tale is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scene {
    /// lb1 is to become master.
    Begin,
    /// lb1 is lost, or its haproxy is; lb2 is to take over.
    Lost(Loss),
    /// It is back; lb1 is to take over again.
    Back,
    /// Nothing more is to happen.
    Told,
}

/// What lb1 loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    Power,
    Haproxy,
}

/// The pair, its clock and its tale.
#[derive(Debug)]
pub(super) struct Pair {
    cluster: Cluster,
    /// The ids of what lb1 and lb2 track.
    scripts: [Vec<TrackId>; 2],
    addresses: String,
    scene: Scene,
    /// When the scene's end was seen, and when its successor is due.
    next: Option<Duration>,
    /// Since when nobody has had the addresses; `None` while somebody has.
    vacant_since: Option<Duration>,
    losses: u32,
    repeats: bool,
}

impl Pair {
    /// The pair of the document, both nodes just started. `repeats`: the tale goes on without end.
    ///
    /// # Errors
    /// What is wrong with the embedded files.
    pub(super) fn new(repeats: bool) -> Result<Self, String> {
        let mut configs = Vec::new();
        let mut scripts = [Vec::new(), Vec::new()];
        let mut addresses = Vec::new();
        for (node, file) in files::NAMES.into_iter().enumerate() {
            let loaded =
                keepalived_conf::load(file, Dialect::default(), &files::Embedded, LoadOptions::default());
            if loaded.has_errors() {
                let told = loaded.diagnostics.iter().map(|d| concise(d, &loaded.sources));
                return Err(told.collect());
            }
            let instance = loaded.config.instances.first().ok_or("no instance in the file")?;
            let tracked: Vec<Tracked> = (0..)
                .zip(&instance.track_scripts)
                .map(|(id, script)| Tracked {
                    id: TrackId(id),
                    weight: script.weight.value,
                    reverse: script.weight.reverse,
                })
                .collect();
            scripts[node] = tracked.iter().map(|tracked| tracked.id).collect();
            addresses = instance.addresses.iter().map(|a| a.address.to_string()).collect();
            let source = Ipv4Addr::new(192, 168, 0, 11 + u8::try_from(node).unwrap_or_default());
            let config: InstanceConfig =
                vrrp::machine_config(instance, &loaded.config.global, Some(source.into()), tracked);
            configs.push(config);
        }
        let mut pair = Self {
            // Any seed does: nothing is lost on this network.
            cluster: Cluster::new(1, configs),
            scripts,
            addresses: addresses.join(", "),
            scene: Scene::Begin,
            next: None,
            vacant_since: Some(Duration::ZERO),
            losses: 0,
            repeats,
        };
        for node in 0..NODES.len() {
            pair.start(node);
        }
        Ok(pair)
    }

    /// Runs beside the clock of the real world, for as long as the demonstration lasts.
    pub(super) async fn run(mut self) {
        let began = tokio::time::Instant::now();
        let mut steps = tokio::time::interval(STEP);
        loop {
            steps.tick().await;
            for line in self.advance(began.elapsed()) {
                say(&line);
            }
        }
    }

    /// Brings the pair to `now`, measured from its start, and gives the lines that tell of it.
    fn advance(&mut self, now: Duration) -> Vec<String> {
        let mut lines = Vec::new();
        self.cluster.run_until(now);
        while let Some(observation) = self.cluster.poll_observation() {
            lines.extend(self.told(&observation));
        }
        if self.next.is_none() && self.scene_is_over() {
            let pause = if self.scene == Scene::Back { BETWEEN } else { SHOWN };
            self.next = Some(now + pause);
        }
        if self.next.is_some_and(|next| next <= now) {
            self.next = None;
            lines.extend(self.turn_page(now));
        }
        lines
    }

    fn start(&mut self, node: usize) {
        self.cluster.start(node);
        for at in 0..self.scripts[node].len() {
            self.cluster.track(node, self.scripts[node][at], Health::Up);
        }
    }

    fn scene_is_over(&self) -> bool {
        let wanted = match self.scene {
            Scene::Begin | Scene::Back => 0,
            Scene::Lost(_) => 1,
            Scene::Told => return false,
        };
        self.cluster.masters() == [wanted] && self.cluster.holds_addresses(wanted)
    }

    /// Brings about what comes next.
    fn turn_page(&mut self, now: Duration) -> Option<String> {
        let (scene, line) = match self.scene {
            Scene::Begin => self.lose(Loss::Power, now),
            Scene::Lost(Loss::Power) => {
                self.start(0);
                (Scene::Back, "lb1 is switched on again")
            }
            Scene::Lost(Loss::Haproxy) => {
                self.track_all(Health::Up);
                (Scene::Back, "haproxy on lb1 runs again")
            }
            Scene::Back if !self.repeats => {
                self.scene = Scene::Told;
                return None;
            }
            Scene::Back if self.losses.is_multiple_of(2) => self.lose(Loss::Power, now),
            Scene::Back => self.lose(Loss::Haproxy, now),
            Scene::Told => return None,
        };
        self.scene = scene;
        Some(format!(">>> {line}\n"))
    }

    fn lose(&mut self, loss: Loss, now: Duration) -> (Scene, &'static str) {
        self.losses += 1;
        let line = match loss {
            Loss::Power => {
                self.cluster.crash(0);
                self.vacant_since = Some(now);
                "lb1 loses its power"
            }
            Loss::Haproxy => {
                self.track_all(Health::Down);
                "haproxy on lb1 is killed"
            }
        };
        (Scene::Lost(loss), line)
    }

    fn track_all(&mut self, health: Health) {
        for at in 0..self.scripts[0].len() {
            self.cluster.track(0, self.scripts[0][at], health);
        }
    }

    /// The lines that an observation is worth.
    fn told(&mut self, observation: &Observation) -> Vec<String> {
        let name = NODES[observation.node];
        let mut lines = Vec::new();
        if matches!(
            observation.output,
            Output::State(_) | Output::Event(Event::AdvertTimeout | Event::PriorityChanged { .. })
        ) && let Some(line) = observation.output.line()
        {
            lines.push(format!("{name}: (VI_1) {line}\n"));
        }
        match observation.output {
            Output::AddAddresses => {
                let since = self.vacant_since.take();
                let gap = since.map(|since| observation.at.saturating_sub(since));
                lines.push(match gap {
                    Some(gap) => format!(
                        "{name} has {} now, which nobody had for {:.2} s\n",
                        self.addresses,
                        gap.as_secs_f64()
                    ),
                    None => format!("{name} has {} now\n", self.addresses),
                });
            }
            Output::RemoveAddresses if self.cluster.masters().is_empty() => {
                self.vacant_since.get_or_insert(observation.at);
            }
            _ => {}
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a whole tale, told at once.
    fn tale(pair: &mut Pair, until: Duration) -> Vec<String> {
        let mut now = Duration::ZERO;
        let mut lines = Vec::new();
        while now < until {
            lines.extend(pair.advance(now));
            now += STEP;
        }
        lines
    }

    fn place(lines: &[String], text: &str) -> usize {
        lines
            .iter()
            .position(|line| line.starts_with(text))
            .unwrap_or_else(|| panic!("{text:?} is missing in {lines:#?}"))
    }

    #[test]
    fn the_pair_loses_its_master_and_gets_it_back_within_twenty_seconds() {
        let mut pair = Pair::new(false).expect("the document's files are good");
        let lines = tale(&mut pair, Duration::from_secs(20));
        let story = [
            "lb1: (VI_1) Entering MASTER STATE",
            ">>> lb1 loses its power",
            "lb2: (VI_1) Receive advertisement timeout",
            "lb2: (VI_1) Entering MASTER STATE",
            ">>> lb1 is switched on again",
        ];
        let places = story.map(|text| place(&lines, text));
        assert!(places.is_sorted(), "{lines:#?}");
        assert_eq!(pair.cluster.masters(), [0]);
        let gap = lines
            .iter()
            .find_map(|line| line.strip_prefix("lb2 has 192.168.0.99 now, which nobody had for "))
            .and_then(|rest| rest.strip_suffix(" s\n"))
            .and_then(|gap| gap.parse::<f64>().ok())
            .expect("the gap is told");
        // 3 adverts and the skew of priority 102, less the time since the last advert.
        assert!((2.6..3.65).contains(&gap), "{gap}");
    }

    #[test]
    fn without_an_end_haproxy_on_lb1_dies_too() {
        let mut pair = Pair::new(true).expect("the document's files are good");
        let lines = tale(&mut pair, Duration::from_secs(50));
        let killed = place(&lines, ">>> haproxy on lb1 is killed");
        let back = place(&lines, ">>> haproxy on lb1 runs again");
        assert!(killed < back, "{lines:#?}");
        let between = &lines[killed..back];
        assert!(
            between
                .iter()
                .any(|line| line.starts_with("lb2: (VI_1) Entering MASTER STATE"))
        );
    }
}
