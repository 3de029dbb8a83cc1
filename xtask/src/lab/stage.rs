//! What a scenario is given to play on.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::network::Network;
use super::node::Node;
use super::sheet::Sheet;
use super::subject::{Balancer, Subject};

/// A scenario's stage: the program under test, folders of its own, and the sheet for its findings.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) subject: &'a Subject,
    pub(super) sheet: Sheet,
    /// Vanishes with the lab.
    pub(super) work: PathBuf,
    /// Stays after the lab.
    pub(super) out: PathBuf,
}

impl Stage<'_> {
    /// Builds the scenario's network.
    pub(super) fn network(&self, members: &[(&str, &[&str])]) -> Result<Network> {
        Network::build(&self.work, members)
    }

    /// Starts a balancer with one of the documents' files.
    pub(super) fn balancer(&mut self, node: &Node, file: &str) -> Result<Balancer> {
        self.balancer_after(node, &[], file)
    }

    /// The same, with files of the lab's own that are read first.
    pub(super) fn balancer_after(&mut self, node: &Node, before: &[PathBuf], file: &str) -> Result<Balancer> {
        let balancer = Balancer::start(node, self.subject, before, &document(file), &mut self.sheet)?;
        std::fs::write(
            self.out.join(format!("{}-said.txt", node.name())),
            balancer.warnings(),
        )?;
        Ok(balancer)
    }

    /// Leaves a copy of a file in the output folder.
    pub(super) fn keep(&self, file: &Path, name: &str) -> Result<()> {
        std::fs::copy(file, self.out.join(name))?;
        Ok(())
    }
}

/// One of the documents' haproxy files.
fn document(file: &str) -> PathBuf {
    crate::workspace::root()
        .join("compat-fixtures/documents/haproxy")
        .join(file)
}
