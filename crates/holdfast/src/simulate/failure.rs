//! What can fail: how it is written on the command line, and what it does to a cluster.

use std::fmt;

use vrrp::Thing;
use vrrp_proto::sim::ScriptConduct;

use super::network::{Network, Running};

/// Something that fails for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// A node loses its power.
    Node(usize),
    /// The program on a node is stopped, as by SIGTERM.
    Stop(usize),
    /// Something that a node tracks is down.
    Thing(usize, Thing),
    /// A script of a node does not end by itself.
    Hang(usize, String),
    /// The way between two nodes is cut, which neither of them sees; in one direction only where `both` is not set.
    Link { from: usize, to: usize, both: bool },
}

impl Failure {
    /// Each thing that can fail by itself.
    pub(super) fn all(network: &Network) -> Vec<Self> {
        let mut all = Vec::new();
        let nodes = 0..network.nodes.len();
        all.extend(nodes.clone().map(Self::Node));
        all.extend(nodes.clone().map(Self::Stop));
        for node in nodes {
            all.extend(
                network
                    .things(node)
                    .into_iter()
                    .map(|thing| Self::Thing(node, thing)),
            );
        }
        for number in 0..network.nodes.len() {
            for to in number + 1..network.nodes.len() {
                if network
                    .segments()
                    .values()
                    .any(|(_, on)| on.contains(&number) && on.contains(&to))
                {
                    all.push(Self::Link {
                        from: number,
                        to,
                        both: true,
                    });
                }
            }
        }
        all
    }

    /// Reads what `--fail` was given.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str, network: &Network) -> Result<Self, String> {
        let (kind, rest) = text.split_once(':').ok_or_else(|| {
            format!(
                "'{text}': write KIND:NAME, for example node:{}",
                network.nodes[0].name
            )
        })?;
        let node = |name: &str| {
            network
                .nodes
                .iter()
                .position(|node| node.name == name)
                .ok_or_else(|| {
                    let names: Vec<&str> = network.nodes.iter().map(|node| node.name.as_str()).collect();
                    format!("'{text}': there is no node {name}, only {}", names.join(", "))
                })
        };
        match kind {
            "node" => Ok(Self::Node(node(rest)?)),
            "stop" => Ok(Self::Stop(node(rest)?)),
            "link" => {
                let ends = |sign| rest.split_once(sign);
                // Names of nodes may have a hyphen in them.
                let both = rest.match_indices('-').find_map(|(at, _)| {
                    let (from, to) = (node(&rest[..at]).ok()?, node(&rest[at + 1..]).ok()?);
                    Some((from, to))
                });
                if let Some((from, to)) = both {
                    return Ok(Self::Link { from, to, both: true });
                }
                let (from, to) = ends('>').ok_or_else(|| {
                    format!("'{text}': write link:NODE-NODE, or link:NODE>NODE for one direction")
                })?;
                Ok(Self::Link {
                    from: node(from)?,
                    to: node(to)?,
                    both: false,
                })
            }
            "hang" | "script" | "interface" | "file" | "process" | "bfd" => {
                let (name, at) = rest
                    .rsplit_once('@')
                    .ok_or_else(|| format!("'{text}': write {kind}:NAME@NODE"))?;
                let at = node(at)?;
                let wanted = format!("{} {name}", if kind == "hang" { "script" } else { kind });
                let things = network.things(at);
                let known = || {
                    let all: Vec<String> = things.iter().map(ToString::to_string).collect();
                    format!(
                        "'{text}': {} tracks no {wanted}, only {}",
                        network.nodes[at].name,
                        all.join(", ")
                    )
                };
                let thing = things
                    .iter()
                    .find(|thing| thing.to_string() == wanted)
                    .ok_or_else(known)?;
                Ok(match kind {
                    "hang" => Self::Hang(at, name.to_owned()),
                    _ => Self::Thing(at, thing.clone()),
                })
            }
            _ => Err(format!(
                "'{text}': '{kind}' is none of node, stop, script, hang, interface, file, process, bfd, link"
            )),
        }
    }

    /// The node that it happens to; none for a link.
    pub(super) fn node(&self) -> Option<usize> {
        match self {
            Self::Node(node) | Self::Stop(node) | Self::Thing(node, _) | Self::Hang(node, _) => Some(*node),
            Self::Link { .. } => None,
        }
    }

    /// What a node tracks, when it is that.
    pub(super) fn thing(&self) -> Option<Thing> {
        match self {
            Self::Thing(_, thing) => Some(thing.clone()),
            Self::Hang(_, script) => Some(Thing::Script(script.clone())),
            Self::Node(_) | Self::Stop(_) | Self::Link { .. } => None,
        }
    }

    /// Lets it happen, or ends it. A node that starts again does so by `start`.
    pub(super) fn set(&self, network: &Network, running: &mut Running, fails: bool) {
        let Running { cluster, scripts } = running;
        match self {
            Self::Node(node) if fails => cluster.crash(*node),
            Self::Stop(node) if fails => cluster.stop(*node),
            Self::Node(node) | Self::Stop(node) => cluster.start(*node),
            Self::Thing(node, Thing::Script(name)) | Self::Hang(node, name) => {
                let conduct = match (fails, self) {
                    (false, _) => ScriptConduct::Succeeds,
                    (true, Self::Hang(..)) => ScriptConduct::Hangs,
                    (true, _) => ScriptConduct::Fails,
                };
                if let Some(script) = scripts.get(&(*node, name.clone())) {
                    cluster.set_script(*script, conduct);
                }
            }
            Self::Thing(node, thing) => {
                if let Thing::Interface(name) = thing
                    && let Some(segment) = network.segment(*node, name)
                {
                    cluster.set_interface(*node, segment, !fails);
                }
                // What needs an interface fails with it.
                let needed = match thing {
                    Thing::Interface(name) => Some(Thing::Needed(name.clone())),
                    _ => None,
                };
                for thing in [Some(thing.clone()), needed].into_iter().flatten() {
                    if let Some(id) = network.track_id(&thing) {
                        cluster.set_tracked(*node, id, thing.health(fails));
                    }
                }
            }
            Self::Link { from, to, both } => {
                let seats = || network.seats.iter().enumerate();
                for (one, a) in seats() {
                    for (other, b) in seats() {
                        let ways = (a.node, b.node);
                        if ways == (*from, *to) || (*both && ways == (*to, *from)) {
                            cluster.set_way(one, other, !fails);
                        }
                    }
                }
            }
        }
    }

    /// In words.
    pub(super) fn told(&self, network: &Network) -> String {
        let name = |node: &usize| network.nodes[*node].name.as_str();
        match self {
            Self::Node(node) => format!("{} loses its power", name(node)),
            Self::Stop(node) => format!("{} is stopped", name(node)),
            Self::Thing(node, thing) => format!("{thing} fails on {}", name(node)),
            Self::Hang(node, script) => format!("script {script} hangs on {}", name(node)),
            Self::Link { from, to, both } => {
                let sign = if *both { "and" } else { "to" };
                let between = if *both { "between" } else { "from" };
                format!("the way {between} {} {sign} {} is cut", name(from), name(to))
            }
        }
    }

    /// As `--fail` takes it.
    pub(super) fn written(&self, network: &Network) -> String {
        let name = |node: &usize| network.nodes[*node].name.as_str();
        match self {
            Self::Node(node) => format!("node:{}", name(node)),
            Self::Stop(node) => format!("stop:{}", name(node)),
            Self::Thing(node, thing) => format!("{}@{}", thing.to_string().replacen(' ', ":", 1), name(node)),
            Self::Hang(node, script) => format!("hang:{script}@{}", name(node)),
            Self::Link { from, to, both } => {
                format!("link:{}{}{}", name(from), if *both { '-' } else { '>' }, name(to))
            }
        }
    }
}

/// Several failures in words.
pub(super) struct Told<'a>(pub(super) &'a [Failure], pub(super) &'a Network);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.0.iter().map(|failure| failure.told(self.1)).collect();
        f.write_str(&all.join(", "))
    }
}
