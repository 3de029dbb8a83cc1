//! A statistics page for everybody.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "stats-without-auth",
    title: "A statistics page for everybody",
    level: Severity::Warning,
    why: "It shows the addresses and states of all servers, which helps those who prepare an attack.",
    mend: "add 'stats auth USER:PASSWORD' on a listener with TLS, listen on 127.0.0.1, or allow only some addresses by \
           http-request rules",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (id, section, proxy) in view.proxies() {
        let Some(stats) = &proxy.stats else { continue };
        let reachable = view
            .users(id)
            .chain([proxy])
            .any(|user| !user.binds.is_empty() && !View::is_local(user));
        let guarded = |set: haproxy_cfg::model::RuleSet, action: &str| {
            set == haproxy_cfg::model::RuleSet::Stats
                || matches!(action, "deny" | "reject" | "auth" | "tarpit" | "silent-drop")
        };
        let is_guarded = proxy.rules.iter().any(|rule| guarded(rule.set, rule.action))
            || section.lines.iter().any(|line| {
                let old = matches!(
                    line.word(0),
                    b"block" | b"reqdeny" | b"reqideny" | b"reqtarpit" | b"reqitarpit"
                );
                old || line.is(&["stats", "http-request"])
            })
            || view
                .users(id)
                .any(|user| user.rules.iter().any(|rule| guarded(rule.set, rule.action)));
        if !stats.auth.is_empty() || !reachable || is_guarded {
            continue;
        }
        let line = section
            .all(&["stats"])
            .find(|line| !line.is(&["stats", "socket"]));
        let place = line.map_or(section.span(), |line| line.span());
        out.tell(
            place,
            format!("everybody may look at the statistics page of '{}'", proxy.name),
        );
    }
}
