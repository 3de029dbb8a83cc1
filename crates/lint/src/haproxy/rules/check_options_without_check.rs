//! Settings of a health check on a server that has none.

use syntax::Severity;
use syntax::{Applicability, Span};

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "check-options-without-check",
    title: "Settings of a health check on a server that has none",
    level: Severity::Warning,
    why: "inter, rise and fall say how it is checked. Without 'check' it is not, and it stays in the farm when it \
           fails.",
    mend: "add 'check'",
    check,
};

/// Options that only mean something with a check.
const OPTIONS: &[&str] = &["inter", "fastinter", "downinter", "rise", "fall"];

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for server in proxy.servers.iter().filter(|server| !server.unlisted) {
            if server.check.enabled || server.agent.is_some() || server.tracks().is_some() {
                continue;
            }
            let Some(line) = view.line(server.span) else {
                continue;
            };
            let Some(option) = OPTIONS.iter().find(|option| line.server_option(option).is_some()) else {
                continue;
            };
            if line.server_option("no-check").is_some() {
                continue;
            }
            let end = line.span().end;
            let behind = Span::new(server.span.file, end, end);
            let message = format!("server '{}' has '{option}', and is not checked", server.name);
            let finding = out.finding(line.option_span(option), message);
            out.add(finding.fix("check it", behind, " check", Applicability::MaybeIncorrect));
        }
    }
}
