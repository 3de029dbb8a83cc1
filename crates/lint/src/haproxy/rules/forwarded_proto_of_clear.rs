//! X-Forwarded-Proto says https of requests in clear.

use syntax::Severity;

use super::super::view::Line;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "forwarded-proto-of-clear",
    title: "X-Forwarded-Proto says https of requests in clear",
    level: Severity::Warning,
    why: "The application takes requests that came in clear for protected ones: it does not redirect them, and may set \
           cookies that are then seen by others.",
    mend: "add 'if { ssl_fc }'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let clear = proxy
            .binds
            .iter()
            .any(|bind| bind.ssl.is_none() && !bind.accept_proxy);
        if !clear || !View::speaks_tls(proxy) {
            continue;
        }
        // What came in clear is sent away before it gets the header.
        let redirected = |line: &Line<'_>| line.has("redirect") && line.has("scheme") && line.has("https");
        if section.lines.iter().any(redirected) {
            continue;
        }
        for line in &section.lines {
            let sets = line.is(&["http-request", "set-header"]) || line.is(&["http-request", "add-header"]);
            let proto = line.word(2).eq_ignore_ascii_case(b"x-forwarded-proto") && line.word(3) == b"https";
            if sets && proto && line.condition() == line.words.len() {
                out.tell(
                    line.span(),
                    format!("requests in clear of '{}' get this header as well", proxy.name),
                );
            }
        }
    }
}
