//! An interface that is tracked and used by nothing.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "tracked-interface-unused",
    title: "An interface that is tracked and used by nothing",
    level: Severity::Note,
    why: "A failure there takes the addresses away, though no instance, address or route is on it. Mostly it was renamed elsewhere in the file.",
    mend: "name the interface that is meant; when its link stands for something else, allow this in a comment",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let node = &cluster.nodes[one.node];
        let used = |name: &str| {
            node.config.instances.iter().any(|other| {
                let addresses = other.addresses.iter().chain(&other.excluded);
                other.interface == name
                    || addresses.into_iter().any(|address| address.interface == name)
                    || other
                        .routes
                        .iter()
                        .any(|route| route.interfaces().any(|interface| interface == name))
            })
        };
        for entry in node.tracked_of(one) {
            if entry.kind == "track_interface" && !used(entry.name) {
                out.tell(entry.span, format!("nothing is on '{}'", entry.name));
            }
        }
    }
}
