//! Nodes that do not have the same addresses.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "addresses-differ",
    title: "Nodes that do not have the same addresses",
    level: Severity::Warning,
    why: "An address that one node lacks is gone once that node is MASTER.",
    mend: "write the same virtual_ipaddress block on all nodes",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        for (mine, theirs) in [(one, other), (other, one)] {
            for address in theirs.all_addresses() {
                if mine.all_addresses().all(|known| known.address != address.address) {
                    let message = format!(
                        "{} is missing, which '{}' of the other node has",
                        address.address,
                        theirs.name()
                    );
                    out.tell_with(
                        mine.place("virtual_ipaddress"),
                        message,
                        theirs.place("virtual_ipaddress"),
                        "the other node",
                    );
                }
            }
        }
    }
}
