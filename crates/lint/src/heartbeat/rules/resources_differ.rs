//! haresources that are not the same everywhere.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-resources-differ",
    title: "haresources differ",
    level: Severity::Alert,
    why: "Each node looks into its own haresources for what belongs to whom. What only one of them knows is not taken over, and what each gives to itself both hold at once.",
    mend: "put the same haresources on all nodes",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for (first, other) in cluster.beside_first() {
        for (one, two, whose) in [(first, other, "another node"), (other, first, "the first node")] {
            for group in &one.config.groups {
                let same = two.config.groups.iter().any(|known| {
                    known.owner.eq_ignore_ascii_case(&group.owner)
                        && known.resources.len() == group.resources.len()
                        && known
                            .resources
                            .iter()
                            .zip(&group.resources)
                            .all(|(known, resource)| known.full() == resource.full())
                });
                if let Some(resource) = group.resources.first().filter(|_| !same) {
                    out.tell(
                        one.place(resource.span),
                        format!("haresources of {whose} has no such group of {}", group.owner),
                    );
                }
            }
        }
    }
}
