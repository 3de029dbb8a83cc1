//! A server without a cookie among others that have one.

use haproxy_cfg::model::Mode;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "server-without-cookie",
    title: "A server without a cookie among others that have one",
    level: Severity::Warning,
    why: "Clients of this server get no cookie: they are not kept at it, and lose what it knows of them.",
    mend: "add 'cookie VALUE', different from those of the others",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let Some(policy) = proxy.cookie.as_ref().filter(|_| proxy.mode == Mode::Http) else {
            continue;
        };
        let servers = || proxy.servers.iter().filter(|server| !server.unlisted);
        if policy.dynamic || !servers().any(|server| server.cookie.is_some()) {
            continue;
        }
        // A backup, or one that only answers that nothing works, needs none.
        for server in servers().filter(|server| server.cookie.is_none() && !server.backup) {
            out.tell(
                server.span,
                format!("server '{}' has no cookie, others have", server.name),
            );
        }
    }
}
