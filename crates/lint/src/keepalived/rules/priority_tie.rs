//! Nodes of one priority.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "priority-tie",
    title: "Nodes of one priority",
    level: Severity::Warning,
    why: "Who becomes MASTER is left to the addresses of the machines, and after a fault nothing brings the address back to where it was.",
    mend: "give the node that shall have the address a higher priority",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        if one.model.priority == other.model.priority {
            out.tell_with(
                other.place("priority"),
                format!("both nodes have priority {}", other.model.priority),
                one.place("priority"),
                "the other node",
            );
        }
    }
}
