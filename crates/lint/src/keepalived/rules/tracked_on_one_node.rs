//! What one node tracks and the other does not.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "tracked-on-one-node",
    title: "What one node tracks and the other does not",
    level: Severity::Note,
    why: "The other node keeps the address though the same thing fails there.",
    mend: "track the same on all nodes",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        for (mine, theirs) in [(one, other), (other, one)] {
            let known = cluster.nodes[mine.node].tracked_of(mine);
            for entry in cluster.nodes[theirs.node].tracked_of(theirs) {
                // Interfaces have other names on other machines.
                if entry.kind != "track_interface" && known.iter().all(|same| same.name != entry.name) {
                    let message = format!("'{}' is not tracked here", entry.name);
                    out.tell_with(mine.statement.span(), message, entry.span, "the other node does");
                }
            }
        }
    }
}
