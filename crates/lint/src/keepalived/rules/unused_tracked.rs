//! Something to track that nothing tracks.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "unused-tracked",
    title: "Something to track that nothing tracks",
    level: Severity::Warning,
    why: "What it looks for moves no address.",
    mend: "name it in the instance's block (track_file, track_process), or remove it",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        let owners = node.top("vrrp_instance").chain(node.top("vrrp_sync_group"));
        let used: Vec<&str> = owners
            .flat_map(|owner| node.tracked(owner))
            .map(|entry| entry.name)
            .collect();
        for keyword in [
            "track_file",
            "vrrp_track_file",
            "track_process",
            "vrrp_track_process",
        ] {
            for block in node.top(keyword) {
                if let Some(name) = block.arg(0).filter(|name| !used.contains(name)) {
                    out.tell(block.span(), format!("'{name}' is tracked by nothing"));
                }
            }
        }
    }
}
