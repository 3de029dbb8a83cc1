//! A body on its way: how much of what was received belongs to it, and whether it has ended.

use proxy_core::http1::{ChunkError, ChunkReader, Framing, HeadRules, HeaderCases};

use crate::buffer::Buffer;

/// The state of one body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    /// This many bytes are still to come.
    Length(u64),
    /// Until the last chunk.
    Chunked(ChunkReader),
    /// Until the peer's end.
    UntilClose,
}

impl Default for Body {
    fn default() -> Self {
        Self::Length(0)
    }
}

impl Body {
    /// A body of that framing, whose trailers are read by `rules`.
    pub(super) fn new(framing: Framing, rules: &HeadRules) -> Self {
        match framing {
            Framing::Length(n) => Self::Length(n),
            Framing::Chunked => Self::Chunked(ChunkReader::new(rules)),
            Framing::UntilClose => Self::UntilClose,
        }
    }

    /// The same, but its trailers end here where `drops` says so.
    pub(super) fn dropping_trailers(self, drops: bool) -> Self {
        match self {
            Self::Chunked(reader) => Self::Chunked(reader.dropping_trailers(drops)),
            other => other,
        }
    }

    /// Whether no more bytes belong to it. One that ends with the connection is never done by itself.
    #[inline]
    pub(super) fn is_done(&self) -> bool {
        match self {
            Self::Length(n) => *n == 0,
            Self::Chunked(reader) => reader.is_done(),
            Self::UntilClose => false,
        }
    }

    /// Takes what belongs to it from the bytes of `buffer` behind the first `from`, which are ready already. What the next
    /// hop has no use for is taken out of the buffer; names of trailers are written as `cases` has them.
    ///
    /// # Errors
    /// When the chunks are malformed.
    #[inline]
    pub(super) fn take(
        &mut self,
        buffer: &mut Buffer,
        from: usize,
        cases: Option<&HeaderCases>,
    ) -> Result<Taken, ChunkError> {
        let there = buffer.len() - from;
        match self {
            Self::Length(left) => {
                let n = usize::try_from(*left).unwrap_or(usize::MAX).min(there);
                *left -= n as u64;
                Ok(Taken {
                    ready: n,
                    payload: n as u64,
                })
            }
            Self::Chunked(reader) => {
                let followed = reader.follow(&mut buffer.data_mut()[from..], cases)?;
                buffer.cut(from + followed.kept..from + followed.consumed);
                Ok(Taken {
                    ready: followed.kept - reader.held(),
                    payload: followed.payload,
                })
            }
            Self::UntilClose => Ok(Taken {
                ready: there,
                payload: there as u64,
            }),
        }
    }
}

/// What was taken of a body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    /// Bytes that may be sent on.
    pub(super) ready: usize,
    /// Bytes of data in them.
    pub(super) payload: u64,
}
