//! A resolvers section that no server uses.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "unused-resolvers",
    title: "A resolvers section that no server uses",
    level: Severity::Warning,
    why: "Names of servers are then looked up once, at start: servers that move are not followed, though the section \
           looks as if they were.",
    mend: "add 'resolvers NAME' to the servers, or remove the section",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in view.of_kind("resolvers") {
        let name = section.name();
        // The section `default` is asked by the program itself.
        if name != b"default" && view.mentions(name) < 2 && !view.is_named_inside(name) {
            out.tell(
                section.span(),
                format!("nothing uses the resolvers '{}'", section.head.shown(1)),
            );
        }
    }
}
