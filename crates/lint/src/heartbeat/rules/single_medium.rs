//! One path between the nodes.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-single-medium",
    title: "A single path between the nodes",
    level: Severity::Warning,
    why: "When it fails each node takes the other one for dead, and both take the address.",
    mend: "add another path that shares nothing with the first: a cable between the nodes, or a serial line",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        let media = &node.config.settings.media;
        let Some(first) = media.first() else { continue };
        // Several paths on one interface fail together.
        let together = media.iter().all(|medium| {
            medium.kind.interface().is_some() && medium.kind.interface() == first.kind.interface()
        });
        let alone = media.len() == 1;
        if alone || together {
            out.tell(
                node.place(first.span),
                "nothing else connects this node with the other one",
            );
        }
    }
}
