//! A password in clear in a userlist.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "clear-text-password",
    title: "A password in clear in a userlist",
    level: Severity::Warning,
    why: "Whoever sees the file, its backups or its history has the password.",
    mend: "write 'password' with what 'mkpasswd -m sha-256' makes of it",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in view.of_kind("userlist") {
        for line in section.all(&["user"]) {
            if let Some(at) = line.position("insecure-password") {
                out.tell(
                    line.span_of(at),
                    format!("the password of '{}' stands here in clear", line.shown(1)),
                );
            }
        }
    }
}
