//! `peers`: load balancers that share stick tables (manual, section 3.5).

use syntax::Span;

use super::Endpoint;
use crate::model::{Address, Word};
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

/// Where a node listens for the others.
#[derive(Clone, Debug)]
pub struct PeerListener {
    /// The addresses.
    pub addresses: Vec<Address>,
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
    /// Its options, as those of a `server` line.
    pub options: Vec<Argument>,
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
