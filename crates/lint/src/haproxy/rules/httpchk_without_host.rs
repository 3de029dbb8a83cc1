//! A health check in HTTP/1.1 without a Host header.

use haproxy_cfg::model::CheckKind;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "httpchk-without-host",
    title: "A health check in HTTP/1.1 without a Host header",
    level: Severity::Warning,
    why: "HTTP/1.1 requires it (RFC 9112, section 3.2): servers answer 400, or with the page of whichever site is \
           their first.",
    mend: "add 'http-check send hdr Host NAME'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let CheckKind::Http(check) = &proxy.check else {
            continue;
        };
        let has_host = check
            .headers
            .iter()
            .any(|header| header.to_ascii_lowercase().starts_with(b"host:"));
        let checked = proxy.servers.iter().any(|server| server.check.enabled);
        if *check.version != *b"HTTP/1.1" || has_host || !checked {
            continue;
        }
        if let Some(line) = view.setting(section, &["option", "httpchk"]) {
            out.tell(line.span(), "this check has no Host header");
        }
    }
}
