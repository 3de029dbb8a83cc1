//! Rows of sample fetches, converters and derived ACL keywords.

use std::collections::HashMap;
use std::sync::LazyLock;

use syntax::{Arity, Status, Version};

use crate::model::{FetchKind, MatchKind};

/// The type that a fetch or a converter gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// Yes or no.
    Bool,
    /// A signed integer.
    Sint,
    /// An IPv4 or IPv6 address.
    Addr,
    /// Text.
    Str,
    /// Bytes.
    Bin,
    /// A method.
    Meth,
    /// Known at run time only.
    Any,
}

/// A sample fetch.
#[derive(Clone, Copy, Debug)]
pub struct FetchRow {
    /// Its name.
    pub name: &'static str,
    /// Where it may be used: bit N is column N of the listing that `haproxy -dKsmp` prints.
    pub contexts: u32,
    /// How many arguments it takes.
    pub arity: Arity,
    /// What it gives.
    pub output: Output,
    /// First version that has it; for what came after 2.6, not before.
    pub since: Option<Version>,
    /// The fetch that the data path knows.
    pub(crate) act: Option<FetchKind>,
}

impl FetchRow {
    /// Whether samples of it are taken.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.act.is_some() {
            Status::Implemented
        } else {
            Status::ReadOnly
        }
    }

    pub(super) const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version::new(major, minor));
        self
    }

    pub(super) const fn acts(mut self, act: FetchKind) -> Self {
        self.act = Some(act);
        self
    }
}

pub(super) const fn fetch(name: &'static str, contexts: u32, min: u8, max: u8, output: Output) -> FetchRow {
    FetchRow {
        name,
        contexts,
        arity: Arity::between(min, max),
        output,
        since: None,
        act: None,
    }
}

/// A converter. None is acted on yet.
#[derive(Clone, Copy, Debug)]
pub struct ConverterRow {
    /// Its name.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: Arity,
    /// What it takes.
    pub input: Output,
    /// What it gives.
    pub output: Output,
    /// First version that has it; for what came after 2.6, not before.
    pub since: Option<Version>,
}

impl ConverterRow {
    pub(super) const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version::new(major, minor));
        self
    }
}

pub(super) const fn converter(
    name: &'static str,
    min: u8,
    max: u8,
    input: Output,
    output: Output,
) -> ConverterRow {
    ConverterRow {
        name,
        arity: Arity::between(min, max),
        input,
        output,
        since: None,
    }
}

/// A keyword of ACLs that stands for a fetch with a match method.
#[derive(Clone, Copy, Debug)]
pub struct DerivedRow {
    /// Its name.
    pub name: &'static str,
    /// The fetch.
    pub fetch: &'static str,
    /// The match method, when it is acted on.
    pub matcher: Option<MatchKind>,
}

pub(crate) static FETCH_INDEX: LazyLock<HashMap<&'static str, &'static FetchRow>> =
    LazyLock::new(|| super::FETCHES.iter().map(|row| (row.name, row)).collect());
pub(crate) static CONVERTER_INDEX: LazyLock<HashMap<&'static str, &'static ConverterRow>> =
    LazyLock::new(|| super::CONVERTERS.iter().map(|row| (row.name, row)).collect());
pub(crate) static DERIVED_INDEX: LazyLock<HashMap<&'static str, &'static DerivedRow>> =
    LazyLock::new(|| super::DERIVED.iter().map(|row| (row.name, row)).collect());
