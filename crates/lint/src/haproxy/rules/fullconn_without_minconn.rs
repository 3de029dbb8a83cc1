//! fullconn where no server has minconn.

use syntax::Applicability;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "fullconn-without-minconn",
    title: "fullconn where no server has minconn",
    level: Severity::Note,
    why: "fullconn says at which load servers with minconn get their full maxconn. Without minconn nothing looks at \
           it.",
    mend: "remove it, or add minconn to the servers",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let given = |line: super::super::view::Line<'_>| line.server_option("minconn").is_some();
        let inherited = view.setting(section, &["default-server"]).is_some_and(given);
        let Some(line) = section.last(&["fullconn"]) else {
            continue;
        };
        if proxy.servers.is_empty() || inherited || section.server_lines().any(given) {
            continue;
        }
        let mut finding = out.finding(line.span(), format!("no server of '{}' has minconn", proxy.name));
        if let Some(span) = view.whole_line(line.span()) {
            finding = finding.fix("remove it", span, "", Applicability::Safe);
        }
        out.add(finding);
    }
}
