//! One failed check moves the address.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "one-failure-moves-address",
    title: "One failed check moves the address",
    level: Severity::Note,
    why: "Without 'fall' a single check that takes too long, as under load, moves the address, and the next one moves it back.",
    mend: "write 'fall 2' or more, and 'rise' too",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for block in node.top("vrrp_script") {
            let fall: u32 = block
                .last("fall")
                .and_then(|line| line.arg(0)?.parse().ok())
                .unwrap_or(1);
            if fall == 1 {
                let place = block
                    .last("fall")
                    .map_or(block.span(), keepalived_conf::Statement::span);
                out.tell(
                    place,
                    format!(
                        "'{}' fails at the first failure",
                        block.arg(0).unwrap_or_default()
                    ),
                );
            }
        }
    }
}
