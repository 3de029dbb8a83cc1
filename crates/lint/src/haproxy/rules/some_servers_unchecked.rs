//! Servers without a check among others that have one.

use syntax::Severity;
use syntax::{Applicability, Span};

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "some-servers-unchecked",
    title: "Servers without a check among others that have one",
    level: Severity::Warning,
    why: "They stay in the farm when they fail. Mostly 'check' was forgotten on the line.",
    mend: "add 'check'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let servers = || proxy.servers.iter().filter(|server| !server.unlisted);
        let watched = |server: &haproxy_cfg::model::Server| {
            server.check.enabled
                || server.agent.is_some()
                || server.tracks().is_some()
                || server.observe.is_some()
        };
        if !servers().any(watched) {
            continue;
        }
        for server in servers().filter(|server| !watched(server) && !server.disabled && !server.backup) {
            let Some(line) = view.line(server.span) else {
                continue;
            };
            if line.server_option("no-check").is_some() {
                continue;
            }
            let end = line.span().end;
            let behind = Span::new(server.span.file, end, end);
            let finding = out.finding(
                line.span(),
                format!("server '{}' is not checked, others are", server.name),
            );
            out.add(finding.fix(
                "check it as well",
                behind,
                " check",
                Applicability::MaybeIncorrect,
            ));
        }
    }
}
