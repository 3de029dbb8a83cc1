//! Actions that end a rule set or a connection, or say how it goes on.

use haproxy_cfg::model::Millis;
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make};
use crate::rules::{AwaitBody, Exec, Step};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("allow", |_| Ok(Box::new(Fixed(Step::Stop)))),
    ("accept", |_| Ok(Box::new(Fixed(Step::Stop)))),
    ("reject", |_| Ok(Box::new(Fixed(Step::Reject)))),
    ("disable-l7-retry", |_| Ok(Box::new(DisableRetry))),
    ("wait-for-body", wait_for_body),
    ("expect-proxy", |_| Ok(Box::new(Expect::Proxy))),
    ("expect-netscaler-cip", |_| Ok(Box::new(Expect::Netscaler))),
    ("use-service", use_service),
    ("wait-for-handshake", |_| Ok(Box::new(Fixed(Step::Next)))),
    ("close", |_| Ok(Box::new(Fixed(Step::Close)))),
    ("silent-drop", |at| Ok(Box::new(Fixed(Step::Vanish(hops(at)?))))),
    ("switch-mode", |_| Ok(Box::new(Fixed(Step::SwitchMode)))),
];

/// `rst-ttl`: how many hops a reset may go.
fn hops(at: Compile<'_>) -> Result<Option<u8>, String> {
    let Some([hops, ..]) = at.rule.option("rst-ttl") else {
        return Ok(None);
    };
    let hops = Value::number(&hops.value).and_then(|hops| u8::try_from(hops).ok());
    hops.map(Some).ok_or_else(|| at.missing("ttl"))
}

/// `use-service`. Of services that are not ours the reading of the file tells.
fn use_service(at: Compile<'_>) -> Result<Box<dyn Action>, String> {
    let ours = matches!(at.rule.value("name"), Some(Value::Word("prometheus-exporter")));
    Ok(Box::new(Fixed(if ours { Step::Metrics } else { Step::Next })))
}

/// An action that is nothing but its step.
#[derive(Debug)]
struct Fixed(Step<'static>);

impl Action for Fixed {
    fn apply<'p>(&'p self, _exec: &mut Exec<'_>) -> Step<'p> {
        self.0
    }
}

/// `expect-proxy` and `expect-netscaler-cip`: who is behind the connection is told in front of it.
#[derive(Debug)]
enum Expect {
    Proxy,
    Netscaler,
}

impl Action for Expect {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let preface = exec.client.preface.get_or_insert_default();
        match self {
            Self::Proxy => preface.expects_proxy = true,
            Self::Netscaler => preface.expects_netscaler = true,
        }
        Step::Next
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
