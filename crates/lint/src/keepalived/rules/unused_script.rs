//! A vrrp_script that nothing tracks.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "unused-script",
    title: "A vrrp_script that nothing tracks",
    level: Severity::Warning,
    why: "It is never run: what it looks for moves no address.",
    mend: "name it in the track_script block of an instance or a sync group, or remove it",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        let owners = node.top("vrrp_instance").chain(node.top("vrrp_sync_group"));
        let used: Vec<&str> = owners
            .flat_map(|owner| node.tracked(owner))
            .map(|entry| entry.name)
            .collect();
        for block in node.top("vrrp_script") {
            if let Some(name) = block.arg(0).filter(|name| !used.contains(name)) {
                out.tell(block.span(), format!("'{name}' is tracked by nothing"));
            }
        }
    }
}
