//! What a scenario is given to play on.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::heartbeat;
use super::keepalived::{self, Keepalived};
use super::network::Network;
use super::node::Node;
use super::sheet::Sheet;
use super::subject::{Balancer, Subject};

/// Whose program a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The one under test.
    Subject,
    /// Debian's.
    Original,
}

/// Both keepalived programs; the same one twice where the original itself is under test.
#[derive(Debug)]
pub(super) struct Keepaliveds {
    pub(super) subject: keepalived::Program,
    pub(super) original: keepalived::Program,
}

impl Keepaliveds {
    pub(super) fn of(&self, whose: Whose) -> &keepalived::Program {
        match whose {
            Whose::Subject => &self.subject,
            Whose::Original => &self.original,
        }
    }
}

/// A scenario's stage: the program under test, folders of its own, and the sheet for its findings.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) subject: &'a Subject,
    pub(super) keepalived: &'a Keepaliveds,
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
        let balancer = Balancer::start(
            node,
            self.subject,
            before,
            &document("haproxy", file),
            &mut self.sheet,
        )?;
        std::fs::write(
            self.out.join(format!("{}-said.txt", node.name())),
            balancer.warnings(),
        )?;
        Ok(balancer)
    }

    /// Starts a keepalived with one of the documents' files, unchanged.
    pub(super) fn keepalived(&mut self, node: &Node, whose: Whose, file: &str) -> Result<Keepalived> {
        self.keepalived_with(node, whose, &document("keepalived", file))
    }

    /// The same with a file of [`form`].
    pub(super) fn keepalived_of_form(&mut self, node: &Node, whose: Whose, file: &str) -> Result<Keepalived> {
        self.keepalived_with(node, whose, &form(file))
    }

    fn keepalived_with(&mut self, node: &Node, whose: Whose, file: &Path) -> Result<Keepalived> {
        let program = self.keepalived.of(whose);
        let name = file.file_name().unwrap_or_default();
        self.sheet.file(format!(
            "{} on {}: unchanged, {}",
            name.display(),
            node.name(),
            program.version()
        ));
        let copy = node.folder().join(name);
        std::fs::copy(file, &copy)?;
        Keepalived::start(node, program, &copy)
    }

    /// A heartbeat program. Where the balancer under test is another than Holdfast, it is Debian's all the same.
    pub(super) fn heartbeat(&self, whose: Whose) -> Result<heartbeat::Program> {
        if whose == Whose::Original || !self.subject.takes_every_dialect() {
            return Ok(heartbeat::Program::original());
        }
        heartbeat::Program::holdfast(self.subject.program(), &self.work.join("program"))
    }

    /// Leaves a copy of a file in the output folder.
    pub(super) fn keep(&self, file: &Path, name: &str) -> Result<()> {
        std::fs::copy(file, self.out.join(name))?;
        Ok(())
    }
}

/// One of the files for forms of the protocol that the documents do not use.
pub(super) fn form(file: &str) -> PathBuf {
    crate::workspace::root()
        .join("compat-fixtures/vrrp/forms")
        .join(file)
}

/// The folder of a program's files of the documents.
pub(super) fn documents(program: &str) -> PathBuf {
    crate::workspace::root()
        .join("compat-fixtures/documents")
        .join(program)
}

/// One of the documents' files.
pub(super) fn document(program: &str, file: &str) -> PathBuf {
    documents(program).join(file)
}
