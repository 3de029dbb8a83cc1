//! The nodes of a cluster with their files: which files are of which node, and where files that must be the same differ.

use std::fmt;

use heartbeat_conf::model::{AutoFailback, Configuration};

use super::table::{Fate, Row};
use super::{Node, table};

/// Why nothing can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MigrationError {
    /// No files were given.
    NoFiles,
    /// ha.cf names no node.
    NoNodes,
    /// haresources has no address, so there is nothing for keepalived to move.
    NoAddress,
    /// The user says that files are of a node that ha.cf does not name: the place and the node.
    UnknownNode(String, String),
    /// Two places are of the same node: both places and the node.
    SameNode(String, String, String),
    /// More places than nodes.
    TooMany(usize, usize),
}

impl fmt::Display for MigrationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFiles => write!(out, "no files were given"),
            Self::NoNodes => write!(out, "ha.cf names no node"),
            Self::NoAddress => write!(out, "haresources has no address for keepalived to move"),
            Self::UnknownNode(place, node) => write!(out, "{place}: ha.cf names no node {node}"),
            Self::SameNode(first, second, node) => write!(
                out,
                "{first} and {second} would both be of node {node}: write NODE=FOLDER for each"
            ),
            Self::TooMany(places, nodes) => {
                write!(out, "{places} folders were given for {nodes} nodes")
            }
        }
    }
}

impl std::error::Error for MigrationError {}

/// A node, with its files where they were given.
#[derive(Clone, Debug)]
pub(super) struct Member<'a> {
    pub(super) name: String,
    pub(super) files: Option<(&'a str, &'a Configuration)>,
}

/// A cluster.
#[derive(Clone, Debug)]
pub(super) struct Cluster<'a> {
    /// Its nodes in the order of ha.cf.
    pub(super) members: Vec<Member<'a>>,
    /// The files that stand for what must be the same on all.
    pub(super) common: &'a Configuration,
    /// Where those come from.
    pub(super) place: &'a str,
}

impl<'a> Cluster<'a> {
    pub(super) fn of(nodes: &[Node<'a>]) -> Result<Self, MigrationError> {
        let first = nodes.first().ok_or(MigrationError::NoFiles)?;
        let mut members: Vec<Member<'a>> = first
            .configuration
            .settings
            .nodes
            .iter()
            .map(|node| Member {
                name: node.value.clone(),
                files: None,
            })
            .collect();
        if members.is_empty() {
            return Err(MigrationError::NoNodes);
        }
        if nodes.len() > members.len() {
            return Err(MigrationError::TooMany(nodes.len(), members.len()));
        }
        let mut left = Vec::new();
        for node in nodes {
            let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
            let at = match node.name {
                Some(name) => Some(
                    names
                        .iter()
                        .position(|known| known.eq_ignore_ascii_case(name))
                        .ok_or_else(|| MigrationError::UnknownNode(node.place.to_owned(), name.to_owned()))?,
                ),
                None => by_place(node.place, &names),
            };
            match at {
                Some(at) => give(&mut members[at], node)?,
                None => left.push(node),
            }
        }
        // Folders whose name says nothing are of the nodes that are left, in order.
        for node in left {
            if let Some(member) = members.iter_mut().find(|member| member.files.is_none()) {
                give(member, node)?;
            }
        }
        Ok(Self {
            members,
            common: first.configuration,
            place: first.place,
        })
    }

    /// Whether resources go home.
    pub(super) fn goes_home(&self) -> bool {
        self.common.settings.auto_failback.value != AutoFailback::Off
    }

    /// Places in `members` in the order in which they are to have the resources of `owner`.
    pub(super) fn order(&self, owner: &str) -> Vec<usize> {
        let is_owner = |at: &usize| self.members[*at].name.eq_ignore_ascii_case(owner);
        let all = 0..self.members.len();
        let mut out: Vec<usize> = all.clone().filter(is_owner).collect();
        out.extend(all.filter(|at| !is_owner(at)));
        out
    }
}

fn give<'a>(member: &mut Member<'a>, node: &Node<'a>) -> Result<(), MigrationError> {
    if let Some((before, _)) = member.files {
        return Err(MigrationError::SameNode(
            before.to_owned(),
            node.place.to_owned(),
            member.name.clone(),
        ));
    }
    member.files = Some((node.place, node.configuration));
    Ok(())
}

/// The node that a folder's name speaks of: by its whole name, or by its name up to the first dot, when only one node has that.
fn by_place(place: &str, names: &[&str]) -> Option<usize> {
    let parts: Vec<String> = place
        .to_ascii_lowercase()
        .split('/')
        .map(ToOwned::to_owned)
        .collect();
    let speaks_of = |name: &str| {
        let name = name.to_ascii_lowercase();
        parts.iter().rev().any(|part| {
            part.match_indices(name.as_str()).any(|(at, _)| {
                let before = part[..at].chars().next_back();
                let behind = part[at + name.len()..].chars().next();
                !before.is_some_and(char::is_alphanumeric) && !behind.is_some_and(char::is_alphanumeric)
            })
        })
    };
    let only = |found: Vec<usize>| (found.len() == 1).then(|| found[0]);
    let whole = (0..names.len()).filter(|at| speaks_of(names[*at])).collect();
    let short = |at: &usize| speaks_of(names[*at].split('.').next().unwrap_or(names[*at]));
    only(whole).or_else(|| only((0..names.len()).filter(short).collect()))
}

/// Names what the nodes' files must have in common and have not.
pub(super) fn differences(cluster: &Cluster<'_>, table: &mut Vec<Row>) {
    let resources = |configuration: &Configuration| -> Vec<(String, Vec<String>)> {
        let groups = configuration.groups.iter();
        groups
            .map(|group| {
                let resources = group.resources.iter().map(|resource| resource.full());
                (group.owner.to_ascii_lowercase(), resources.collect())
            })
            .collect()
    };
    for (place, other) in cluster.members.iter().filter_map(|member| member.files) {
        if place == cluster.place {
            continue;
        }
        let between = format!("{} and {place}", cluster.place);
        if resources(other) != resources(cluster.common) {
            table.push(table::row(
                format!("haresources of {between}"),
                "they differ",
                Fate::Blocking,
                "they must be the same; settle which one is right before anything is made of them",
            ));
        }
        let (ours, theirs) = (&cluster.common.settings, &other.settings);
        let times = [
            (
                "keepalive",
                ours.times.keepalive.value,
                theirs.times.keepalive.value,
            ),
            ("deadtime", ours.times.deadtime.value, theirs.times.deadtime.value),
        ];
        for (what, ours, theirs) in times {
            if ours != theirs {
                table.push(table::row(
                    format!("{what} of {between}"),
                    format!("{ours} ms and {theirs} ms"),
                    Fate::Different,
                    "all instances of a router id must have one advert_int: that of the first is taken for all",
                ));
            }
        }
        if ours.auto_failback.value != theirs.auto_failback.value {
            table.push(table::row(
                format!("auto_failback of {between}"),
                "they differ",
                Fate::Different,
                "that of the first is taken for all",
            ));
        }
        let mut names: [Vec<String>; 2] = [Vec::new(), Vec::new()];
        for (out, settings) in names.iter_mut().zip([ours, theirs]) {
            out.extend(settings.nodes.iter().map(|node| node.value.to_ascii_lowercase()));
            out.sort();
        }
        if names[0] != names[1] {
            table.push(table::row(
                format!("node of {between}"),
                "they differ",
                Fate::Blocking,
                "settle which nodes there are",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::by_place;

    #[test]
    fn a_folder_is_of_the_node_that_its_name_speaks_of() {
        let names = ["lb1.example.com", "lb2.example.com"];
        assert_eq!(by_place("backup/lb2.example.com/ha.d", &names), Some(1));
        assert_eq!(by_place("004-lb1", &names), Some(0));
        assert_eq!(by_place("/etc/ha.d", &names), None);
        assert_eq!(by_place("lb12", &names), None);
        assert_eq!(by_place("lb1-and-lb2", &names), None);
    }
}
