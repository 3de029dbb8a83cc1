//! Several servers, none of which is checked.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "servers-without-check",
    title: "Several servers, none of which is checked",
    level: Severity::Warning,
    why: "A server that fails stays in the farm, and its share of the clients gets errors.",
    mend: "add 'check' to the servers, or 'default-server check' above them",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let mut servers = proxy.servers.iter().filter(|server| !server.unlisted).peekable();
        let watched = |server: &haproxy_cfg::model::Server| {
            server.check.enabled
                || server.agent.is_some()
                || server.tracks().is_some()
                || server.observe.is_some()
        };
        let several = servers.clone().nth(1).is_some();
        let Some(first) = servers.peek().map(|server| server.span) else {
            continue;
        };
        if several && !servers.any(watched) {
            let finding = out.finding(
                section.span(),
                format!("no server of '{}' is checked", proxy.name),
            );
            out.add(finding.label(first, "the first of them"));
        }
    }
}
