//! A default_backend behind a use_backend without a condition.

use haproxy_cfg::model::{SwitchRule, SwitchTarget};
use syntax::Applicability;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-default-backend",
    title: "A default_backend behind a use_backend without a condition",
    level: Severity::Warning,
    why: "The use_backend takes all requests that come that far, so the default is never used.",
    mend: "remove one of the two, or give the use_backend its condition",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        // A name that is computed may be that of no backend.
        let takes_all =
            |rule: &&SwitchRule| rule.cond.is_none() && matches!(rule.backend, SwitchTarget::Backend(_));
        let all = proxy.use_backend.iter().find(takes_all);
        // One that comes from `defaults` is for other sections.
        if let (Some(rule), Some(line)) = (all, section.last(&["default_backend"])) {
            let message = format!("default_backend of '{}' is never used", proxy.name);
            let mut finding = out
                .finding(line.span(), message)
                .label(rule.span, "this one takes all requests");
            if let Some(span) = view.whole_line(line.span()) {
                finding = finding.fix("remove it", span, "", Applicability::MaybeIncorrect);
            }
            out.add(finding);
        }
    }
}
