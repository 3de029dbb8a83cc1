//! A password in a file that everybody may read.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "password-world-readable",
    title: "A password in a file that everybody may read",
    level: Severity::Warning,
    why: "Who knows the password can send adverts that take the addresses away.",
    mend: "take the right to read from others: chmod 640",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let Some(line) = one
            .statement
            .last("authentication")
            .and_then(|block| block.last("auth_pass"))
        else {
            continue;
        };
        let node = &cluster.nodes[one.node];
        // An included file has a mode of its own, which is not looked at.
        let mode = cluster
            .facts
            .mode(&node.name)
            .filter(|_| line.span().file == node.file);
        if let Some(mode) = mode.filter(|mode| mode & 0o004 != 0) {
            out.tell(line.span(), format!("the file has mode {mode:o}"));
        }
    }
}
