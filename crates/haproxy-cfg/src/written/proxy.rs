//! Proxies and `defaults` sections as written.

use std::net::IpAddr;
use std::ops::{Deref, DerefMut};

use syntax::Span;

use super::rare::Rare;
use super::{Acls, Rule, ServerParams, Set, Settings};
use crate::model::{
    AbstractName, Bandwidth, Bind, BindCertificate, Format, Polarity, ProxyKind, Sample, StickTable,
    StickWhat, Word,
};
use crate::values::Family;

/// A `defaults` section.
#[derive(Debug)]
pub(crate) struct DefaultsSection {
    pub(crate) name: Word,
    pub(crate) span: Span,
    /// Index of its lines in [`super::Written::sections`].
    pub(crate) lines: usize,
    /// Whether sections use it by its place, and by its name.
    pub(crate) used: [bool; 2],
    /// `from`.
    pub(crate) parent: Option<usize>,
    pub(crate) settings: Settings,
    pub(crate) acls: Acls,
    pub(crate) rules: Vec<Rule>,
}

/// A frontend, backend or listen section.
#[derive(Debug)]
pub(crate) struct ProxySection {
    pub(crate) name: Word,
    pub(crate) kind: ProxyKind,
    pub(crate) span: Span,
    /// Where its name stands.
    pub(crate) name_span: Span,
    /// Index of its lines in [`super::Written::sections`].
    pub(crate) lines: usize,
    pub(crate) defaults: Option<usize>,
    pub(crate) settings: Settings,
    #[expect(clippy::vec_box, reason = "a list makes room for four at once")]
    pub(crate) servers: Vec<Box<ServerLine>>,
    /// Kinds of rules that stand here so far, as bits.
    pub(crate) rule_classes: u8,
    /// HTTP rule sets, of requests, responses and all answers, that end with a rule without a condition.
    pub(crate) final_rules: [bool; 3],
    pub(crate) more: Rare<MoreOfSection>,
}

/// What few sections of a large file have; found by dereferencing the section.
#[derive(Debug, Default)]
pub(crate) struct MoreOfSection {
    pub(crate) id: Option<Set<u32>>,
    pub(crate) description: Option<Word>,
    pub(crate) binds: Vec<Bind>,
    /// `bind` lines stand where they have no effect.
    pub(crate) idle_binds: bool,
    /// `ssl-f-use` gives its listeners certificates.
    pub(crate) has_certificates: bool,
    /// They themselves, the last one in front.
    pub(crate) certificates: Vec<BindCertificate>,
    /// It has a `bind` line, right or wrong.
    pub(crate) has_bind: bool,
    pub(crate) acls: Acls,
    pub(crate) rules: Vec<Rule>,
    pub(crate) switches: Vec<Switch>,
    pub(crate) stats_admin: Vec<WrittenCond>,
    pub(crate) monitor_fail: Vec<WrittenCond>,
    pub(crate) use_server: Vec<WrittenServerRule>,
    /// `force-persist` and `ignore-persist`; whether it is the first.
    pub(crate) persist_rules: Vec<(bool, WrittenCond)>,
    /// `be-unpublished`.
    pub(crate) unpublished: bool,
    /// `force-be-switch`.
    pub(crate) force_switch: Vec<WrittenCond>,
    pub(crate) stick: Vec<WrittenStick>,
    /// The table of `appsession`.
    pub(crate) app_session: Option<Box<StickTable>>,
    /// `filter bwlim-in` and `filter bwlim-out`.
    pub(crate) bandwidth: Vec<Bandwidth>,
}

/// `stick …`.
#[derive(Debug)]
pub(crate) struct WrittenStick {
    pub(crate) what: StickWhat,
    pub(crate) sample: Box<Sample>,
    /// None for the section's own.
    pub(crate) table: Option<Word>,
    pub(crate) cond: Option<WrittenCond>,
    pub(crate) span: Span,
}

/// `use-server NAME if …`.
#[derive(Debug)]
pub(crate) struct WrittenServerRule {
    pub(crate) name: Word,
    /// What the name is computed by, where it is.
    pub(crate) computed: Option<Box<Format>>,
    pub(crate) cond: WrittenCond,
    pub(crate) span: Span,
}

impl Deref for ProxySection {
    type Target = MoreOfSection;

    fn deref(&self) -> &MoreOfSection {
        &self.more
    }
}

impl DerefMut for ProxySection {
    fn deref_mut(&mut self) -> &mut MoreOfSection {
        &mut self.more
    }
}

impl ProxySection {
    /// One of which nothing but its own line was read.
    pub(crate) fn new(name: Word, kind: ProxyKind, span: Span, name_span: Span) -> Self {
        Self {
            name,
            kind,
            span,
            name_span,
            lines: 0,
            defaults: None,
            settings: Settings::default(),
            servers: Vec::new(),
            rule_classes: 0,
            final_rules: [false; 3],
            more: Rare::default(),
        }
    }
}

/// A condition whose terms name groups, as later lines may add to an ACL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WrittenCond {
    pub(crate) polarity: Polarity,
    pub(crate) any_of: Vec<Vec<CondTerm>>,
    pub(crate) span: Span,
}

/// One term of a [`WrittenCond`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CondTerm {
    pub(crate) negated: bool,
    /// Number of the group among the section's ACLs.
    pub(crate) group: u32,
}

/// A `use_backend`.
#[derive(Clone, Debug)]
pub(crate) struct Switch {
    pub(crate) backend: Set<Word>,
    /// The name is a format.
    pub(crate) computed: Option<Box<Format>>,
    pub(crate) cond: Option<WrittenCond>,
    pub(crate) span: Span,
    /// The condition uses what is only read: the rule is checked, but cannot be applied.
    pub(crate) inert: bool,
}

/// Where a server is, before its name is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ServerHost {
    /// A name or an address, and what the address turned out to be. Names are asked for once it is known whether they are to be.
    Inet {
        written: Word,
        family: Option<Family>,
        ip: Option<IpAddr>,
        port: Option<u16>,
        port_offset: i32,
    },
    Unix(Word),
    Abstract(AbstractName),
    SockPair(i32),
}

/// A `server` line.
#[derive(Clone, Debug)]
pub(crate) struct ServerLine {
    pub(crate) name: Word,
    pub(crate) host: ServerHost,
    /// It takes datagrams.
    pub(crate) datagrams: bool,
    pub(crate) params: ServerParams,
    pub(crate) span: Span,
    pub(crate) name_span: Span,
    pub(crate) addr_span: Span,
}
