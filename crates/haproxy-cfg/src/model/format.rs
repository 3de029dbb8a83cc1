//! Log-format strings (manual, section 8.2.6).

use super::{Sample, Word};
use crate::keywords::AliasRow;
use syntax::Span;

/// A log-format string.
#[derive(Clone, Debug, PartialEq)]
pub struct Format {
    /// As written.
    pub written: Word,
    /// What it is made of, in order.
    pub parts: Vec<FormatPart>,
    /// How the whole is encoded.
    pub encoding: Encoding,
    /// Where it stands.
    pub span: Span,
}

impl Format {
    /// The text of a string that holds nothing else.
    #[must_use]
    pub fn literal(&self) -> Option<Word> {
        let mut out = Vec::new();
        for part in &self.parts {
            match &part.item {
                FormatItem::Text(text) => out.extend_from_slice(text),
                FormatItem::Alias(_) | FormatItem::Sample(_) => return None,
            }
        }
        Some(out.into())
    }
}

/// A part of a log-format string.
#[derive(Clone, Debug, PartialEq)]
pub struct FormatPart {
    /// What it is.
    pub item: FormatItem,
    /// `%(name)`: what an encoding calls it.
    pub name: Option<Word>,
    /// `%(name:type)`: what it is cast to.
    pub cast: Option<Cast>,
    /// The flags that hold for it.
    pub flags: Flags,
    /// Where it stands.
    pub span: Span,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq)]
pub enum FormatItem {
    /// Text that stands for itself.
    Text(Word),
    /// `%ci` and its kin.
    Alias(&'static AliasRow),
    /// `%[expression]`.
    Sample(Sample),
}

/// What a part is cast to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cast {
    /// `str`
    Text,
    /// `sint`
    Integer,
    /// `bool`
    Bool,
}

/// How a string as a whole is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As text, its parts one behind the other.
    #[default]
    Plain,
    /// `+json`: an object of the parts that have names.
    Json,
    /// `+cbor`: the same in CBOR, written in hexadecimal digits.
    Cbor,
    /// `+cbor,+bin`: the same in bytes.
    CborBytes,
}

/// Flags of a part, from `%{…}` or from `%{…}o` in front of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    /// `+Q`: in quotes.
    pub quoted: bool,
    /// `+X`: numbers in hexadecimal digits.
    pub hexadecimal: bool,
    /// `+E`: what structured data keeps for itself is escaped.
    pub escaped: bool,
    /// `+M`: as it is mandatory, a dash where it is empty.
    pub mandatory: bool,
    /// `+json`.
    pub json: bool,
    /// `+cbor`.
    pub cbor: bool,
    /// `+bin`.
    pub binary: bool,
}
