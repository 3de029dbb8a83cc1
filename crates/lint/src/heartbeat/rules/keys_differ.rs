//! Nodes that do not believe each other.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-keys-differ",
    title: "A node's messages are refused by the other one",
    level: Severity::Alert,
    why: "Each node takes only messages that a key of its own authkeys has signed. What is refused is as if it had never come: both nodes take the other one for dead, and both take the address.",
    mend: "put the same authkeys on all nodes",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for (first, other) in cluster.beside_first() {
        for (signer, reader, whose) in [(other, first, "the first node"), (first, other, "another node")] {
            let Some(signing) = signer.config.keys.signing() else {
                continue;
            };
            let known = reader
                .config
                .keys
                .find(signing.number)
                .is_some_and(|key| key.method == signing.method && key.secret == signing.secret);
            // Without any key the reading has told enough.
            if !known && !reader.config.keys.keys.is_empty() {
                out.tell(
                    signer.place(signing.span),
                    format!("key {} signs here, and {whose} has no such key", signing.number),
                );
            }
        }
    }
}
