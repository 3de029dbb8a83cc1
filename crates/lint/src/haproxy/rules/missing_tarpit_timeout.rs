//! A tarpit without timeout tarpit.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "missing-tarpit-timeout",
    title: "A tarpit without timeout tarpit",
    level: Severity::Note,
    why: "How long a client is kept is then what timeout connect says, a few seconds: the tarpit hardly holds anybody.",
    mend: "add 'timeout tarpit' to the section, 30s for example",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let rule = proxy.rules.iter().find(|rule| rule.action == "tarpit");
        if let Some(rule) = rule.filter(|_| proxy.timeouts.tarpit.is_none()) {
            out.tell(rule.span, format!("'{}' has no 'timeout tarpit'", proxy.name));
        }
    }
}
