//! Rules as written: one type for all rule sets.

use syntax::Span;

use super::{Set, WrittenCond};
use crate::keywords::{Action, Output, rule_set};
use crate::model::{RuleSet, Word};
use crate::parse::Section;
use crate::parse::sample::Usage;
use crate::signature::Argument;

/// A rule of any rule set.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The bit of [`crate::keywords::rule_set`].
    pub(crate) set: u32,
    /// The row of its action.
    pub(crate) action: &'static Action,
    /// What the row's signature read.
    pub(crate) arguments: Vec<Argument>,
    pub(crate) cond: Option<WrittenCond>,
    /// The condition uses what is only read: the rule is checked, but cannot be applied.
    pub(crate) inert: bool,
    pub(crate) span: Span,
}

impl Rule {
    /// The set, as the model has it; none for one that nothing acts on.
    pub(crate) fn model_set(&self) -> Option<RuleSet> {
        Some(match self.set {
            rule_set::TCP_CONN => RuleSet::TcpConnection,
            rule_set::TCP_SESS => RuleSet::TcpSession,
            rule_set::TCP_REQ => RuleSet::TcpContent,
            rule_set::TCP_RES => RuleSet::TcpResponse,
            rule_set::HTTP_REQ => RuleSet::HttpRequest,
            rule_set::HTTP_RES => RuleSet::HttpResponse,
            rule_set::HTTP_AFTER => RuleSet::HttpAfterResponse,
            rule_set::REDIRECT => RuleSet::Redirect,
            rule_set::STATS => RuleSet::Stats,
            _ => return None,
        })
    }

    /// Whether its action is acted on in its set.
    pub(crate) fn acts(&self) -> bool {
        self.action.act.is_some_and(|sets| sets & self.set != 0)
    }
}

/// What a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    /// A stick table, by the action of that name.
    Table(String, Output),
    /// The stick table of a `stick` line; whether that stores from responses.
    StickTable(bool, Output),
    /// A slot for captures, of requests or not.
    Capture(bool),
    Resolvers,
    /// An `http-errors` section, with the status that is asked of it.
    HttpErrors(i64),
    /// The same, in a line of its own.
    ErrorPage(i64),
    /// An SPOE engine, with the group and where the rule stands.
    SpoeEngine(String, Usage),
    /// A tracer, with the group.
    OtFilter(String),
    /// A limit of bandwidth; where the rule stands, and whether it gives a limit and a period of its own.
    Bandwidth(Usage, [bool; 2]),
    /// What looks at the request's bytes before they are waited for, by the rule of that name.
    Contents(&'static str),
    /// A protocol that does not go with HTTP.
    ModeOfProtocol,
    /// A server of the section's own.
    Server,
}

/// A name that only the whole file can confirm.
#[derive(Clone, Debug)]
pub(crate) struct PendingName {
    pub(crate) kind: Pending,
    pub(crate) name: Set<Word>,
    /// The section's name.
    pub(crate) proxy: String,
    /// The section in the original's words.
    pub(crate) section: String,
    pub(crate) within: Section,
}
