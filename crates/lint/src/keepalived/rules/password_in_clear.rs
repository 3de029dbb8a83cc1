//! A password that each advert shows.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "password-in-clear",
    title: "A password that each advert shows",
    level: Severity::Note,
    why: "It stands readable in every advert, so it keeps out mistakes and nobody else; version 3 dropped it for that reason.",
    mend: "let the firewall take VRRP (protocol 112) from the partners alone; unicast helps with that",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let pass = matches!(
            one.model.authentication,
            Some(keepalived_conf::model::Authentication::Pass(_))
        );
        if pass && one.version() == 2 {
            out.tell(
                one.place("authentication"),
                format!("the adverts of '{}' show their password", one.name()),
            );
        }
    }
}
