//! A failure of the interface that is passed over.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "interface-not-watched",
    title: "A failure of the interface that is passed over",
    level: Severity::Note,
    why: "With dont_track_primary the instance stays MASTER without a link, and so does the other node: there are two of them when the link comes back.",
    mend: "leave dont_track_primary out, unless the nodes are joined by a cable without a switch",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        if one.model.dont_track_primary {
            out.tell(
                one.place("dont_track_primary"),
                format!(
                    "'{}' does not mind that '{}' fails",
                    one.name(),
                    one.model.interface
                ),
            );
        }
    }
}
