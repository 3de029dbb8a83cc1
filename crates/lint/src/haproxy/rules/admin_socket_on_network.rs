//! A stats socket that is reached from the network.

use syntax::Severity;

use super::super::view::bind_is_local;
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "admin-socket-on-network",
    title: "A stats socket that is reached from the network",
    level: Severity::Warning,
    why: "It asks for no password. With level admin whoever reaches it may stop servers, change maps and certificates.",
    mend: "use a unix socket, or listen on 127.0.0.1",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for bind in &view.config.global.stats_sockets {
        if !bind_is_local(bind) {
            let place = view.line(bind.span).map_or(bind.span, |line| line.span_of(2));
            out.tell(
                place,
                format!("'{}' can be reached from other machines", bind.written),
            );
        }
    }
}
