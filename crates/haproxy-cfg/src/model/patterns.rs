//! Pattern references: files of maps and ACLs, and the patterns that ACL lines hold themselves, which the stats socket and
//! rules may change at run time (management guide, `show map`, `show acl`). Who names a file shares it.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::{MatchKind, Word};

/// All references of a configuration.
#[derive(Clone, Debug, Default)]
pub struct PatternReferences {
    /// In the order in which they were first named.
    pub list: Vec<PatternReference>,
    /// The names among patterns of addresses, as they were resolved.
    pub names: BTreeMap<String, IpAddr>,
}

/// A file of patterns, or the patterns of an ACL line.
#[derive(Clone, Debug, Default)]
pub struct PatternReference {
    /// The number that it is known by: that of `-u`, or the first that is free.
    pub id: u32,
    /// The file as it was named, with its prefix; none for the patterns of a line.
    pub file: Option<Word>,
    /// Lines hold a key and a value.
    pub two_columns: bool,
    /// An ACL uses it: `show acl` lists it.
    pub of_acl: bool,
    /// A map uses it: `show map` lists it.
    pub of_map: bool,
    /// Where it is used.
    pub users: Vec<PatternUser>,
    /// For the patterns of a line: the keyword of its ACL.
    pub keyword: Word,
    /// The content of the file.
    pub content: PatternContent,
    /// The patterns of a line.
    pub patterns: Vec<Word>,
    /// The ways in which its patterns are looked at, each once.
    pub expressions: Vec<PatternExpression>,
}

/// A line that uses a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternUser {
    /// As a map, with keys and values.
    pub as_map: bool,
    /// The configuration's file as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// How patterns of a reference are compared with samples, and what comes of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PatternExpression {
    /// How they are compared.
    pub matcher: MatchKind,
    /// Letters' case does not count.
    pub ignore_case: bool,
    /// Numbers may be dotted, as versions are.
    pub dotted: bool,
    /// `map_regm`: references in the value are replaced by what the groups of the expression matched.
    pub substitutes: bool,
    /// What a map gives; none for an ACL.
    pub gives: Option<MapOutput>,
}

/// The type of a map's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MapOutput {
    /// Text.
    Str,
    /// An integer.
    Int,
    /// An address.
    Ip,
}

/// The place of an expression: of which reference, and which of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PatternPlace {
    /// Index into [`PatternReferences::list`].
    pub reference: usize,
    /// Index into [`PatternReference::expressions`].
    pub expression: usize,
}

/// The content of a pattern file, which is handed over once: files may hold millions of lines, and a configuration lives as
/// long as the process.
#[derive(Debug, Default)]
pub struct PatternContent(Mutex<Option<Arc<[u8]>>>);

impl PatternContent {
    /// Holds a content.
    #[must_use]
    pub fn new(content: Arc<[u8]>) -> Self {
        Self(Mutex::new(Some(content)))
    }

    /// The content, which stays.
    #[must_use]
    pub fn share(&self) -> Option<Arc<[u8]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The content, which is gone from here afterwards.
    #[must_use]
    pub fn take(&self) -> Option<Arc<[u8]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Clone for PatternContent {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.share()))
    }
}
