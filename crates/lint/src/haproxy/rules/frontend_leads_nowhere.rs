//! A frontend without a backend.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "frontend-leads-nowhere",
    title: "A frontend without a backend",
    level: Severity::Warning,
    why: "Neither use_backend nor default_backend, and nothing that answers by itself: every request gets 503.",
    mend: "add a default_backend",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let leads =
            proxy.default_backend.is_some() || !proxy.use_backend.is_empty() || !proxy.kind.is_frontend();
        // A default_backend that is not there is told by the reading.
        let says = |line: &super::super::view::Line<'_>| {
            matches!(
                line.word(0),
                b"default_backend"
                    | b"use_backend"
                    | b"stats"
                    | b"monitor-uri"
                    | b"monitor-net"
                    | b"redirect"
                    | b"dispatch"
            ) || line.word(0).starts_with(b"server")
                || line.words.iter().any(|word| {
                    matches!(
                        &*word.text,
                        b"return"
                            | b"deny"
                            | b"redirect"
                            | b"reject"
                            | b"tarpit"
                            | b"silent-drop"
                            | b"transparent"
                            | b"use-service"
                            | b"http_proxy"
                    ) || word.text.starts_with(b"lua.")
                })
        };
        let defaults = view.setting(section, &["default_backend"]).is_some() || proxy.stats.is_some();
        if leads || defaults || proxy.binds.is_empty() || section.lines.iter().any(says) {
            continue;
        }
        out.tell(section.span(), format!("'{}' leads to no backend", proxy.name));
    }
}
