//! Lines of `peers` sections as they are written.

use syntax::Span;

use super::{ServerLine, ServerParams};
use crate::model::Word;

/// What counts for all lines of a section that stand behind it.
#[derive(Debug, Default)]
pub(crate) struct PeersBelow {
    /// The words of `default-bind` lines.
    pub(crate) bind: Vec<(Word, Span)>,
    /// The options of `default-server` lines.
    pub(crate) server: ServerParams,
}

/// A server line of a ring.
#[derive(Debug)]
pub(crate) struct RingLine {
    /// The ring's name.
    pub(crate) of: Word,
    /// How it is connected to.
    pub(crate) written: ServerLine,
}

/// A line of a peer.
#[derive(Debug)]
pub(crate) struct PeerLine {
    /// The section's name, and the peer's number in it.
    pub(crate) at: (Word, usize),
    /// How it is connected to.
    pub(crate) written: ServerLine,
}
