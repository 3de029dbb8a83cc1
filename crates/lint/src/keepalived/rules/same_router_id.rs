//! Nodes with one router_id.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "same-router-id",
    title: "Nodes with one router_id",
    level: Severity::Note,
    why: "Mails and SNMP do not say which of the machines they are about.",
    mend: "give each node a router_id of its own",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (index, node) in cluster.nodes.iter().enumerate() {
        let Some(mine) = node.global("router_id") else {
            continue;
        };
        for other in &cluster.nodes[..index] {
            if let Some(theirs) = other
                .global("router_id")
                .filter(|line| line.arg(0) == mine.arg(0))
            {
                let message = format!("'{}' has it too", other.name);
                out.tell_with(mine.span(), message, theirs.span(), "the other node");
            }
        }
    }
}
