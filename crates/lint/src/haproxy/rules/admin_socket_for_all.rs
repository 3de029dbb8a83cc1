//! A stats socket that every user of the machine may write to.

use haproxy_cfg::model::{Address, Level};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "admin-socket-for-all",
    title: "A stats socket that every user of the machine may write to",
    level: Severity::Warning,
    why: "With level admin every user may stop servers and change maps and certificates.",
    mend: "write 'mode 660' with the group of those who need it",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for bind in &view.config.global.stats_sockets {
        let open = bind.unix_mode.is_some_and(|mode| mode & 0o002 != 0);
        if open && matches!(bind.address, Address::Unix(_)) && bind.level == Level::Admin {
            let place = view
                .line(bind.span)
                .map_or(bind.span, |line| line.option_span("mode"));
            out.tell(
                place,
                "every user of this machine may command haproxy through this socket",
            );
        }
    }
}
