//! A persistence cookie without 'secure' where all clients use TLS.

use haproxy_cfg::model::{CookieRewrite, Mode};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "cookie-not-secure",
    title: "A persistence cookie without 'secure' where all clients use TLS",
    level: Severity::Note,
    why: "A browser also sends it over connections in clear, where others see which server a client is at and what it \
           is called.",
    mend: "add 'secure' (and 'httponly') to the cookie line",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (id, section, proxy) in view.proxies() {
        let Some(policy) = proxy.cookie.as_ref().filter(|_| proxy.mode == Mode::Http) else {
            continue;
        };
        if policy.secure || policy.rewrite != CookieRewrite::Insert || proxy.servers.is_empty() {
            continue;
        }
        let mut users = view.users(id).filter(|user| !user.binds.is_empty()).peekable();
        let all_tls =
            users.peek().is_some() && users.all(|user| user.binds.iter().all(|bind| bind.ssl.is_some()));
        if let Some(line) = view.setting(section, &["cookie"]).filter(|_| all_tls) {
            out.tell(
                line.span(),
                format!("the cookie of '{}' is not kept to TLS", proxy.name),
            );
        }
    }
}
