//! Servers can be switched off by everybody, on a statistics page without a password.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "stats-admin-for-all",
    title: "Servers can be switched off by everybody, on a statistics page without a password",
    level: Severity::Warning,
    why: "With 'stats admin' for all and no password, whoever reaches the page may take servers out.",
    mend: "write a condition such as 'stats admin if { src 127.0.0.1 }'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        // Who knows the password is meant to.
        if proxy.stats.as_ref().is_none_or(|stats| !stats.auth.is_empty()) {
            continue;
        }
        for line in section.all(&["stats", "admin"]) {
            let always = matches!(line.words.len(), 4 | 5)
                && line.word(2) == b"if"
                && (line.word(3) == b"TRUE" || line.word(4) == b"always_true");
            if always || (line.is(&["stats", "admin", "unless", "FALSE"])) {
                out.tell(
                    line.span(),
                    format!(
                        "whoever sees the page of '{}' may switch its servers off",
                        proxy.name
                    ),
                );
            }
        }
    }
}
