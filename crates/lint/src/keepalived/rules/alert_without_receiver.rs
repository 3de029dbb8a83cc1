//! Mail that nobody gets.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "alert-without-receiver",
    title: "Mail that nobody gets",
    level: Severity::Warning,
    why: "smtp_alert asks for mail of changes, and without smtp_server and notification_email none is sent.",
    mend: "write both into global_defs, or leave smtp_alert out",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let node = &cluster.nodes[one.node];
        let smtp = &node.config.global.smtp;
        if one.model.smtp_alert && (smtp.server.is_none() || smtp.to.is_empty()) {
            let lacking = if smtp.server.is_none() {
                "smtp_server"
            } else {
                "notification_email"
            };
            let line = one
                .statement
                .last("smtp_alert")
                .or_else(|| node.global("smtp_alert"));
            let place = line.map_or(one.statement.span(), keepalived_conf::Statement::span);
            out.tell(place, format!("there is no {lacking}"));
        }
    }
}
