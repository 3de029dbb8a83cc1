//! option allbackups where no server is a backup.

use syntax::Applicability;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "allbackups-without-backup",
    title: "option allbackups where no server is a backup",
    level: Severity::Note,
    why: "It says that all backups are used at once. There is none: mostly 'backup' was forgotten on a server.",
    mend: "remove it, or add 'backup' to the servers that are meant",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let backup = proxy.servers.iter().any(|server| server.backup);
        if proxy.servers.is_empty() || backup {
            continue;
        }
        if let Some(line) = section.last(&["option", "allbackups"]) {
            let mut finding = out.finding(line.span(), format!("'{}' has no backup server", proxy.name));
            if let Some(span) = view.whole_line(line.span()) {
                finding = finding.fix("remove it", span, "", Applicability::Safe);
            }
            out.add(finding);
        }
    }
}
