//! Two nodes that begin as MASTER.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "both-master",
    title: "Two nodes that begin as MASTER",
    level: Severity::Warning,
    why: "Both take the address at the start, and the one of lower priority gives it back at once: connections to it break.",
    mend: "write 'state BACKUP' on all nodes but the one of highest priority, or on all of them",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        if one.is_master() && other.is_master() {
            out.tell_with(
                other.place("state"),
                "the other node begins as MASTER too",
                one.place("state"),
                "the other node",
            );
        }
    }
}
