//! Clusters of [`Section`]s on virtual time, over connections that are late, come in pieces and break: they agree in the end.

use std::collections::{BTreeMap, VecDeque};

use haproxy_cfg::model::sections::{Peer, Peers};
use haproxy_cfg::model::{Config, KeyType, StickTable, StoredData};
use proptest::prelude::*;

use super::{Connection, Effect, Section};
use crate::table::{Data, Key, Tables};

/// Virtual milliseconds between two looks.
const STEP_MS: u64 = 5;
/// Names of nodes.
const NAMES: [&str; 3] = ["one", "two", "three"];

/// Chance from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }
}

struct Node {
    /// Its number among the names.
    name: usize,
    section: Section,
    tables: Tables,
}

/// Bytes on their way, with when they arrive.
type Way = VecDeque<(u64, Vec<u8>)>;

/// A connection: who has which end, and what is on its way to it.
struct Link {
    ends: [(usize, Connection); 2],
    ways: [Way; 2],
}

struct Cluster {
    now: u64,
    chance: Chance,
    nodes: Vec<Node>,
    links: Vec<Link>,
    /// Nobody can connect.
    is_cut: bool,
}

fn node(name: usize, of: usize, seed: u64, (now, has_predecessor): (u64, bool)) -> Node {
    let mut table = StickTable::new("mates/t".into(), KeyType::Str(10), 1000);
    table.peers = Some("mates".into());
    table.store = vec![StoredData {
        name: "gpc0",
        count: 1,
        period: None,
    }];
    let peers = Peers {
        name: "mates".into(),
        span: Default::default(),
        disabled: false,
        listener: None,
        peers: (0..of)
            .map(|other| Peer {
                name: NAMES[other].into(),
                local: other == name,
                endpoint: None,
                options: Vec::new(),
                shard: 0,
                server: None,
                span: Default::default(),
            })
            .collect(),
        tables: Vec::new(),
        shards: None,
    };
    let mut config = Config {
        tables: vec![table],
        ..Config::default()
    };
    config.sections.peers = vec![peers];
    let tables = Tables::new(&config);
    let mut section = Section::new(&config.sections.peers[0], &tables, 200, 1, seed).expect("it is at work");
    section.start(has_predecessor, now);
    Node {
        name,
        section,
        tables,
    }
}

impl Cluster {
    fn new(nodes: usize, seed: u64) -> Self {
        let mut chance = Chance(seed | 1);
        for _ in 0..8 {
            chance.below(1);
        }
        Self {
            now: 1000,
            nodes: (0..nodes)
                .map(|name| node(name, nodes, chance.below(u64::MAX), (1000, false)))
                .collect(),
            chance,
            links: Vec::new(),
            is_cut: false,
        }
    }

    /// Lets time go on for so many milliseconds.
    fn run(&mut self, ms: u64) {
        let until = self.now + ms;
        while self.now < until {
            self.now += STEP_MS;
            self.step();
        }
    }

    fn step(&mut self) {
        let now = self.now;
        for at in 0..self.nodes.len() {
            if self.nodes[at].section.due().is_some_and(|due| due <= now) {
                self.nodes[at].section.tick(now);
            }
            while let Some(effect) = self.nodes[at].section.effect() {
                match effect {
                    Effect::Connect(peer, id) => self.connect(at, peer, id),
                    Effect::Close(id) => self.hang_up((at, id)),
                }
            }
        }
        let mut at = 0;
        while at < self.links.len() {
            if self.carry(at) {
                let link = self.links.remove(at);
                for (node, id) in link.ends {
                    self.nodes[node].section.ended(id, now);
                }
            } else {
                at += 1;
            }
        }
    }

    fn connect(&mut self, from: usize, peer: usize, id: Connection) {
        let now = self.now;
        // Of two that have the same name, the other is meant: one ends for the other.
        let to = (0..self.nodes.len())
            .rev()
            .find(|to| *to != from && self.nodes[*to].name == peer);
        let Some(to) = to.filter(|_| !self.is_cut) else {
            return self.nodes[from].section.ended(id, now);
        };
        let theirs = self.nodes[to].section.accepted(now);
        self.nodes[from].section.connected(id);
        self.links.push(Link {
            ends: [(from, id), (to, theirs)],
            ways: Default::default(),
        });
    }

    /// One end is closed: the other hears of it.
    fn hang_up(&mut self, end: (usize, Connection)) {
        let now = self.now;
        let Some(at) = self.links.iter().position(|link| link.ends.contains(&end)) else {
            return;
        };
        let link = self.links.remove(at);
        for (node, id) in link.ends.into_iter().filter(|other| *other != end) {
            self.nodes[node].section.ended(id, now);
        }
    }

    /// Carries what is said on a connection; gives whether it ended.
    fn carry(&mut self, at: usize) -> bool {
        let now = self.now;
        let mut is_over = false;
        for side in 0..2 {
            let (node, id) = self.links[at].ends[side];
            let mut said = Vec::new();
            let Node { section, tables, .. } = &mut self.nodes[node];
            is_over |= section.say(id, now, tables, &mut said);
            let way = &mut self.links[at].ways[1 - side];
            let mut rest = said.as_slice();
            while !rest.is_empty() {
                let length = 1 + self.chance.below(rest.len() as u64) as usize;
                let last = way.back().map_or(now, |(time, _)| *time);
                way.push_back((last.max(now) + self.chance.below(20), rest[..length].to_vec()));
                rest = &rest[length..];
            }
        }
        for side in 0..2 {
            let (node, id) = self.links[at].ends[side];
            while self.links[at].ways[side]
                .front()
                .is_some_and(|(time, _)| *time <= now)
            {
                let Some((_, bytes)) = self.links[at].ways[side].pop_front() else {
                    break;
                };
                let Node { section, tables, .. } = &mut self.nodes[node];
                section.received(id, &bytes, now, tables);
            }
            is_over |= !self.nodes[node].section.has(id);
        }
        is_over
    }

    fn count(&mut self, node: usize, key: &str) {
        let key = Key::written(KeyType::Str(10), key.as_bytes()).expect("a key");
        let now = self.now as u32;
        self.nodes[node].tables.get(0).touch(&key, now, |entry| {
            let field = entry.field(Data::Gpc0, 0).expect("it is stored");
            entry.add(field, 1);
        });
    }

    fn contents(&self, node: usize) -> BTreeMap<String, u64> {
        let mut all = BTreeMap::new();
        let table = self.nodes[node].tables.get(0);
        for part in 0..table.parts() {
            table.each_of(part, self.now as u32, |entry| {
                let field = entry.field(Data::Gpc0, 0).expect("it is stored");
                all.insert(entry.shown_key(), entry.get(field));
            });
        }
        all
    }

    /// Breaks a connection.
    fn break_one(&mut self) {
        if !self.links.is_empty() {
            let at = self.chance.below(self.links.len() as u64) as usize;
            let link = self.links.remove(at);
            for (node, id) in link.ends {
                self.nodes[node].section.ended(id, self.now);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever breaks, once it is quiet all know the same.
    #[test]
    fn nodes_agree_however_often_connections_break(nodes in 2_usize..=3, seed: u64) {
        let mut cluster = Cluster::new(nodes, seed);
        let mut expected: BTreeMap<String, u64> = BTreeMap::new();
        // Until then what is taught counts for more than what was changed meanwhile, as with the original.
        cluster.run(12_000);
        for _ in 0..60 {
            match cluster.chance.below(10) {
                0 => cluster.break_one(),
                1 => cluster.is_cut = !cluster.is_cut,
                _ => {
                    let node = cluster.chance.below(nodes as u64) as usize;
                    // Each key is changed in one place: who changed last would be a matter of luck.
                    let key = format!("{}{}", NAMES[node], cluster.chance.below(5));
                    cluster.count(node, &key);
                    *expected.entry(key).or_default() += 1;
                }
            }
            let pause = cluster.chance.below(400);
            cluster.run(pause);
        }
        cluster.is_cut = false;
        cluster.run(30_000);
        for node in 0..nodes {
            prop_assert_eq!(&cluster.contents(node), &expected, "node {}", node);
        }
        // Two nodes have one connection, and three have three.
        prop_assert_eq!(cluster.links.len(), nodes * (nodes - 1) / 2);
    }

    /// A node that begins with nothing is told all by another.
    #[test]
    fn a_node_that_was_away_learns_all(nodes in 2_usize..=3, seed: u64) {
        let mut cluster = Cluster::new(nodes, seed);
        cluster.run(12_000);
        for key in 0..300 {
            cluster.count(key % nodes, &format!("k{key}"));
        }
        cluster.run(5_000);
        let before = cluster.contents(0);
        prop_assert_eq!(before.len(), 300);
        while let Some(at) = cluster.links.iter().position(|link| link.ends.iter().any(|(node, _)| *node == 1)) {
            let link = cluster.links.remove(at);
            for (node, id) in link.ends {
                cluster.nodes[node].section.ended(id, cluster.now);
            }
        }
        let seed = cluster.chance.below(u64::MAX);
        cluster.nodes[1] = node(1, nodes, seed, (cluster.now, false));
        cluster.run(15_000);
        prop_assert_eq!(cluster.contents(1), before);
    }

    /// A process that ends tells the one that follows, without help of others.
    #[test]
    fn a_process_hands_its_table_over(seed: u64) {
        let mut cluster = Cluster::new(1, seed);
        cluster.run(12_000);
        for key in 0..400 {
            cluster.count(0, &format!("k{key}"));
        }
        let before = cluster.contents(0);
        let seed = cluster.chance.below(u64::MAX);
        cluster.nodes.push(node(0, 1, seed, (cluster.now, true)));
        let now = cluster.now;
        cluster.nodes[0].section.stop(now);
        cluster.run(1_000);
        prop_assert!(cluster.nodes[0].section.is_over());
        prop_assert_eq!(cluster.contents(1), before);
    }
}

#[test]
fn a_process_without_a_successor_ends_at_once() {
    let mut cluster = Cluster::new(1, 7);
    cluster.run(1_000);
    let now = cluster.now;
    cluster.nodes[0].section.stop(now);
    cluster.run(10);
    assert!(cluster.nodes[0].section.is_over());
}

#[test]
fn who_is_silent_is_left_and_tried_again() {
    let mut cluster = Cluster::new(2, 9);
    cluster.run(3_000);
    assert_eq!(cluster.links.len(), 1);
    // Nothing arrives any more, and nobody is told.
    cluster.links.clear();
    cluster.is_cut = true;
    cluster.run(5_500);
    assert!(cluster.nodes.iter().all(|node| node.section.sessions.is_empty()));
    assert!(cluster.nodes.iter().all(|node| {
        node.section
            .peers
            .iter()
            .map(|peer| peer.counters.silences)
            .sum::<u32>()
            == 1
    }));
    cluster.is_cut = false;
    cluster.run(7_000);
    assert_eq!(cluster.links.len(), 1);
}

/// The parts of keys, as haproxy 3.4 shows them with `shards 3` in a table `mates/t1`.
#[test]
fn keys_are_spread_over_peers_as_the_original_does() {
    let parts = [
        ("a", 3),
        ("b", 1),
        ("c", 1),
        ("d", 2),
        ("e", 1),
        ("f", 1),
        ("g", 1),
        ("h", 3),
        ("i", 3),
        ("j", 2),
        ("x", 2),
    ];
    let model = StickTable::new("mates/t1".into(), KeyType::Str(20), 100);
    let hash = xxhash_rust::xxh64::xxh64(&model.name, 0);
    let table = crate::table::Table::new(model);
    for (key, part) in parts {
        let key = Key::written(KeyType::Str(20), key.as_bytes()).expect("a key");
        let found = table.touch(&key, 0, |entry| entry.part_for_peers(hash, 3) + 1);
        assert_eq!(found, Some(part), "{key:?}");
    }
}
