//! A frontend that logs nothing.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "frontend-without-log",
    title: "A frontend that logs nothing",
    level: Severity::Note,
    why: "When something goes wrong nobody can tell what came, where it went and how it ended.",
    mend: "add 'log global' to the defaults section, with a log line in the global section",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let any_log =
        |section: &super::super::view::Section<'_>| section.lines.iter().any(|line| line.has("log"));
    for (_, section, proxy) in view.proxies() {
        let listens = proxy.kind.is_frontend() && !proxy.binds.is_empty();
        // Who writes 'no log' means it, and a page of statistics needs none.
        if listens && proxy.logs.is_empty() && proxy.stats.is_none() && !any_log(section) {
            out.tell(section.span(), format!("'{}' logs nothing", proxy.name));
        }
    }
}
