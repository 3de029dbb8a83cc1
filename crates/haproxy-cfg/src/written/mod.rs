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
    /// Names of `userlist` sections.
    pub(crate) userlists: Vec<model::Word>,
}
