//! A backend whose servers are all backups.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "only-backup-servers",
    title: "A backend whose servers are all backups",
    level: Severity::Warning,
    why: "Backups are used only when no other server works, and then only the first of them: load is not spread.",
    mend: "take 'backup' off the servers that are to work, or add 'option allbackups'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let servers = || proxy.servers.iter().filter(|server| !server.unlisted);
        let several = servers().nth(1).is_some();
        if several && servers().all(|server| server.backup) && !proxy.options.allbackups {
            out.tell(
                section.span(),
                format!(
                    "all servers of '{}' are backups: the first one gets all",
                    proxy.name
                ),
            );
        }
    }
}
