//! A stats socket that is reached by an address that moves.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "admin-socket-through-address",
    title: "A stats socket that is reached by an address that moves",
    level: Severity::Warning,
    why: "It asks for no password, and who reaches the service reaches it too.",
    mend: "use a unix socket, or listen on 127.0.0.1",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    let addresses = cluster.addresses();
    for proxy in &cluster.proxies {
        for bind in &proxy.config.global.stats_sockets {
            if let Some(address) = addresses
                .iter()
                .find(|address| super::super::cluster::takes(bind, **address))
            {
                out.tell(
                    proxy.at(bind.span),
                    format!("'{}' is reached at {address}", bind.written),
                );
            }
        }
    }
}
