//! Hosts that are pinged for nothing.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-ping-without-ipfail",
    title: "Hosts are pinged, and nothing comes of it",
    level: Severity::Warning,
    why: "heartbeat itself only notes whether they answer. Resources move because of them when ipfail runs along.",
    mend: "write `respawn hacluster /usr/lib/heartbeat/ipfail` on all nodes",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        let settings = &node.config.settings;
        // Another program may count them.
        if let Some(ping) = settings.pings.first().filter(|_| settings.respawn.is_empty()) {
            out.tell(
                node.place(ping.span),
                "no program runs that acts on what is pinged",
            );
        }
    }
}
