//! A node that its partner does not name.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "peer-not-named",
    title: "A node that its partner does not name",
    level: Severity::Warning,
    why: "The partner sends it no adverts, so it becomes MASTER although there is one.",
    mend: "add its unicast_src_ip to the unicast_peer block of the other node",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        for (mine, theirs) in [(one, other), (other, one)] {
            let Some(source) = mine.source().filter(|_| mine.is_unicast() && theirs.is_unicast()) else {
                continue;
            };
            if theirs.model.peers.iter().all(|peer| peer.address != source) {
                let message = format!("{source} of the other node is missing");
                out.tell_with(
                    theirs.place("unicast_peer"),
                    message,
                    mine.place("unicast_src_ip"),
                    "the other node",
                );
            }
        }
    }
}
