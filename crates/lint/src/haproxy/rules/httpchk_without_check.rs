//! A kind of health check in a backend that checks no server.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "httpchk-without-check",
    title: "A kind of health check in a backend that checks no server",
    level: Severity::Warning,
    why: "'option httpchk' and its kin only say how servers are checked that have 'check'. Here none has it.",
    mend: "add 'check' to the servers",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let mut servers = proxy.servers.iter().filter(|server| !server.unlisted).peekable();
        if servers.peek().is_none() || servers.any(|server| server.check.enabled || server.tracks().is_some())
        {
            continue;
        }
        let kinds = [
            "httpchk",
            "tcp-check",
            "smtpchk",
            "mysql-check",
            "pgsql-check",
            "redis-check",
            "ldap-check",
            "ssl-hello-chk",
        ];
        let line = kinds.iter().find_map(|kind| section.last(&["option", kind]));
        // A section that others take their state from may say it for them.
        let followed = proxy.servers.iter().any(|server| !server.followers().is_empty());
        if let Some(line) = line.filter(|_| !followed) {
            out.tell(line.span(), format!("no server of '{}' is checked", proxy.name));
        }
    }
}
