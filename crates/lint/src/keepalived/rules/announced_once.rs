//! Addresses that are announced only once.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "announced-once",
    title: "Addresses that are announced only once",
    level: Severity::Note,
    why: "With garp_master_delay 0 there is no second burst of gratuitous ARP. A switch or a router that missed the first one goes on sending to the old machine.",
    mend: "leave garp_master_delay at its 5 seconds, or set garp_master_refresh",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let garp = &one.model.garp;
        if garp.master_delay.is_zero() && garp.master_refresh.is_zero() {
            let node = &cluster.nodes[one.node];
            let line = one
                .statement
                .last("garp_master_delay")
                .or_else(|| node.global("vrrp_garp_master_delay"));
            let place = line.map_or(one.statement.span(), keepalived_conf::Statement::span);
            out.tell(
                place,
                format!("the addresses of '{}' are announced once", one.name()),
            );
        }
    }
}
