//! Nodes that do not name the same nodes.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-nodes-differ",
    title: "Nodes that do not name the same nodes",
    level: Severity::Alert,
    why: "A node takes no message of a node that it does not name. Names are those of `uname -n`, in full.",
    mend: "write the same `node` lines on all nodes, with the names that `uname -n` gives",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for (first, other) in cluster.beside_first() {
        for (one, two, whose) in [(first, other, "another node"), (other, first, "the first node")] {
            for node in &one.config.settings.nodes {
                if let Some(span) = node.span.filter(|_| !two.config.settings.has_node(&node.value)) {
                    out.tell(
                        one.place(span),
                        format!("'{}' is not named in the file of {whose}", node.value),
                    );
                }
            }
        }
    }
}
