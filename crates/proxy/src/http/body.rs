//! A body on its way: how much of what was received belongs to it, and whether it has ended.

use proxy_core::http1::{ChunkError, ChunkReader, Framing};

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
    pub(super) fn new(framing: Framing) -> Self {
        match framing {
            Framing::Length(n) => Self::Length(n),
            Framing::Chunked => Self::Chunked(ChunkReader::default()),
            Framing::UntilClose => Self::UntilClose,
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

    /// How many of `data` belong to it.
    ///
    /// # Errors
    /// When the chunks are malformed.
    #[inline]
    pub(super) fn take(&mut self, data: &[u8]) -> Result<usize, ChunkError> {
        match self {
            Self::Length(left) => {
                let n = usize::try_from(*left).unwrap_or(usize::MAX).min(data.len());
                *left -= n as u64;
                Ok(n)
            }
            Self::Chunked(reader) => {
                if reader.is_done() {
                    return Ok(0);
                }
                reader.follow(data)
            }
            Self::UntilClose => Ok(data.len()),
        }
    }
}
