//! A server that one lost check takes down.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "single-failure",
    title: "A server that one lost check takes down",
    level: Severity::Note,
    why: "With fall 1 a single packet that gets lost, or one slow answer, takes the server out of the farm.",
    mend: "write fall 2 or more, with a shorter inter where failures must be seen quickly",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let servers = proxy
            .servers
            .iter()
            .filter(|server| server.check.enabled && !server.unlisted);
        let alone = servers.clone().count() < 2;
        for server in servers.filter(|server| server.check.fall == 1) {
            let line = view
                .line(server.span)
                .filter(|line| line.server_option("fall").is_some());
            let inherited = || view.setting(section, &["default-server"]);
            let Some(line) = line.or_else(inherited) else {
                continue;
            };
            let last = if alone { ", the only one," } else { "" };
            out.tell(
                line.option_span("fall"),
                format!("one failed check takes server '{}'{last} down", server.name),
            );
            break;
        }
    }
}
