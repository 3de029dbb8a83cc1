//! WebSockets without timeout tunnel.

use haproxy_cfg::model::{Mode, Pattern, SwitchTarget};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "websocket-without-tunnel-timeout",
    title: "WebSockets without timeout tunnel",
    level: Severity::Note,
    why: "Once a connection is upgraded, timeout client and timeout server hold, which are made for requests: a \
           WebSocket that is quiet for that long is cut.",
    mend: "add 'timeout tunnel 1h' to the backend or the defaults section",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies().filter(|(_, _, proxy)| proxy.mode == Mode::Http) {
        let upgrade = proxy.acls.iter().enumerate().find(|(_, acl)| {
            let of_header = acl
                .sample
                .text(0)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"upgrade"));
            let named = acl.patterns.iter().any(
                |pattern| matches!(pattern, Pattern::Text(text) if text.eq_ignore_ascii_case(b"websocket")),
            );
            of_header && named
        });
        let Some((number, acl)) = upgrade else { continue };
        // The backends that the ACL leads to; where it leads nowhere, nothing is known.
        for rule in &proxy.use_backend {
            let SwitchTarget::Backend(target) = rule.backend else {
                continue;
            };
            let leads = rule
                .cond
                .iter()
                .flat_map(|cond| cond.any_of.iter().flatten())
                .any(|term| !term.negated && term.acls.iter().any(|line| *line as usize == number));
            let target = view.config.proxy(target);
            if leads && target.timeouts.tunnel.is_none() {
                out.tell(
                    acl.span,
                    format!(
                        "WebSockets go to '{}', which has no 'timeout tunnel'",
                        target.name
                    ),
                );
                break;
            }
        }
    }
}
