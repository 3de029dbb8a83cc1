//! The as-written model: what each section says itself, with its place, before defaults and names are applied.

mod proxy;
mod settings;

use std::collections::HashMap;

use syntax::Span;

pub(crate) use proxy::{
    AclGroup, CondTerm, DefaultsSection, ProxySection, Rule, RuleKind, ServerHost, ServerLine, Switch,
    WrittenCond,
};
pub(crate) use settings::{LogEntry, LogLine, OptionFlag, ServerParams, Settings, StatsWritten, TimeoutKind};

use crate::model;
use crate::signature::Given;

/// What stands in a section, as far as its lines have typed arguments that nothing acts on yet.
#[derive(Clone, Debug)]
pub struct SectionLines {
    /// The section's keyword.
    pub keyword: &'static str,
    /// Its name; empty when it has none.
    pub name: model::Word,
    /// Its first line.
    pub span: Span,
    /// Its lines, in their order.
    pub lines: Vec<Given>,
}

/// A value with the place that gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Set<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

impl<T> Set<T> {
    pub(crate) fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// Everything that was read.
#[derive(Debug, Default)]
pub(crate) struct Written {
    pub(crate) global: model::Global,
    /// First place of each keyword of `global`.
    pub(crate) global_spans: HashMap<&'static str, Span>,
    pub(crate) defaults: Vec<DefaultsSection>,
    pub(crate) proxies: Vec<ProxySection>,
    /// `id` of bind lines: address and place, by proxy and number.
    pub(crate) bind_ids: HashMap<(usize, u32), (String, Span)>,
    /// `id` of servers: name and place, by proxy and number.
    pub(crate) server_ids: HashMap<(usize, u32), (String, Span)>,
    /// `userlist` sections.
    pub(crate) userlists: Vec<Userlist>,
    /// Names of `peers` sections.
    pub(crate) peers: Vec<model::Word>,
    /// A record of each section line, in the order of the files.
    pub(crate) sections: Vec<SectionLines>,
    /// Sections that lines name, to be looked for once all is read.
    pub(crate) references: Vec<Reference>,
    /// `external-check` stands in `global`.
    pub(crate) external_check: bool,
    /// `expose-experimental-directives` stands in `global`.
    pub(crate) experimental: bool,
    /// `localpeer`.
    pub(crate) local_peer: Option<model::Word>,
    /// `h1-case-adjust`: names and places.
    pub(crate) header_cases: Vec<(model::Word, Span)>,
    /// `ssl-server-verify none`.
    pub(crate) server_verify_none: bool,
}

/// A `userlist` section.
#[derive(Debug)]
pub(crate) struct Userlist {
    pub(crate) name: model::Word,
    /// Kind and name of its lines.
    pub(crate) entries: Vec<(String, String)>,
}

/// What a line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReferenceKind {
    /// A `userlist`, in the argument of a fetch.
    Userlist(&'static str),
    /// A `peers` section, of a stick table.
    Peers,
    /// A `resolvers` section, of our own requests.
    ClientResolvers,
}

/// A name that must be declared somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) kind: ReferenceKind,
    pub(crate) name: model::Word,
    pub(crate) span: Span,
    /// The proxy that names it.
    pub(crate) proxy: model::Word,
}
