//! Requests that are led to a disabled section.

use haproxy_cfg::model::SwitchTarget;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "leads-to-disabled-backend",
    title: "Requests that are led to a disabled section",
    level: Severity::Warning,
    why: "It is not started: requests get 503.",
    mend: "take 'disabled' off, or lead them elsewhere",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let rules = proxy.use_backend.iter().filter_map(|rule| match rule.backend {
            SwitchTarget::Backend(target) => Some((target, rule.span)),
            SwitchTarget::Named(_) => None,
        });
        let line = || {
            view.setting(section, &["default_backend"])
                .map_or(section.span(), |line| line.span())
        };
        let default = proxy.default_backend.map(|target| (target, line()));
        for (target, span) in rules.chain(default) {
            let target = view.config.proxy(target);
            if target.disabled {
                out.tell(span, format!("'{}' is disabled", target.name));
            }
        }
    }
}
