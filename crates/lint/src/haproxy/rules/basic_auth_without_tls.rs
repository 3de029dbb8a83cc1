//! Passwords that are asked for in clear.

use std::cell::LazyCell;

use haproxy_cfg::ReadWord;
use haproxy_cfg::model::Bind;
use syntax::Severity;

use super::super::view::{Section, bind_is_local};
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "basic-auth-without-tls",
    title: "Passwords that are asked for in clear",
    level: Severity::Warning,
    why: "HTTP's basic authentication sends the password with each request. Without TLS everybody on the way can read \
           it.",
    mend: "listen with ssl, and redirect to it before the password is asked for",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    // Looked for once, and only where something asks for passwords.
    let frontends_ask = LazyCell::new(|| view.of_kind("frontend").any(asks_for_tls));
    for (id, section, proxy) in view.proxies() {
        let Some(rule) = proxy.rules.iter().find(|rule| rule.action == "auth") else {
            continue;
        };
        let is_clear = |bind: &Bind| bind.ssl.is_none() && !bind.accept_proxy && !bind_is_local(bind);
        let clear = view
            .users(id)
            .chain(proxy.kind.is_frontend().then_some(proxy))
            .any(|user| user.binds.iter().any(is_clear));
        // Who asks for TLS in rules of its own is left alone.
        if clear && !asks_for_tls(section) && (proxy.kind.is_frontend() || !*frontends_ask) {
            out.tell(rule.span, "a password is asked for over connections in clear");
        }
    }
}

/// Whether a section looks at TLS, or sends clients to it.
fn asks_for_tls(section: &Section<'_>) -> bool {
    section.lines.iter().any(|line| {
        let of_tls = |word: &ReadWord| memchr::memmem::find(&word.text, b"ssl_fc").is_some();
        line.words.iter().any(of_tls) || (line.has("scheme") && line.has("https"))
    })
}
