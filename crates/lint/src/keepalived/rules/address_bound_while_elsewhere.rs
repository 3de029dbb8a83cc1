//! haproxy listens on an address that the machine may not have.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "address-bound-while-elsewhere",
    title: "haproxy listens on an address that the machine may not have",
    level: Severity::Warning,
    why: "A machine that is not MASTER does not have the address, so haproxy cannot bind to it there and does not start; after a takeover nobody answers.",
    mend: "set net.ipv4.ip_nonlocal_bind = 1 (net.ipv6.ip_nonlocal_bind for IPv6) on all nodes, or write 'transparent' behind the bind line",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    let addresses = cluster.addresses();
    let allowed = |address: &std::net::IpAddr| {
        let family = if address.is_ipv4() { "ipv4" } else { "ipv6" };
        let path = format!("/proc/sys/net/{family}/ip_nonlocal_bind");
        cluster
            .host
            .read_file(&path)
            .is_ok_and(|text| text.trim_ascii() == b"1")
    };
    for proxy in &cluster.proxies {
        for bind in proxy.binds().filter(|bind| !bind.transparent) {
            let address = super::super::cluster::bound(bind).filter(|address| addresses.contains(address));
            if let Some(address) = address.filter(|address| !allowed(address)) {
                out.tell(proxy.at(bind.span), format!("{address} moves between machines"));
            }
        }
    }
}
