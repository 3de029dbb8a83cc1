//! A weight that goes beyond what a priority can be.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "weight-beyond-limit",
    title: "A weight that goes beyond what a priority can be",
    level: Severity::Note,
    why: "Priorities end at 1 and 254: what is beyond is cut off, and nodes that should differ come out the same.",
    mend: "choose priorities and weights whose sums stay between 1 and 254",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        if one.model.priority == 255 {
            continue;
        }
        for entry in cluster.nodes[one.node].tracked_of(one) {
            let sum = i32::from(one.model.priority) + entry.weight;
            if entry.kind != "track_file" && !(1..=254).contains(&sum) {
                out.tell_with(
                    entry.span,
                    format!("{} and {} make {sum}", one.model.priority, entry.weight),
                    one.place("priority"),
                    "the priority",
                );
            }
        }
    }
}
