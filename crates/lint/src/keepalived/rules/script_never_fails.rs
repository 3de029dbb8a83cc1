//! A check that cannot fail.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "script-never-fails",
    title: "A check that cannot fail",
    level: Severity::Warning,
    why: "It always says that all is well: the address never moves for it.",
    mend: "let it end with a status that says how the service is",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for block in node.top("vrrp_script") {
            let Some(line) = block.last("script") else {
                continue;
            };
            let command = super::super::scripts::command(line);
            let text = command.text.trim();
            let name = text.rsplit('/').next().unwrap_or_default();
            let ends_well = ["|| true", "; true", "; exit 0", "|| exit 0", "|| :"].iter();
            let text = text.trim_end_matches(['\'', '"', ' ']);
            if matches!(name, "true" | ":") || ends_well.into_iter().any(|end| text.ends_with(end)) {
                out.tell(
                    command.span,
                    format!("'{}' never fails", block.arg(0).unwrap_or_default()),
                );
            }
        }
    }
}
