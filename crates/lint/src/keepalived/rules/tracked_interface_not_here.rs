//! An interface that is tracked and that this machine does not have.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "tracked-interface-not-here",
    title: "An interface that is tracked and that this machine does not have",
    level: Severity::Note,
    why: "Where the file is for this machine, the instance is in FAULT until the interface comes, and its addresses are nowhere.",
    mend: "correct the name; when the file is for another machine, ignore this",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        // The files of a cluster are for other machines too.
        if cluster.nodes.len() != 1 {
            continue;
        }
        for entry in cluster.nodes[one.node].tracked_of(one) {
            if entry.kind == "track_interface" && !cluster.host.has_interface(entry.name) {
                out.tell(
                    entry.span,
                    format!("this machine has no interface '{}'", entry.name),
                );
            }
        }
    }
}
