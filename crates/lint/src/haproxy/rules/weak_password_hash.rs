//! A password hashed in a way that is quickly undone.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "weak-password-hash",
    title: "A password hashed in a way that is quickly undone",
    level: Severity::Warning,
    why: "MD5 and DES are so fast that all short passwords are tried in hours, once somebody has the file.",
    mend: "hash it anew with 'mkpasswd -m sha-256', or yescrypt where the machine has it",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in view.of_kind("userlist") {
        for line in section.all(&["user"]) {
            let Some(at) = line.position("password") else {
                continue;
            };
            let hash = line.word(at + 1);
            let how = match hash {
                _ if hash.starts_with(b"$1$") => "MD5",
                _ if hash.len() == 13 && !hash.starts_with(b"$") => "DES",
                _ => continue,
            };
            out.tell(
                line.span_of(at + 1),
                format!("the password of '{}' is hashed with {how}", line.shown(1)),
            );
        }
    }
}
