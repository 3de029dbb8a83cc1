//! The node that begins as MASTER has the lower priority.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "master-with-lower-priority",
    title: "The node that begins as MASTER has the lower priority",
    level: Severity::Warning,
    why: "It takes the address at the start and loses it to the other node a moment later.",
    mend: "give it the higher priority, or write 'state BACKUP'",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        for (mine, theirs) in [(one, other), (other, one)] {
            if mine.is_master() && !theirs.is_master() && mine.model.priority < theirs.model.priority {
                let message = format!(
                    "priority {} here, {} on the other node",
                    mine.model.priority, theirs.model.priority
                );
                out.tell_with(
                    mine.place("state"),
                    message,
                    theirs.place("priority"),
                    "the other node",
                );
            }
        }
    }
}
