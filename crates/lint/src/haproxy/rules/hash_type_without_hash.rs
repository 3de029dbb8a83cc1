//! hash-type with a balance that hashes nothing.

use haproxy_cfg::model::Balance;
use syntax::Applicability;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "hash-type-without-hash",
    title: "hash-type with a balance that hashes nothing",
    level: Severity::Note,
    why: "hash-type says how a hash chooses a server. With this balance there is none, and the line has no effect.",
    mend: "remove it, or write the balance that was meant, such as 'balance uri'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let Some(line) = section.last(&["hash-type"]) else {
            continue;
        };
        // A balance that is read only may hash; random does, in a way of its own.
        let known = view.setting(section, &["balance"]).is_some_and(|line| {
            matches!(
                line.word(1),
                b"roundrobin" | b"static-rr" | b"leastconn" | b"first"
            )
        });
        if known && !matches!(proxy.balance, Balance::Hash(_)) {
            let mut finding = out.finding(line.span(), format!("'{}' hashes nothing", proxy.name));
            if let Some(span) = view.whole_line(line.span()) {
                finding = finding.fix("remove it", span, "", Applicability::Safe);
            }
            out.add(finding);
        }
    }
}
