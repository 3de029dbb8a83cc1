//! Adverts that come more often than ten times a second.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "advert-int-short",
    title: "Adverts that come more often than ten times a second",
    level: Severity::Warning,
    why: "A machine under load is late by that much: the other one takes over while the first still has the address.",
    mend: "write an advert_int of a tenth of a second or more",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        if one.model.advert_int < std::time::Duration::from_millis(100) {
            out.tell(
                one.place("advert_int"),
                format!("an advert every {:?}", one.model.advert_int),
            );
        }
    }
}
