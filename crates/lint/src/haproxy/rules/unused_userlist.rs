//! A userlist that nothing asks.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-userlist",
    title: "A userlist that nothing asks",
    level: Severity::Warning,
    why: "Its users are not asked for anywhere: what it was to protect may be open to all.",
    mend: "add the rule that asks for it, such as 'http-request auth unless { http_auth(NAME) }', or remove it",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in view.of_kind("userlist") {
        let name = section.name();
        if view.mentions(name) < 2 && !view.is_named_inside(name) {
            out.tell(
                section.span(),
                format!("nothing asks for the users of '{}'", section.head.shown(1)),
            );
        }
    }
}
