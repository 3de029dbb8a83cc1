//! A use_backend behind one without a condition.

use haproxy_cfg::model::SwitchTarget;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "use-backend-after-unconditional",
    title: "A use_backend behind one without a condition",
    level: Severity::Warning,
    why: "The first use_backend without a condition takes all requests; those below are never looked at.",
    mend: "put it above the one without a condition, or make that one the default_backend",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let mut taken = None;
        for rule in &proxy.use_backend {
            match taken {
                // A name that is computed may be that of no backend.
                None if rule.cond.is_none() && matches!(rule.backend, SwitchTarget::Backend(_)) => {
                    taken = Some(rule.span);
                }
                None => {}
                Some(first) => {
                    let finding = out.finding(rule.span, "this use_backend is never looked at");
                    out.add(finding.label(first, "this one takes all requests"));
                }
            }
        }
    }
}
