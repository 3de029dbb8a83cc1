//! Priority 255.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "owner-priority",
    title: "Priority 255",
    level: Severity::Note,
    why: "It says that the addresses are this machine's own: it takes them from everybody at its start, no weight and no fault of a script counts, and two such nodes never agree.",
    mend: "use 254 or less where the addresses move",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        if one.model.priority == 255 {
            out.tell(
                one.place("priority"),
                format!("'{}' owns its addresses", one.name()),
            );
        }
    }
}
