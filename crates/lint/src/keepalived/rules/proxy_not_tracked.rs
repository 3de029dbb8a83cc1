//! A haproxy that nothing looks at.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "proxy-not-tracked",
    title: "A haproxy that nothing looks at",
    level: Severity::Warning,
    why: "When haproxy ends or hangs, the address stays on this machine, and nobody answers.",
    mend: "track it: a vrrp_script that asks it something, or a vrrp_track_process",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let mut binds = cluster
            .proxies
            .iter()
            .flat_map(super::super::cluster::Proxy::binds);
        let serves = binds.any(|bind| {
            one.all_addresses()
                .any(|address| super::super::cluster::takes(bind, address.address))
        });
        // Any check may be about it.
        let node = &cluster.nodes[one.node];
        let watched = node
            .tracked_of(one)
            .iter()
            .any(|entry| matches!(entry.kind, "track_script" | "track_process" | "track_file"));
        if serves && !watched {
            out.tell(
                one.statement.span(),
                format!("'{}' stays when haproxy ends", one.name()),
            );
        }
    }
}
