//! An address that no listener of haproxy is for.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "address-nothing-binds",
    title: "An address that no listener of haproxy is for",
    level: Severity::Warning,
    why: "Clients that come by it are refused, though it moves as it should.",
    mend: "bind to it, or leave the address out where nothing else uses it",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    // A file without listeners says nothing of where others listen.
    if !cluster.proxies.iter().any(|proxy| proxy.binds().next().is_some()) {
        return;
    }
    for one in cluster.instances() {
        for (line, address, _) in one.address_lines() {
            let mut binds = cluster
                .proxies
                .iter()
                .flat_map(super::super::cluster::Proxy::binds);
            if !binds.any(|bind| super::super::cluster::takes(bind, address)) {
                out.tell(
                    line.words[0].span,
                    format!("haproxy does not listen on {address}"),
                );
            }
        }
    }
}
