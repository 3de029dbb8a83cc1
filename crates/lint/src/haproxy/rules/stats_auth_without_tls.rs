//! A password for the statistics page that is sent in clear.

use haproxy_cfg::model::Proxy;
use syntax::Severity;

use super::super::view::bind_is_local;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "stats-auth-without-tls",
    title: "A password for the statistics page that is sent in clear",
    level: Severity::Warning,
    why: "HTTP's basic authentication sends the password with each request. Without TLS everybody on the way can read \
           it.",
    mend: "listen with ssl, or on 127.0.0.1 behind a tunnel",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (id, section, proxy) in view.proxies() {
        if proxy.stats.as_ref().is_none_or(|stats| stats.auth.is_empty()) {
            continue;
        }
        let clear = |user: &&Proxy| {
            user.binds
                .iter()
                .any(|bind| bind.ssl.is_none() && !bind_is_local(bind))
        };
        let open = clear(&proxy) || view.users(id).any(|user| clear(&user));
        // Who asks for TLS in rules of its own is left alone.
        let asks = |line: &super::super::view::Line<'_>| {
            line.words.iter().any(|word| word.text.starts_with(b"ssl_fc"))
        };
        if open && !section.lines.iter().any(asks) {
            let line = view.setting(section, &["stats", "auth"]);
            let place = line.map_or(section.span(), |line| line.span_of(0).to(line.span_of(1)));
            out.tell(place, "the password of the statistics page is sent in clear");
        }
    }
}
