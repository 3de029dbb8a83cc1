//! Adverts that come less than six times a minute.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "advert-int-long",
    title: "Adverts that come less than six times a minute",
    level: Severity::Note,
    why: "A backup waits for three intervals before it takes over: nobody has the address for more than half a minute.",
    mend: "write an advert_int of one or two seconds",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        if one.model.advert_int > std::time::Duration::from_secs(10) {
            out.tell(
                one.place("advert_int"),
                format!("an advert every {:?}", one.model.advert_int),
            );
        }
    }
}
