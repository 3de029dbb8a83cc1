//! A use_backend that leads where requests go anyway.

use haproxy_cfg::model::SwitchTarget;
use syntax::Applicability;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "redundant-use-backend",
    title: "A use_backend that leads where requests go anyway",
    level: Severity::Note,
    why: "It is the last one, and leads to the default_backend: without it the same happens.",
    mend: "remove it, or write the backend that was meant",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let Some(default) = proxy.default_backend else {
            continue;
        };
        for rule in proxy.use_backend.iter().rev() {
            let same = matches!(rule.backend, SwitchTarget::Backend(target) if target == default);
            if !same || rule.cond.is_none() {
                break;
            }
            let mut finding = out.finding(rule.span, "without this rule the same happens");
            if let Some(span) = view.whole_line(rule.span) {
                finding = finding.fix("remove it", span, "", Applicability::Safe);
            }
            out.add(finding);
        }
    }
}
