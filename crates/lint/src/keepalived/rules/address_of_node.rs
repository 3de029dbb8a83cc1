//! An address that moves and is the address of a node.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "address-of-node",
    title: "An address that moves and is the address of a node",
    level: Severity::Warning,
    why: "Adverts come from the address of a node; as it moves to another one, the nodes take themselves for their partners.",
    mend: "let another address move",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        for (line, address, _) in one.address_lines() {
            let peer = one.model.peers.iter().any(|peer| peer.address == address);
            if peer || one.source() == Some(address) {
                out.tell(line.words[0].span, format!("{address} is the address of a node"));
            }
        }
    }
}
