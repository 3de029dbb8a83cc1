//! `peers`: load balancers that share stick tables (manual, section 3.5).

use syntax::Span;

use super::Endpoint;
use crate::model::{Bind, Server, Word};
use crate::signature::{Argument, Given};

/// Load balancers that share stick tables.
#[derive(Clone, Debug)]
pub struct Peers {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// `disabled`.
    pub disabled: bool,
    /// Where this node is reached, by `bind` or by the line of the local peer.
    pub listener: Option<PeerListener>,
    /// All nodes, this one too.
    pub peers: Vec<Peer>,
    /// Its own tables.
    pub tables: Vec<PeerTable>,
    /// `shards`.
    pub shards: Option<u32>,
}

impl Peers {
    /// Whether this node takes part: it is named, and nothing says that it shall not.
    #[must_use]
    pub fn is_at_work(&self) -> bool {
        !self.disabled && self.peers.iter().any(|peer| peer.local)
    }
}

/// Where a node listens for the others.
#[derive(Clone, Debug)]
pub struct PeerListener {
    /// The addresses, as lines of their own.
    pub binds: Vec<Bind>,
    /// The line.
    pub span: Span,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its name.
    pub name: Word,
    /// Whether it is this node.
    pub local: bool,
    /// Where it is; none where the line does not say.
    pub endpoint: Option<Endpoint>,
    /// Its options that nothing acts on, as those of a `server` line.
    pub options: Vec<Argument>,
    /// `shard`: the part of the keys that it is told of, from 1; 0 for all.
    pub shard: u32,
    /// How it is connected to; none where it is nowhere. This node itself is where it listens.
    pub server: Option<Box<Server>>,
    /// Its line.
    pub span: Span,
}

/// A stick table of the section, which others name as `SECTION/TABLE`.
#[derive(Clone, Debug)]
pub struct PeerTable {
    /// Its name.
    pub name: Word,
    /// Its line as the signature reads it.
    pub given: Given,
}
