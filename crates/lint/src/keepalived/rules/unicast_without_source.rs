//! Unicast without a source address.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "unicast-without-source",
    title: "Unicast without a source address",
    level: Severity::Note,
    why: "Adverts leave with the first address of the interface, which may be another one after the network was set up anew; partners that do not name that one hear nothing.",
    mend: "write unicast_src_ip with the address that the partners name",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        if one.is_unicast() && one.source().is_none() {
            out.tell(
                one.place("unicast_peer"),
                format!("'{}' has no unicast_src_ip", one.name()),
            );
        }
    }
}
