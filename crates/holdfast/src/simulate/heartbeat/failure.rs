//! What can fail: how it is written on the command line, and what it does to a cluster.

use heartbeat_proto::sim::Cluster;

use super::nodes::Nodes;

/// Something that fails for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// A node loses its power.
    Node(usize),
    /// The program on a node is stopped, as by `heartbeat -k`.
    Stop(usize),
    /// A network or line is cut.
    Way(String),
    /// A node does not reach what it pings any more; by place.
    Ping(usize, usize),
    /// A node cannot start the script of a group when it is to: who has the group loses its power, or begins anew where it is that node.
    Script(usize, usize),
}

impl Failure {
    /// Each thing that can fail by itself.
    pub(super) fn all(nodes: &Nodes) -> Vec<Self> {
        let numbers = || 0..nodes.names.len();
        let mut all: Vec<Self> = numbers().map(Self::Node).collect();
        all.extend(numbers().map(Self::Stop));
        all.extend(nodes.ways().into_iter().map(Self::Way));
        for node in numbers() {
            all.extend((0..nodes.pings(node).len()).map(|ping| Self::Ping(node, ping)));
            all.extend(
                nodes
                    .scripts()
                    .into_iter()
                    .map(|(group, _)| Self::Script(node, group)),
            );
        }
        all
    }

    /// Reads what `--fail` was given.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str, nodes: &Nodes) -> Result<Self, String> {
        let known = Self::all(nodes);
        known
            .iter()
            .find(|one| one.written(nodes) == text)
            .cloned()
            .ok_or_else(|| {
                let all: Vec<String> = known.iter().map(|one| one.written(nodes)).collect();
                format!("'{text}': it is one of {}", all.join(", "))
            })
    }

    /// Lets it happen, or ends it.
    pub(super) fn set(&self, nodes: &Nodes, cluster: &mut Cluster, fails: bool) {
        match self {
            Self::Node(node) if fails => cluster.kill(*node),
            Self::Stop(node) if fails => cluster.stop(*node),
            Self::Node(node) | Self::Stop(node) => cluster.start(*node),
            Self::Way(way) => cluster.cut_way(way, fails),
            Self::Ping(node, ping) => cluster.set_reached(*node, *ping, !fails),
            Self::Script(node, group) => {
                cluster.set_broken(*node, *group, fails);
                if fails {
                    let holders = cluster.holders(*group);
                    for holder in &holders {
                        cluster.kill(*holder);
                    }
                    if holders.contains(node) {
                        cluster.start(*node);
                    }
                } else {
                    // Those that run stay as they are.
                    for node in 0..nodes.names.len() {
                        cluster.start(node);
                    }
                }
            }
        }
    }

    /// In words.
    pub(super) fn told(&self, nodes: &Nodes) -> String {
        let name = |node: &usize| &nodes.names[*node];
        match self {
            Self::Node(node) => format!("{} loses its power", name(node)),
            Self::Stop(node) => format!("{} is stopped", name(node)),
            Self::Way(way) => format!("{way} is cut"),
            Self::Ping(node, ping) => format!("{} does not reach {}", name(node), nodes.pings(*node)[*ping]),
            Self::Script(node, group) => format!(
                "{} cannot be started on {}, which is to take it",
                script(nodes, *group),
                name(node)
            ),
        }
    }

    /// As `--fail` takes it.
    pub(super) fn written(&self, nodes: &Nodes) -> String {
        let name = |node: &usize| &nodes.names[*node];
        match self {
            Self::Node(node) => format!("node:{}", name(node)),
            Self::Stop(node) => format!("stop:{}", name(node)),
            Self::Way(way) => format!("way:{way}"),
            Self::Ping(node, ping) => format!("ping:{}@{}", nodes.pings(*node)[*ping], name(node)),
            Self::Script(node, group) => format!("script:{}@{}", script(nodes, *group), name(node)),
        }
    }
}

/// The first script of a group.
fn script(nodes: &Nodes, group: usize) -> String {
    let scripts = nodes.scripts().into_iter();
    scripts
        .filter(|(number, _)| *number == group)
        .map(|(_, name)| name)
        .collect()
}
