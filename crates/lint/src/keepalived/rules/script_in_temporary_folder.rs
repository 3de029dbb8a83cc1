//! A script in a folder where everybody may write.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "script-in-temporary-folder",
    title: "A script in a folder where everybody may write",
    level: Severity::Warning,
    why: "Who has any account on the machine can put a program there, before the script or in its place, and it is run.",
    mend: "move it to a folder of root, such as /etc/keepalived",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for command in super::super::scripts::commands(node) {
            let open = |word: &&str| {
                ["/tmp/", "/var/tmp/", "/dev/shm/"]
                    .iter()
                    .any(|folder| word.starts_with(folder))
            };
            if let Some(word) = command.text.split_whitespace().find(open) {
                out.tell(command.span, format!("everybody may write beside '{word}'"));
            }
        }
    }
}
