//! The nodes that files describe, and how they hang together: which interfaces are on one network, and which instances of
//! different nodes are one virtual router.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::Duration;

use keepalived_conf::model::{Config, VrrpInstance};
use keepalived_conf::{Dialect, LoadOptions, load};
use syntax::Severity;
use syntax::render::concise;
use vrrp::{Thing, script_timing, tracked};
use vrrp_proto::sim::{Cluster, Conditions, Place};
use vrrp_proto::timers::master_down;
use vrrp_proto::track::{TrackId, Tracked};
use vrrp_proto::{InstanceConfig, StateKind};

use crate::keepalived::elsewhere::Elsewhere;

/// A node.
#[derive(Debug)]
pub(super) struct Node {
    /// What it is called in reports.
    pub(super) name: String,
    /// Its file.
    pub(super) file: String,
    pub(super) config: Config,
}

/// An instance of a node.
#[derive(Debug)]
pub(super) struct Seat {
    pub(super) node: usize,
    /// Its place in the node's configuration.
    pub(super) instance: usize,
    pub(super) machine: InstanceConfig,
    place: Place,
    /// It is kept in FAULT by what its file lacks or asks for.
    pub(super) held: bool,
}

/// Instances of different nodes that are to share addresses. Most have one VRID.
#[derive(Debug)]
pub(super) struct Router {
    /// Numbers of its seats, in the order of the nodes.
    pub(super) seats: Vec<usize>,
}

/// All nodes and what joins them.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) nodes: Vec<Node>,
    pub(super) seats: Vec<Seat>,
    pub(super) routers: Vec<Router>,
    /// Networks, by the interfaces that are on them.
    segments: BTreeMap<(usize, String), usize>,
    things: BTreeMap<Thing, TrackId>,
}

/// Whether two instances look like those of one virtual router.
type Likeness<'a> = dyn Fn(&VrrpInstance, &VrrpInstance) -> bool + 'a;

/// A cluster that is made of a network, and its scripts by node and name.
pub(super) struct Running {
    pub(super) cluster: Cluster,
    pub(super) scripts: BTreeMap<(usize, String), usize>,
}

/// Reads the files. Each may have the node's name before it, with `=`.
///
/// # Errors
/// What is wrong with those that cannot be run.
pub(super) fn read(files: &[String]) -> Result<Network, String> {
    let mut nodes = Vec::new();
    let mut faults = String::new();
    for (number, given) in files.iter().enumerate() {
        let named = given
            .split_once('=')
            .filter(|(name, _)| !name.is_empty() && !name.contains('/') && !Path::new(given).exists());
        let (name, file) = match named {
            Some((name, file)) => (name.to_owned(), file),
            None => (name_of(files, number), given.as_str()),
        };
        let options = LoadOptions {
            config_id: named.map(|(name, _)| name.to_owned()),
            all_config: true,
        };
        let loaded = load(file, Dialect::default(), &Elsewhere, options);
        if loaded.has_errors() || loaded.outcome.unreadable {
            let errors = loaded
                .diagnostics
                .iter()
                .filter(|told| told.severity == Severity::Alert);
            faults.extend(errors.map(|told| concise(told, &loaded.sources)));
            continue;
        }
        if nodes.iter().any(|node: &Node| node.name == name) {
            faults.push_str(&format!(
                "{file}: a second node of the name {name}: write OTHERNAME={file}\n"
            ));
            continue;
        }
        nodes.push(Node {
            name,
            file: file.to_owned(),
            config: loaded.config,
        });
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Network::new(nodes))
}

/// The name of a file's node: that of the file, or of its folder where all files are called the same.
fn name_of(files: &[String], number: usize) -> String {
    let stem = |file: &str| {
        Path::new(file)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
    };
    let own = stem(&files[number]).unwrap_or_else(|| files[number].clone());
    let same = files
        .iter()
        .filter(|file| stem(file).as_ref() == Some(&own))
        .count()
        > 1;
    let folder = Path::new(&files[number]).parent().and_then(Path::file_name);
    match folder.filter(|_| same) {
        Some(folder) => folder.to_string_lossy().into_owned(),
        None => own,
    }
}

impl Network {
    fn new(nodes: Vec<Node>) -> Self {
        let mut network = Self {
            nodes,
            seats: Vec::new(),
            routers: Vec::new(),
            segments: BTreeMap::new(),
            things: BTreeMap::new(),
        };
        network.join();
        network
    }

    /// The instance of a seat.
    pub(super) fn instance(&self, seat: usize) -> &VrrpInstance {
        let seat = &self.seats[seat];
        &self.nodes[seat.node].config.instances[seat.instance]
    }

    /// The name of a seat's node.
    pub(super) fn name(&self, seat: usize) -> &str {
        &self.nodes[self.seats[seat].node].name
    }

    /// The number of the network that an interface of a node is on.
    pub(super) fn segment(&self, node: usize, interface: &str) -> Option<usize> {
        self.segments.get(&(node, interface.to_owned())).copied()
    }

    /// The networks with the nodes on each, and the name of an interface there.
    pub(super) fn segments(&self) -> BTreeMap<usize, (String, Vec<usize>)> {
        let mut all: BTreeMap<usize, (String, Vec<usize>)> = BTreeMap::new();
        for ((node, interface), segment) in &self.segments {
            let entry = all
                .entry(*segment)
                .or_insert_with(|| (interface.clone(), Vec::new()));
            entry.1.push(*node);
        }
        all
    }

    /// What the instances of a node track, and the interfaces that they are on, each once.
    pub(super) fn things(&self, node: usize) -> Vec<Thing> {
        let config = &self.nodes[node].config;
        let mut all: Vec<Thing> = Vec::new();
        for instance in &config.instances {
            let own = Thing::Interface(instance.interface.clone());
            let tracked = tracked(instance, config).into_iter().map(|(thing, _)| thing);
            for thing in tracked.chain([own]) {
                let thing = match thing {
                    Thing::Needed(name) => Thing::Interface(name),
                    thing => thing,
                };
                // What stays on a machine does not fail by itself.
                let fails = !matches!(thing, Thing::Static(_));
                if fails && !all.contains(&thing) {
                    all.push(thing);
                }
            }
        }
        all.sort();
        all
    }

    /// The number of a tracked thing; the same for all nodes.
    pub(super) fn track_id(&self, thing: &Thing) -> Option<TrackId> {
        self.things.get(thing).copied()
    }

    /// Finds out what belongs together, and makes the seats.
    fn join(&mut self) {
        let mut all: Vec<(usize, usize)> = Vec::new();
        for (number, node) in self.nodes.iter().enumerate() {
            for thing in node
                .config
                .instances
                .iter()
                .flat_map(|one| tracked(one, &node.config))
            {
                let next = TrackId(u32::try_from(self.things.len()).unwrap_or(u32::MAX));
                self.things.entry(thing.0).or_insert(next);
            }
            all.extend((0..node.config.instances.len()).map(|at| (number, at)));
        }
        let at = |(node, at): (usize, usize)| &self.nodes[node].config.instances[at];
        // One virtual router: the same number on the same interface; or else the same addresses; or else the same name.
        let mut routers: Vec<Vec<usize>> = Vec::new();
        let same_number = |a: &VrrpInstance, b: &VrrpInstance| {
            (a.virtual_router_id, a.ipv6, &a.interface) == (b.virtual_router_id, b.ipv6, &b.interface)
        };
        let same_addresses = |a: &VrrpInstance, b: &VrrpInstance| {
            let has = |address: IpAddr| b.addresses.iter().any(|other| other.address == address);
            a.addresses.iter().any(|one| has(one.address))
        };
        let same_name = |a: &VrrpInstance, b: &VrrpInstance| (&a.name, a.ipv6) == (&b.name, b.ipv6);
        let ways: [&Likeness<'_>; 3] = [&same_number, &same_addresses, &same_name];
        let mut of: Vec<Option<usize>> = vec![None; all.len()];
        for one in 0..all.len() {
            if of[one].is_some() {
                continue;
            }
            let mut members = vec![one];
            for node in all[one].0 + 1..self.nodes.len() {
                let free = |other: &usize| all[*other].0 == node && of[*other].is_none();
                let found = ways.iter().find_map(|way| {
                    (0..all.len())
                        .filter(free)
                        .find(|other| way(at(all[one]), at(all[*other])))
                });
                members.extend(found);
            }
            for member in &members {
                of[*member] = Some(routers.len());
            }
            routers.push(members);
        }
        // Interfaces of one name are on one network, and so are those of one virtual router.
        let mut labels: BTreeMap<(usize, String), String> = BTreeMap::new();
        for (number, node) in self.nodes.iter().enumerate() {
            for instance in &node.config.instances {
                let name = instance.interface.clone();
                labels.insert((number, name.clone()), name);
            }
        }
        for members in &routers {
            let label = labels[&(all[members[0]].0, at(all[members[0]]).interface.clone())].clone();
            for member in members {
                let key = (all[*member].0, at(all[*member]).interface.clone());
                let other = labels[&key].clone();
                for value in labels.values_mut().filter(|value| **value == other) {
                    value.clone_from(&label);
                }
            }
        }
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for (key, label) in labels {
            let next = numbers.len();
            self.segments.insert(key, *numbers.entry(label).or_insert(next));
        }
        let sources = self.sources(&all, &routers);
        let seats: Vec<Seat> = all
            .iter()
            .zip(sources)
            .map(|((node, at), source)| self.seat(*node, *at, source))
            .collect();
        self.seats = seats;
        self.routers = routers.into_iter().map(|seats| Router { seats }).collect();
    }

    /// The addresses that instances send from: what the files say, what the partners' files say of them, or else any.
    fn sources(&self, all: &[(usize, usize)], routers: &[Vec<usize>]) -> Vec<IpAddr> {
        let at = |seat: usize| &self.nodes[all[seat].0].config.instances[all[seat].1];
        (0..all.len())
            .map(|seat| {
                let own = at(seat);
                if let Some(source) = own.source {
                    return source;
                }
                let partners = routers.iter().filter(|members| members.contains(&seat)).flatten();
                let partners: Vec<usize> = partners.copied().filter(|other| *other != seat).collect();
                let named = partners.iter().flat_map(|other| &at(*other).peers);
                let mut named = named.map(|peer| peer.address).filter(|address| {
                    let is_partner = own.peers.iter().any(|peer| peer.address == *address);
                    let is_taken = partners.iter().any(|other| at(*other).source == Some(*address));
                    !is_partner && !is_taken
                });
                let host = u8::try_from(all[seat].0 + 1).unwrap_or(u8::MAX);
                named.next().unwrap_or(if own.ipv6 {
                    Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, host.into()).into()
                } else {
                    Ipv4Addr::new(192, 0, 2, host).into()
                })
            })
            .collect()
    }

    fn seat(&self, node: usize, at: usize, source: IpAddr) -> Seat {
        let config = &self.nodes[node].config;
        let instance = &config.instances[at];
        let tracked = tracked(instance, config)
            .into_iter()
            .filter_map(|(thing, weight)| {
                Some(Tracked {
                    id: self.track_id(&thing)?,
                    weight: weight.value,
                    reverse: weight.reverse,
                })
            })
            .collect();
        let group = config.groups.iter().position(|group| group.members.contains(&at));
        let held = instance.held.is_some() || instance.lacks_peers;
        let segment = self.segment(node, &instance.interface);
        Seat {
            node,
            instance: at,
            machine: InstanceConfig {
                grouped: group.is_some(),
                ..vrrp::machine_config(instance, &config.global, Some(source), tracked)
            },
            place: Place {
                node,
                // One that is held stays cut off whatever happens.
                segment: segment.filter(|_| !held).unwrap_or(usize::MAX),
                group,
                blind: instance.dont_track_primary && !held,
            },
            held,
        }
    }

    /// All nodes, not started.
    pub(super) fn cluster(&self, seed: u64, loss_permille: u16) -> Running {
        let seats = self.seats.iter().map(|seat| (seat.place, seat.machine.clone()));
        let mut cluster = Cluster::placed(seed, seats.collect());
        cluster.set_conditions(Conditions {
            loss_permille,
            ..Conditions::default()
        });
        let mut scripts = BTreeMap::new();
        for (number, node) in self.nodes.iter().enumerate() {
            for script in &node.config.scripts {
                if let Some(id) = self.track_id(&Thing::Script(script.name.clone())) {
                    let at = cluster.add_script(number, id, script_timing(script));
                    scripts.insert((number, script.name.clone()), at);
                }
            }
            for (thing, id) in &self.things {
                if !matches!(thing, Thing::Script(_)) {
                    cluster.set_tracked(number, *id, thing.health(false));
                }
            }
        }
        for (number, _) in self.seats.iter().enumerate().filter(|(_, seat)| seat.held) {
            cluster.set_link(number, false);
        }
        Running { cluster, scripts }
    }

    /// After that time all has come to rest that was started together.
    pub(super) fn settling(&self) -> Duration {
        let mut longest = Duration::from_secs(1);
        for (number, seat) in self.seats.iter().enumerate() {
            let machine = &seat.machine;
            let interval = machine.advert_interval;
            let down = master_down(machine.version, 1, interval, machine.down_timer_adverts);
            let node = &self.nodes[seat.node].config;
            let delay = self.instance(number).preempt_delay + node.global.startup_delay;
            let script = node.scripts.iter().map(|script| script.interval).max();
            longest = longest.max(down * 3 + delay + script.unwrap_or_default());
        }
        longest
    }

    /// The nodes that have the addresses of a router, where others can reach them.
    pub(super) fn holders(&self, cluster: &Cluster, router: &Router) -> Vec<usize> {
        let holds = |seat: &&usize| {
            cluster.holds_addresses(**seat)
                && cluster.is_linked(**seat)
                && cluster.state(**seat) == Some(StateKind::Master)
        };
        let holders = router.seats.iter().filter(holds);
        holders.map(|seat| self.seats[*seat].node).collect()
    }
}
