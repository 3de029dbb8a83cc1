//! Rules as written: one type for all rule sets.

use syntax::Span;

use super::{Set, WrittenCond};
use crate::keywords::{Action, Output};
use crate::model::{HeaderRuleAction, Word};
use crate::parse::{ActionParse, Section};
use crate::signature::{Argument, Value};

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
    /// What is done of it today; none when that is nothing.
    pub(crate) fn header_action(&self) -> Option<HeaderRuleAction> {
        let text = |index: usize| {
            self.arguments
                .get(index)
                .and_then(|argument| argument.value.text())
        };
        // A header's name is a format as well, of which the original makes nothing but its text.
        let name = || text(0).cloned();
        let value = || match self.arguments.get(1).map(|argument| &argument.value) {
            Some(Value::Format(format)) => format.literal(),
            _ => None,
        };
        Some(match self.action.act? {
            ActionParse::AddLine => HeaderRuleAction::AddLine(text(0)?.clone()),
            ActionParse::AddHeader => HeaderRuleAction::Add {
                name: name()?,
                value: value()?,
            },
            ActionParse::SetHeader => HeaderRuleAction::Set {
                name: name()?,
                value: value()?,
            },
            ActionParse::DelHeader if self.arguments.len() > 1 => return None,
            ActionParse::DelHeader => HeaderRuleAction::Del { name: name()? },
            ActionParse::Allow => HeaderRuleAction::Allow,
            ActionParse::Deny => HeaderRuleAction::Deny {
                status: self.status().unwrap_or(self.default_status()),
            },
            ActionParse::Tarpit => HeaderRuleAction::Tarpit {
                status: self.status().unwrap_or(500),
            },
        })
    }

    fn default_status(&self) -> u16 {
        if self.set & crate::keywords::rule_set::HTTP_RES != 0 {
            502
        } else {
            403
        }
    }

    /// The last `status` among its options.
    fn status(&self) -> Option<u16> {
        let status = |argument: &Argument| match &argument.value {
            Value::Option("status" | "deny_status", values) => values.first()?.value.number(),
            _ => None,
        };
        self.arguments
            .iter()
            .rev()
            .find_map(status)
            .and_then(|status| u16::try_from(status).ok())
    }

    /// An option of an answer that says more than its status.
    pub(crate) fn body_option(&self) -> Option<&Argument> {
        self.arguments.iter().find(|argument| {
            matches!(&argument.value, Value::Option(name, _) if !matches!(*name, "status" | "deny_status" | "default-errorfiles"))
        })
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
    Cache,
    Resolvers,
    /// An `http-errors` section, with the status that is asked of it.
    HttpErrors(i64),
    /// The same, in a line of its own.
    ErrorPage(i64),
    /// An SPOE engine, with the group.
    SpoeEngine(String),
    /// A tracer, with the group.
    OtFilter(String),
    /// What looks at the request's bytes before they are waited for, by the rule of that name.
    Contents(&'static str),
    /// A protocol that does not go with HTTP.
    ModeOfProtocol,
    /// A server of the section's own.
    Server,
    FcgiApp,
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
