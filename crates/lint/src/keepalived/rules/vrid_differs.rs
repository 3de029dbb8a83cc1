//! Nodes that have an address under different VRIDs.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "vrid-differs",
    title: "Nodes that have an address under different VRIDs",
    level: Severity::Warning,
    why: "Each node takes the other's adverts for those of a stranger, so both become MASTER and both have the address.",
    mend: "give both the same virtual_router_id",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        if one.model.virtual_router_id != other.model.virtual_router_id {
            out.tell_with(
                other.place("virtual_router_id"),
                format!(
                    "VRID {} here, {} on the other node",
                    other.model.virtual_router_id, one.model.virtual_router_id
                ),
                one.place("virtual_router_id"),
                "the other node",
            );
        }
    }
}
