//! Actions that end a rule set or say how it goes on.

use haproxy_cfg::model::Millis;

use super::{Action, Compile, Make};
use crate::rules::{AwaitBody, Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("allow", |_| Ok(Box::new(Allow))),
    ("disable-l7-retry", |_| Ok(Box::new(DisableRetry))),
    ("wait-for-body", wait_for_body),
];

/// `allow`.
#[derive(Debug)]
struct Allow;

impl Action for Allow {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        Step::Stop
    }
}

/// `disable-l7-retry`.
#[derive(Debug)]
struct DisableRetry;

impl Action for DisableRetry {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if let Some(stream) = &mut exec.stream {
            stream.settings.sent_once = true;
        }
        Step::Next
    }
}

/// `wait-for-body`.
#[derive(Debug)]
struct WaitForBody(AwaitBody);

fn wait_for_body(at: Compile<'_>) -> Result<Box<dyn Action>, String> {
    let option = |name: &str| {
        let given = at.rule.option(name)?;
        given.first()?.value.number()
    };
    let time = option("time").and_then(|ms| Millis::try_from(ms).ok());
    let enough = option("at-least").and_then(|bytes| u64::try_from(bytes).ok());
    Ok(Box::new(WaitForBody(AwaitBody {
        time: time.ok_or_else(|| at.missing("time"))?,
        enough: enough.filter(|bytes| *bytes > 0),
    })))
}

impl Action for WaitForBody {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        Step::AwaitBody(self.0)
    }
}
