//! A backend that is used and has no server.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "backend-without-servers",
    title: "A backend that is used and has no server",
    level: Severity::Warning,
    why: "Every request that comes to it gets 503.",
    mend: "add a server, or say what is answered: http-request return, redirect, errorfile",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (id, section, proxy) in view.proxies() {
        let Some(user) = view.users(id).next() else {
            continue;
        };
        let answers = |rule: &haproxy_cfg::model::Rule| {
            matches!(
                rule.action,
                "return" | "deny" | "redirect" | "tarpit" | "reject" | "silent-drop" | "auth"
            ) || rule.action.starts_with("use-service")
                || rule.set == haproxy_cfg::model::RuleSet::Redirect
        };
        let says = |line: &super::super::view::Line<'_>| {
            matches!(
                line.word(0),
                b"dispatch"
                    | b"errorfile"
                    | b"errorloc"
                    | b"errorloc302"
                    | b"errorloc303"
                    | b"http-error"
                    | b"errorfiles"
                    | b"stats"
            ) || line.word(0).starts_with(b"server")
                || line.has("use-fcgi-app")
                || line.has("transparent")
                || line.word(0) == b"monitor-uri"
                || line.word(1).starts_with(b"lua.")
        };
        let answered = proxy.stats.is_some()
            || proxy.rules.iter().any(answers)
            || section.lines.iter().any(says)
            || !proxy.use_backend.is_empty()
            || proxy.default_backend.is_some();
        if proxy.servers.is_empty() && !answered {
            let message = format!("'{}' leads to '{}', which has no server", user.name, proxy.name);
            out.tell(section.span(), message);
        }
    }
}
