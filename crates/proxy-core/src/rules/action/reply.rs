//! Actions that answer in the server's place, and what they answer.

use haproxy_cfg::model::RuleSet;
use haproxy_cfg::signature::{Argument, Value};

use super::{Action, Compile, Make};
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("deny", |at| {
        let status = if at.rule.set == RuleSet::HttpResponse {
            502
        } else {
            403
        };
        Ok(Box::new(Deny(Reply::compile(at, status)?)))
    }),
    ("tarpit", |at| Ok(Box::new(Tarpit(Reply::compile(at, 500)?)))),
];

/// What a client is answered.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
}

impl Reply {
    /// The answer that a rule's arguments describe; `status` is its status where they name none.
    fn compile(at: Compile<'_>, status: u16) -> Result<Self, String> {
        let given = |argument: &Argument| match &argument.value {
            Value::Option("status" | "deny_status", values) => values.first()?.value.number(),
            _ => None,
        };
        let given = at.rule.arguments.iter().rev().find_map(given);
        Ok(Self {
            status: given
                .and_then(|status| u16::try_from(status).ok())
                .unwrap_or(status),
        })
    }
}

/// `deny`.
#[derive(Debug)]
struct Deny(Reply);

impl Action for Deny {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        Step::Deny(&self.0)
    }
}

/// `tarpit`.
#[derive(Debug)]
struct Tarpit(Reply);

impl Action for Tarpit {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        Step::Tarpit(&self.0)
    }
}
