//! An instance that no other node has.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "instance-on-one-node",
    title: "An instance that no other node has",
    level: Severity::Warning,
    why: "Nobody takes its addresses over when this machine fails.",
    mend: "write the instance on another node too",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    if cluster.nodes.len() < 2 {
        return;
    }
    for one in cluster.instances() {
        let mut others = (0..cluster.nodes.len()).filter(|index| *index != one.node);
        if others.all(|index| cluster.partner(one, index).is_none()) {
            out.tell(
                one.statement.span(),
                format!("no other node has the addresses of '{}'", one.name()),
            );
        }
    }
}
