//! ipfail where it can do nothing.

use heartbeat_conf::model::AutoFailback;
use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-ipfail-with-legacy-failback",
    title: "ipfail beside auto_failback legacy",
    level: Severity::Warning,
    why: "A node with auto_failback legacy, which is the default, does not hand over while both nodes are there, so what ipfail asks for is refused.",
    mend: "write `auto_failback on` or `auto_failback off`",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        let settings = &node.config.settings;
        let ipfail = settings.respawn.iter().find(|program| program.is_ipfail());
        if let Some(ipfail) = ipfail.filter(|_| settings.auto_failback.value == AutoFailback::Legacy) {
            out.tell(
                node.place(ipfail.span),
                "ipfail cannot hand over under auto_failback legacy",
            );
        }
    }
}
