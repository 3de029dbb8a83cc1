//! A node that speaks by unicast to one that does not.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "unicast-on-one-node",
    title: "A node that speaks by unicast to one that does not",
    level: Severity::Warning,
    why: "The one sends to a group that the other does not listen to, so both become MASTER.",
    mend: "write unicast_src_ip and unicast_peer on all nodes, or on none",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        for (mine, theirs) in [(one, other), (other, one)] {
            if !mine.is_unicast() && theirs.is_unicast() {
                out.tell_with(
                    mine.statement.span(),
                    "it has no unicast_peer",
                    theirs.place("unicast_peer"),
                    "the other node has",
                );
            }
        }
    }
}
