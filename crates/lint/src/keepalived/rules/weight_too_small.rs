//! A weight that does not move the address.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "weight-too-small",
    title: "A weight that does not move the address",
    level: Severity::Warning,
    why: "When what is tracked fails, the priority of this node still is above that of the other one, and the address stays where it does not work.",
    mend: "make the weight larger than the difference of the priorities",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        let (high, low) = if one.model.priority >= other.model.priority {
            (one, other)
        } else {
            (other, one)
        };
        let difference = i32::from(high.model.priority) - i32::from(low.model.priority);
        // A gain that both nodes have is what the one with the fault lacks.
        let gains_too = |name: &str| {
            let theirs = cluster.nodes[low.node].tracked_of(low);
            theirs.iter().any(|entry| entry.name == name && entry.weight > 0)
        };
        for entry in cluster.nodes[high.node].tracked_of(high) {
            // What a file says is not known.
            if entry.weight == 0 || entry.kind == "track_file" || difference == 0 {
                continue;
            }
            let lost = if entry.weight < 0 || gains_too(entry.name) {
                entry.weight.abs()
            } else {
                0
            };
            if lost <= difference {
                let message = format!(
                    "the priorities are {} and {}: without '{}' the address stays here",
                    high.model.priority, low.model.priority, entry.name
                );
                out.tell_with(entry.span, message, low.place("priority"), "the other node");
            }
        }
    }
}
