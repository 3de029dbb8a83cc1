//! A header that applications trust is added, and the client's own stays.

use syntax::Applicability;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "trusted-header-is-added",
    title: "A header that applications trust is added, and the client's own stays",
    level: Severity::Note,
    why: "A client may send X-Forwarded-Proto or X-Real-IP itself. add-header puts a second one behind it, and many \
           applications take the first.",
    mend: "write set-header",
    check,
};

/// Headers by which applications know clients.
const TRUSTED: &[&[u8]] = &[
    b"x-forwarded-proto",
    b"x-real-ip",
    b"x-forwarded-port",
    b"x-forwarded-host",
    b"x-forwarded-ssl",
    b"x-client-ip",
    b"true-client-ip",
];

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        for line in section.all(&["http-request", "add-header"]) {
            let name = line.word(2).to_ascii_lowercase();
            if !TRUSTED.contains(&&*name) {
                continue;
            }
            // Taken out by a rule of its own, there is none of the client.
            let removed = |other: &super::super::view::Line<'_>| {
                other.is(&["http-request", "del-header"]) && other.word(2).eq_ignore_ascii_case(&name)
            };
            if section.lines.iter().any(removed) {
                continue;
            }
            let finding = out.finding(
                line.span_of(1),
                format!("a client's own '{}' stays beside it", line.shown(2)),
            );
            out.add(finding.fix(
                "in place of the client's",
                line.span_of(1),
                "set-header",
                Applicability::MaybeIncorrect,
            ));
        }
    }
}
