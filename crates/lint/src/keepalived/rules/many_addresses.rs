//! More addresses than an advert has room for everywhere.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "many-addresses",
    title: "More addresses than an advert has room for everywhere",
    level: Severity::Note,
    why: "Each advert names them all; with more than 20 some switches and other implementations drop it.",
    mend: "move the others to virtual_ipaddress_excluded, on all nodes",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let count = one.model.addresses.len();
        if count > 20 {
            out.tell(one.place("virtual_ipaddress"), format!("{count} addresses"));
        }
    }
}
