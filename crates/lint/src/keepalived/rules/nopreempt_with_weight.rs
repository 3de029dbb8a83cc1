//! nopreempt with weights.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "nopreempt-with-weight",
    title: "nopreempt with weights",
    level: Severity::Warning,
    why: "A weight lowers the priority so that another node takes over, and nopreempt forbids just that to the others: they leave the address where the fault is until adverts end.",
    mend: "leave the weight out, so that a failure makes the instance FAULT, or drop nopreempt",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances().into_iter().filter(|one| !one.model.preempt) {
        for entry in cluster.nodes[one.node].tracked_of(one) {
            if entry.weight != 0 {
                let message = format!(
                    "'{}' has weight {}, and the instance nopreempt",
                    entry.name, entry.weight
                );
                out.tell_with(entry.span, message, one.place("nopreempt"), "it is here");
            }
        }
    }
}
