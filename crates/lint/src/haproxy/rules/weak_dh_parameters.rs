//! Keys for Diffie-Hellman that are too short.

use syntax::Severity;

use super::super::values::number;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "weak-dh-parameters",
    title: "Keys for Diffie-Hellman that are too short",
    level: Severity::Warning,
    why: "1024 bits can be broken with much computing, once for all who use the same parameters (Logjam).",
    mend: "write 2048",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in view.globals() {
        for line in section.all(&["tune.ssl.default-dh-param"]) {
            if let Some(bits) = number(line.word(1)).filter(|bits| *bits < 2048) {
                out.tell(line.span(), format!("{bits} bits are too short"));
            }
        }
    }
}
