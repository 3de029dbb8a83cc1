//! Filters that limit how fast bodies go through (manual, section 9.7).

use syntax::Span;

use super::{Millis, Sample, Word};

/// `filter bwlim-in` and `filter bwlim-out`.
#[derive(Clone, Debug)]
pub struct Bandwidth {
    /// The name by which rules switch it on.
    pub name: Word,
    /// It is about what comes from the client; else about what goes to it.
    pub incoming: bool,
    /// `min-size`: bytes that go on at once at least, but for the last ones.
    pub min: u64,
    /// Whose limit it is.
    pub scope: BandwidthScope,
    /// The line.
    pub span: Span,
}

/// Whose limit it is.
#[derive(Clone, Debug)]
pub enum BandwidthScope {
    /// Each stream's own, unless a rule says otherwise.
    Stream {
        /// Bytes over the period.
        limit: u64,
        /// The period.
        period: Millis,
    },
    /// One for all streams that share an entry of a stick table, in equal parts. The table says over which period.
    Shared {
        /// Bytes over the period.
        limit: u64,
        /// What they share.
        key: Box<Sample>,
        /// The table's name.
        table: Word,
    },
}

impl Bandwidth {
    /// What the table of a shared one must store.
    #[must_use]
    pub fn rate(&self) -> &'static str {
        if self.incoming {
            "bytes_in_rate"
        } else {
            "bytes_out_rate"
        }
    }
}
