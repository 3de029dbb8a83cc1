//! A private key that everybody may read.

use syntax::Severity;

use super::super::certificate::paths;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "private-key-world-readable",
    title: "A private key that everybody may read",
    level: Severity::Warning,
    why: "Who has the key can pretend to be the site. The file is opened before root is given up, so nobody else needs \
           to read it.",
    mend: "chmod 600, with root as the owner, and a new key where others use the machine",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (span, path) in paths(view) {
        for file in [path.clone(), format!("{path}.key")] {
            let open = view.facts.mode(&file).is_some_and(|mode| mode & 0o004 != 0);
            let holds_key = || {
                let text = view.host.read_file(&file).unwrap_or_default();
                memchr::memmem::find(&text, b"PRIVATE KEY-----").is_some()
            };
            if open && holds_key() {
                out.tell(
                    span,
                    format!("everybody on this machine can read the private key in {file}"),
                );
            }
        }
    }
}
