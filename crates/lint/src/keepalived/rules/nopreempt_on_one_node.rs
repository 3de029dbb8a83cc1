//! nopreempt on one node alone.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "nopreempt-on-one-node",
    title: "nopreempt on one node alone",
    level: Severity::Note,
    why: "Whether an address goes back after a fault then depends on which node had the fault.",
    mend: "write nopreempt on all nodes, or on none",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        if one.model.preempt != other.model.preempt {
            out.tell_with(
                other.place("nopreempt"),
                "one of the nodes has nopreempt, the other does not",
                one.place("nopreempt"),
                "the other node",
            );
        }
    }
}
