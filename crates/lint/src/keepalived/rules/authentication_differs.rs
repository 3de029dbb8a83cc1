//! Nodes with different passwords.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "authentication-differs",
    title: "Nodes with different passwords",
    level: Severity::Warning,
    why: "An advert with another password is thrown away, so both nodes become MASTER.",
    mend: "write the same authentication block on all nodes; 8 characters of a password count",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        if one.version() == 2
            && other.version() == 2
            && one.model.authentication != other.model.authentication
        {
            out.tell_with(
                other.place("authentication"),
                "the other node has other authentication",
                one.place("authentication"),
                "the other node",
            );
        }
    }
}
