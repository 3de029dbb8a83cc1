//! A backend whose servers are all disabled.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "all-servers-disabled",
    title: "A backend whose servers are all disabled",
    level: Severity::Warning,
    why: "Every request gets 503 until somebody enables a server on the stats socket.",
    mend: "take 'disabled' off, or make it a maintenance page that says so",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (id, section, proxy) in view.proxies() {
        let mut servers = proxy.servers.iter().filter(|server| !server.unlisted).peekable();
        let used = view.users(id).next().is_some();
        if used
            && servers.peek().is_some()
            && servers.all(|server| server.disabled)
            && proxy.state_file.is_none()
        {
            out.tell(
                section.span(),
                format!("all servers of '{}' are disabled", proxy.name),
            );
        }
    }
}
