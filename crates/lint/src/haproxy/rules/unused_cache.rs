//! A cache that nothing uses.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-cache",
    title: "A cache that nothing uses",
    level: Severity::Warning,
    why: "Its memory is taken, and nothing is ever stored in it.",
    mend: "add 'http-request cache-use NAME' and 'http-response cache-store NAME', or remove it",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in view.of_kind("cache") {
        if view.mentions(section.name()) < 2 {
            out.tell(
                section.span(),
                format!("nothing uses the cache '{}'", section.head.shown(1)),
            );
        }
    }
}
