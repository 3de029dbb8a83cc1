//! The as-written model: what each section says itself, with its place, before defaults and names are applied.

mod acl;
mod peers;
mod proxy;
mod rare;
mod reference;
mod rule;
mod settings;
mod spoe;
mod tls_params;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;

use rustc_hash::{FxHashMap, FxHashSet};

use syntax::Span;

pub(crate) use acl::{AclGroup, Acls, Incompatible, Looks};
pub(crate) use peers::{PeerLine, PeersBelow, RingLine};
pub(crate) use proxy::{
    CondTerm, DefaultsSection, MoreOfSection, ProxySection, ServerHost, ServerLine, Switch, WrittenCond,
    WrittenServerRule, WrittenStick,
};
pub(crate) use rare::Blank;
pub(crate) use reference::{ArgumentReference, ModeNote, Reference, ReferenceKind, ReferencePlace};
pub(crate) use rule::{Pending, PendingName, Rule};
pub(crate) use settings::{
    EmailAlert, FormatKind, FormatLine, LogEntry, LogLine, MoreServerParams, MoreSettings, OptionFlag,
    ServerParams, Settings, StatsWritten, TimeoutKind, Unresolved, WrittenErrors,
};
pub(crate) use spoe::{SpoeAgent, SpoeArg, SpoeEngine, SpoeGroup, SpoeMessage};

use crate::keywords::Output;
use crate::model;
use crate::parse::Asked;
use crate::parse::global::ThreadGroups;
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
    /// Targets of logs that were read: each has its number.
    pub(crate) log_lines: u32,
    /// First place of each keyword of `global`.
    pub(crate) global_spans: FxHashMap<&'static str, Span>,
    pub(crate) defaults: Vec<DefaultsSection>,
    #[expect(
        clippy::vec_box,
        reason = "a growing list moves its items, and these are large"
    )]
    pub(crate) proxies: Vec<Box<ProxySection>>,
    /// `id` of bind lines: address and place, by proxy and number.
    pub(crate) bind_ids: FxHashMap<(usize, u32), (String, Span)>,
    /// `id` of servers: name and place, by proxy and number.
    pub(crate) server_ids: FxHashMap<(usize, u32), (String, Span)>,
    /// Sections beside the proxies.
    pub(crate) beside: model::sections::Sections,
    /// `errorfiles` lines.
    pub(crate) error_sets: Vec<ErrorSet>,
    /// What `fcgi-app` sections hold besides, in the same order.
    pub(crate) fcgi_apps: Vec<FcgiWritten>,
    /// A record of each section line, in the order of the files.
    pub(crate) sections: Vec<SectionLines>,
    /// Sections that lines name, to be looked for once all is read.
    pub(crate) references: Vec<Reference>,
    /// Arguments of expressions that name sections, or are only judged once all is read.
    pub(crate) argument_references: Vec<ArgumentReference>,
    /// Names that stick tables are found by: those of their proxies, or `PEERS/TABLE`.
    pub(crate) tables: FxHashSet<model::Word>,
    /// Patterns that lines use.
    pub(crate) patterns: Vec<model::PatternReference>,
    /// Names among patterns of addresses.
    pub(crate) pattern_names: RefCell<BTreeMap<String, IpAddr>>,
    /// The numbers that `-u` asks for, of the same.
    pub(crate) pattern_ids: Vec<Option<u32>>,
    /// Files with keys that expressions name, and what they hold.
    pub(crate) key_files: BTreeMap<model::Word, std::sync::Arc<[u8]>>,
    /// What depends on the mode of proxies.
    pub(crate) mode_notes: Vec<ModeNote>,
    /// Backends that `log backend@NAME` lines name.
    pub(crate) log_backends: Vec<(model::Word, Span)>,
    /// What the keys of stick tables are, by the names of their proxies.
    pub(crate) table_types: FxHashMap<model::Word, Output>,
    /// Names in rules, to be looked for once all is read.
    pub(crate) pending: Vec<PendingName>,
    /// Slots for captures of requests and of responses, by proxy.
    pub(crate) captures: FxHashMap<usize, model::Captures>,
    /// Kind and name of filters that rules may name, by proxy.
    pub(crate) named_filters: Vec<(usize, &'static str, model::Word)>,
    /// Engines that filters and their files make.
    pub(crate) spoe_engines: Vec<SpoeEngine>,
    /// Steps of scripted checks, by section, of HTTP or not.
    pub(crate) check_steps: Vec<((crate::parse::Section, bool), Vec<&'static str>)>,
    /// Sections with an `inspect-delay`, of requests or not.
    pub(crate) inspect_delays: Vec<(bool, crate::parse::Section)>,
    /// `thread-group` and `thread-groups`.
    pub(crate) thread_groups: ThreadGroups,
    /// Threads that `bind` lines ask for.
    /// Servers are to be checked as sections say.
    pub(crate) names_healthchecks: bool,
    /// `bind` lines of QUIC: the section's line, what is written, and the line itself.
    pub(crate) quic_binds: Vec<(Span, String, Span)>,
    /// `proto` of `bind` lines, of those in backends too: the section's place, the protocol, the addresses as written, the line.
    pub(crate) protocols_of_binds: Vec<(Span, &'static str, String, Span)>,
    pub(crate) threads_of_binds: Vec<crate::parse::threads::Wanted>,
    /// `external-check` stands in `global`.
    pub(crate) external_check: bool,
    /// With `preserve-env`.
    pub(crate) keeps_environment: bool,
    /// `expose-deprecated-directives` stands in `global`.
    pub(crate) deprecated: bool,
    /// `expose-experimental-directives` stands in `global`.
    pub(crate) experimental: bool,
    /// Names of proxies that last over reloads: whose, and where they stand.
    pub(crate) guids: FxHashMap<String, (String, Span)>,
    /// `ocsp-update.mindelay` and `.maxdelay`.
    pub(crate) ocsp_delays: crate::parse::global::OcspDelays,
    /// `localpeer`.
    pub(crate) local_peer: Option<model::Word>,
    /// What `default-bind` and `default-server` say in the section of peers at hand.
    pub(crate) peers_below: PeersBelow,
    /// Lines of peers.
    pub(crate) peer_lines: Vec<PeerLine>,
    /// The servers of rings.
    pub(crate) ring_lines: Vec<RingLine>,
    /// `h1-case-adjust`: names and places.
    pub(crate) header_cases: Vec<(model::Word, Span)>,
    /// `ssl-default-bind-options`.
    pub(crate) tls_of_binds: Asked,
    /// `ssl-default-server-options`.
    pub(crate) tls_of_servers: Asked,
}

/// An `errorfiles` line.
#[derive(Debug)]
pub(crate) struct ErrorSet {
    /// The proxy that it stands in; empty in `defaults`.
    pub(crate) proxy: model::Word,
    /// The `http-errors` section.
    pub(crate) name: model::Word,
    /// The statuses that are taken from it; all of them when there are none.
    pub(crate) statuses: Vec<u16>,
    pub(crate) span: Span,
}

/// Rules of a `fcgi-app` section, whose ACLs are its own.
#[derive(Debug, Default)]
pub(crate) struct FcgiWritten {
    pub(crate) acls: Acls,
    /// None stand here; conditions want a place for them.
    pub(crate) rules: Vec<Rule>,
    /// Conditions of `set-param`, in the order of the parameters.
    pub(crate) param_conds: Vec<Option<WrittenCond>>,
    /// Conditions of `pass-header`, in the order of the headers.
    pub(crate) header_conds: Vec<Option<WrittenCond>>,
}

impl Written {
    /// Whether a proxy has a server of that name.
    pub(crate) fn has_server(&self, farm: &ProxySection, name: &[u8]) -> bool {
        farm.servers.iter().any(|server| *server.name == *name)
    }
}
