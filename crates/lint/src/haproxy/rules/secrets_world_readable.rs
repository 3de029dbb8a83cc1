//! Passwords in a file that everybody may read.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "secrets-world-readable",
    title: "Passwords in a file that everybody may read",
    level: Severity::Warning,
    why: "Every user of the machine can read them there, also one that broke into another service.",
    mend: "chmod 640, with root as the owner and the group that haproxy is started with",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let mut told = Vec::new();
    for section in &view.sections {
        for line in &section.lines {
            let secret = match section.keyword() {
                b"userlist" => line.is(&["user"]) && (line.has("insecure-password") || line.has("password")),
                _ => line.is(&["stats", "auth"]) || line.is(&["dynamic-cookie-key"]),
            };
            let span = line.span();
            if !secret || told.contains(&span.file) {
                continue;
            }
            let Some(file) = view.sources.file(span.file) else {
                continue;
            };
            if view.facts.mode(file.name()).is_some_and(|mode| mode & 0o004 != 0) {
                told.push(span.file);
                out.tell(
                    span,
                    format!(
                        "everybody on this machine can read the secrets in {}",
                        file.name()
                    ),
                );
            }
        }
    }
}
