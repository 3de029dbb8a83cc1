//! A virtual server on an address that does not come here.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "virtual-server-without-address",
    title: "A virtual server on an address that does not come here",
    level: Severity::Warning,
    why: "Nothing is sent to this machine for it: no instance brings the address, and it is not among static_ipaddress.",
    mend: "write the address into virtual_ipaddress, or correct it",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (index, node) in cluster.nodes.iter().enumerate() {
        let instances = cluster.instances_of(index);
        let fixed = node
            .config
            .statics
            .addresses
            .iter()
            .map(|fixed| fixed.what.address);
        let mut here: Vec<std::net::IpAddr> = fixed.collect();
        here.extend(
            instances
                .iter()
                .flat_map(|one| one.all_addresses().map(|address| address.address)),
        );
        for block in node.top("virtual_server") {
            let Some(address) = block.arg(0).and_then(|text| text.parse().ok()) else {
                continue;
            };
            if !here.is_empty() && !here.contains(&address) {
                out.tell(block.arg_span(0), format!("no instance has {address}"));
            }
        }
    }
}
