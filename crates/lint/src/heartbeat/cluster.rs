//! What rules see: what the files of all nodes mean.

use heartbeat_conf::model::Configuration;
use syntax::{FileId, Span};

/// All nodes whose files were given together.
pub struct Cluster {
    pub(super) nodes: Vec<Node>,
}

/// The files of a machine.
pub(super) struct Node {
    pub(super) config: Configuration,
    /// How many files of others stand before its own.
    pub(super) before: u32,
}

impl Node {
    /// A place in one of its files, among the files of all.
    pub(super) fn place(&self, span: Span) -> Span {
        moved(span, self.before)
    }

    /// Where its first path stands, for what the file as a whole lacks.
    pub(super) fn first_medium(&self) -> Option<Span> {
        let medium = self.config.settings.media.first()?;
        Some(self.place(medium.span))
    }
}

impl Cluster {
    /// Each node but the first, beside the first.
    pub(super) fn beside_first(&self) -> impl Iterator<Item = (&Node, &Node)> {
        let first = self.nodes.first();
        self.nodes
            .iter()
            .skip(1)
            .filter_map(move |other| Some((first?, other)))
    }
}

pub(super) fn moved(span: Span, by: u32) -> Span {
    Span::new(FileId(span.file.0 + by), span.start, span.end)
}
