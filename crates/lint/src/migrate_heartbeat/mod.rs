//! From heartbeat to keepalived: the files of all nodes of a cluster together become a keepalived.conf for each of them, with a
//! table of what became of what, what takes longer or shorter than before, what cannot be carried over, what the firewall has to
//! let through, and the order of steps in which the addresses stay served.
//!
//! Nothing here reads or writes a file, and nothing decides whether a file of heartbeat is valid.

mod address;
mod cluster;
mod keepalived;
mod page;
mod path;
mod pings;
mod resources;
mod table;
mod timing;

use heartbeat_conf::model::Configuration;

pub use cluster::MigrationError;
pub use page::page;
pub use table::{Fate, Row};
pub use timing::Timing;

/// The files of one node, as they were read.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// Where they come from, as the user wrote it.
    pub place: &'a str,
    /// The node that they are of, where the user says it; otherwise it is found out from the place.
    pub name: Option<&'a str>,
    /// What they mean.
    pub configuration: &'a Configuration,
}

/// A file that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The node that it is for.
    pub node: String,
    /// Where heartbeat's files of that node come from; none for a node whose files were not given.
    pub place: Option<String>,
    /// The keepalived.conf.
    pub text: String,
}

/// All that comes of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// A keepalived.conf for each node, in the order in which ha.cf names them.
    pub files: Vec<Made>,
    /// What became of what.
    pub table: Vec<Row>,
    /// Times before and after.
    pub timings: Vec<Timing>,
    /// What to change at the firewall of each node.
    pub firewall: Vec<String>,
    /// What to do, in order.
    pub steps: Vec<String>,
}

impl Migration {
    /// What cannot be carried over, and keeps keepalived from doing what heartbeat did.
    pub fn blocking(&self) -> impl Iterator<Item = &Row> {
        self.table.iter().filter(|row| row.fate == Fate::Blocking)
    }

    /// What is left to be done by hand.
    pub fn by_hand(&self) -> impl Iterator<Item = &Row> {
        self.table.iter().filter(|row| row.fate == Fate::ByHand)
    }
}

/// Which nodes files are of: by the names that the user gives, or else by the names of their folders, or else in the order of ha.cf.
///
/// # Errors
/// When that cannot be said.
pub fn names(nodes: &[Node<'_>]) -> Result<Vec<String>, MigrationError> {
    let cluster = cluster::Cluster::of(nodes)?;
    let name = |node: &Node<'_>| {
        let of_node = |member: &&cluster::Member<'_>| {
            let files = member.files.map(|(_, files)| files);
            files.is_some_and(|files| std::ptr::eq(files, node.configuration))
        };
        let found = cluster.members.iter().find(of_node);
        found.map_or_else(String::new, |member| member.name.clone())
    };
    Ok(nodes.iter().map(name).collect())
}

/// Makes the keepalived.conf of each node from the files of one or more nodes of a cluster.
///
/// # Errors
/// When the files name no node or no address, or it cannot be told which node some files are of.
pub fn migrate(nodes: &[Node<'_>]) -> Result<Migration, MigrationError> {
    let cluster = cluster::Cluster::of(nodes)?;
    let mut table = Vec::new();
    cluster::differences(&cluster, &mut table);
    let path = path::Path::of(&cluster, &mut table);
    let pings = pings::pings(&cluster, &mut table);
    let instances = resources::instances(&cluster, &path, &mut table)?;
    table::settings(&cluster, &path, &mut table);
    let files = keepalived::files(&cluster, &path, &pings, &instances);
    let timings = timing::timings(&cluster, &path, &pings, &instances);
    let firewall = path.firewall(&cluster, &instances);
    let steps = page::steps(&cluster, &instances, &table);
    Ok(Migration {
        files,
        table,
        timings,
        firewall,
        steps,
    })
}

#[cfg(test)]
mod tests;
