//! Servers can be switched off by everybody who sees the statistics page.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "stats-admin-for-all",
    title: "Servers can be switched off by everybody who sees the statistics page",
    level: Severity::Warning,
    why: "With 'stats admin' for all, whoever may look at the page may also take servers out. The page is protected by \
           a password at best.",
    mend: "write a condition such as 'stats admin if { src 127.0.0.1 }'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        if proxy.stats.is_none() {
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
