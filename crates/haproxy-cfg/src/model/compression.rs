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

/// What the lines of a proxy and of its defaults say of answers, and of requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compression {
    /// `compression direction request` or `both`: bodies of requests are packed too.
    pub requests: bool,
    /// What is said of them.
    pub of_requests: RequestCompression,
    /// In the order in which the file names them, those of `defaults` first. Of several for the same coding the last is used.
    pub algorithms: Vec<CompressionAlgorithm>,
    /// Beginnings of media types, in lower case; none is any, if the other proxy of a request has none either.
    pub types: Vec<Word>,
    /// `compression offload`: servers are not to compress.
    pub offload: bool,
    /// `compression minsize-res`: bytes of a body that is worth it.
    pub min_size: u64,
}

/// How bodies of requests are packed, where they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestCompression {
    /// `compression algo-req`: the first word of the last line.
    pub algorithm: Option<CompressionAlgorithm>,
    /// `compression type-req`: beginnings of media types, in lower case.
    pub types: Vec<Word>,
    /// `compression minsize-req`: bytes of a body that is worth it, where its length is said.
    pub min_size: u64,
}
