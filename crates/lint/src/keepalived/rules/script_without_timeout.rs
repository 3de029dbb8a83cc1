//! A check without a timeout.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "script-without-timeout",
    title: "A check without a timeout",
    level: Severity::Note,
    why: "A check that hangs counts as failed only when the next one is due, and its process stays.",
    mend: "write a timeout that is below the interval",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for block in node.top("vrrp_script") {
            if block.last("timeout").is_none() {
                out.tell(
                    block.span(),
                    format!("'{}' may hang", block.arg(0).unwrap_or_default()),
                );
            }
        }
    }
}
