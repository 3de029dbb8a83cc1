//! Nodes with different advert intervals.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "advert-int-differs",
    title: "Nodes with different advert intervals",
    level: Severity::Warning,
    why: "In version 2 an advert with another interval is thrown away, so both nodes become MASTER; in version 3 a backup waits by the master's interval, which changes with the roles.",
    mend: "write the same advert_int on all nodes",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        if one.model.advert_int != other.model.advert_int {
            out.tell_with(
                other.place("advert_int"),
                format!(
                    "{:?} here, {:?} on the other node",
                    other.model.advert_int, one.model.advert_int
                ),
                one.place("advert_int"),
                "the other node",
            );
        }
    }
}
