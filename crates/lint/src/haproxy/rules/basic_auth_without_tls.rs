//! Passwords that are asked for in clear.

use syntax::Severity;

use super::super::view::bind_is_local;
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
    for (id, section, proxy) in view.proxies() {
        let Some(rule) = proxy.rules.iter().find(|rule| rule.action == "auth") else {
            continue;
        };
        let clear = view
            .users(id)
            .chain(proxy.kind.is_frontend().then_some(proxy))
            .any(|user| {
                user.binds
                    .iter()
                    .any(|bind| bind.ssl.is_none() && !bind.accept_proxy && !bind_is_local(bind))
            });
        // Who asks for TLS in rules of its own is left alone.
        let asks = |section: &super::super::view::Section<'_>| {
            section.lines.iter().any(|line| {
                line.words
                    .iter()
                    .any(|word| memchr::memmem::find(&word.text, b"ssl_fc").is_some())
                    || (line.has("scheme") && line.has("https"))
            })
        };
        let users_ask = || {
            view.sections
                .iter()
                .filter(|section| section.keyword() == b"frontend")
                .any(asks)
        };
        if clear && !asks(section) && (proxy.kind.is_frontend() || !users_ask()) {
            out.tell(rule.span, "a password is asked for over connections in clear");
        }
    }
}
