//! Actions that answer in the server's place.

use haproxy_cfg::model::RuleSet;

use super::{Action, Compile, Make};
use crate::answer::{Described, Reply};
use crate::format::FormatPlan;
use crate::http1::Version;
use crate::rules::{Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("deny", |at| {
        let status = if at.rule.set == RuleSet::HttpResponse {
            502
        } else {
            403
        };
        Ok(Box::new(Deny(reply(at, status, true)?)))
    }),
    ("tarpit", |at| Ok(Box::new(Tarpit(reply(at, 500, true)?)))),
    ("return", |at| Ok(Box::new(Return(reply(at, 200, false)?)))),
    ("early-hint", |at| {
        Ok(Box::new(EarlyHint {
            name: at.text("name")?.to_ascii_lowercase().into(),
            value: at.format_in_head("value")?,
        }))
    }),
];

/// The answer that a rule's arguments describe; `status` is its status where they name none.
fn reply(at: Compile<'_>, status: u16, may_be_page: bool) -> Result<Reply, String> {
    Reply::compile(Described {
        config: at.config,
        proxy: at.proxy,
        arguments: &at.rule.arguments,
        status,
        may_be_page,
    })
}

/// Puts the answer together while the message that it is about is at hand.
pub(super) fn put(reply: &Reply, exec: &mut Exec<'_>) {
    let mut answer = std::mem::take(exec.answer);
    exec.has_answer = reply.put(&exec.context(), &mut answer);
    *exec.answer = answer;
}

/// `deny`.
#[derive(Debug)]
struct Deny(Reply);

impl Action for Deny {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        put(&self.0, exec);
        Step::Deny(&self.0)
    }
}

/// `tarpit`.
#[derive(Debug)]
struct Tarpit(Reply);

impl Action for Tarpit {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        put(&self.0, exec);
        Step::Tarpit(&self.0)
    }
}

/// `return`.
#[derive(Debug)]
struct Return(Reply);

impl Action for Return {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        put(&self.0, exec);
        Step::Return(&self.0)
    }
}

/// `early-hint`: those that follow each other without a condition make one answer.
#[derive(Debug)]
struct EarlyHint {
    name: Box<[u8]>,
    value: FormatPlan,
}

impl Action for EarlyHint {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let old = exec
            .request
            .as_ref()
            .is_none_or(|(_, head)| head.version == Version::Http10);
        if !old {
            let value = exec.text(&self.value);
            if exec.hints.is_empty() {
                exec.hints.extend_from_slice(b"HTTP/1.1 103 Early Hints\r\n");
            }
            for part in [&*self.name, b": ", value, b"\r\n"] {
                exec.hints.extend_from_slice(part);
            }
        }
        Step::Next
    }

    fn is_hint(&self) -> bool {
        true
    }
}
