//! `compression` (manual, section 4.2): which answers are compressed, and how.

use super::Word;

/// How a body may be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompressionAlgorithm {
    /// Not at all; it goes in chunks nevertheless.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Deflate,
    /// RFC 1951, under the name `deflate`.
    RawDeflate,
}

impl CompressionAlgorithm {
    /// What a client and `Content-Encoding` call it; none where they are told nothing.
    #[must_use]
    pub fn coding(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Deflate | Self::RawDeflate => Some("deflate"),
        }
    }

    /// What a file and `res.comp_algo` call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::RawDeflate => "raw-deflate",
            Self::Gzip | Self::Deflate => self.coding().unwrap_or_default(),
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Identity, Self::Gzip, Self::Deflate, Self::RawDeflate]
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

/// What the lines of a proxy and of its defaults say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compression {
    /// In the order in which the file names them, those of `defaults` first. Of several for the same coding the last is used.
    pub algorithms: Vec<CompressionAlgorithm>,
    /// Beginnings of media types, in lower case; none is any, if the other proxy of a request has none either.
    pub types: Vec<Word>,
    /// `compression offload`: servers are not to compress.
    pub offload: bool,
    /// `compression minsize-res`: bytes of a body that is worth it.
    pub min_size: u64,
}
