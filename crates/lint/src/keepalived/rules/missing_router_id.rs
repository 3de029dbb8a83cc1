//! No router_id.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "missing-router-id",
    title: "No router_id",
    level: Severity::Note,
    why: "Then the host's name stands in mails and in SNMP, and it changes there with the machine's name.",
    mend: "write 'router_id NAME' into global_defs",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        if node.global("router_id").is_none() && !node.config.instances.is_empty() {
            out.tell(node.place(), "there is no router_id");
        }
    }
}
