//! ipfail with nothing to count.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-ipfail-without-ping",
    title: "ipfail without anything that is pinged",
    level: Severity::Warning,
    why: "ipfail compares how many of the hosts of `ping` and `ping_group` each node reaches; without one of them it does nothing.",
    mend: "name the gateway of the network with `ping`, or leave ipfail out",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        let settings = &node.config.settings;
        let ipfail = settings.respawn.iter().find(|program| program.is_ipfail());
        if let Some(ipfail) = ipfail.filter(|_| settings.pings.is_empty()) {
            out.tell(node.place(ipfail.span), "ipfail has nothing to ping");
        }
    }
}
