//! The port that a scripted check connects to, where neither the server nor its check has one.

use super::inherit::Inherited;
use crate::model::CheckKind;
use crate::parse::Reading;
use crate::signature::{Argument, Given, Value};
use crate::values::{HostPort, Port, host_port};
use crate::written::ProxySection;

/// What is said of rules that give no port.
pub(super) const NOR: &str = " nor tcp_check rule 'connect' with port information";

/// What is said behind "has neither service port nor check port"; none where the script gives a port.
pub(super) fn lacking(
    reading: &Reading<'_>,
    section: &ProxySection,
    check: &CheckKind,
) -> Option<&'static str> {
    let inherited = Inherited::new(reading, section);
    let lines = || inherited.lines(reading, section);
    let by_steps = lines().any(|given| given.name == "tcp-check" && given.option_of_rule().is_none());
    let keyword = match check {
        CheckKind::Script(script) if script.http => "http-check",
        CheckKind::Script(_) => "tcp-check",
        CheckKind::Http(_) => "http-check",
        CheckKind::Tcp if by_steps => "tcp-check",
        CheckKind::Tcp | CheckKind::Service(_) | CheckKind::Program(_) => return Some(""),
        _ => return Some(NOR),
    };
    let steps: Vec<&Given> = lines()
        .filter(|given| given.name == keyword)
        .filter(|given| {
            !matches!(
                given.option_of_rule(),
                None | Some(
                    "comment" | "set-var" | "set-var-fmt" | "unset-var" | "disable-on-404" | "send-state"
                )
            )
        })
        .collect();
    let named = |rule: &str| steps.iter().any(|given| given.option_of_rule() == Some(rule));
    let Some(first) = steps.first() else {
        return Some(if keyword == "tcp-check" { "" } else { NOR });
    };
    // Without a request of its own an HTTP check begins with the usual one.
    let usual = keyword == "http-check" && !named("send");
    if usual || first.option_of_rule() != Some("connect") || !has_port(first) {
        return Some(NOR);
    }
    let mut connects = steps
        .iter()
        .filter(|given| given.option_of_rule() == Some("connect"));
    connects
        .any(|given| !has_port(given))
        .then_some(", and a tcp_check rule 'connect' with no port information")
}

/// Whether a `connect` step says which port, other than by an expression.
fn has_port(step: &Given) -> bool {
    let Some(options) = step.option("connect") else {
        return false;
    };
    let value = |name: &str| {
        options.iter().find_map(|option| match &option.value {
            Value::Option(found, values) if *found == name => {
                values.first().map(|found: &Argument| &found.value)
            }
            _ => None,
        })
    };
    let port = matches!(value("port"), Some(Value::Int(_)));
    let addressed = value("addr").and_then(Value::text).is_some_and(|address| {
        matches!(
            host_port(&address.to_string()),
            Ok(HostPort::Inet {
                port: Port::Fixed(1..),
                ..
            })
        )
    });
    port || addressed
}
