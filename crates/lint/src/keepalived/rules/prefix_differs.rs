//! Nodes that set an address with different prefixes.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "prefix-differs",
    title: "Nodes that set an address with different prefixes",
    level: Severity::Warning,
    why: "After a takeover the machine has other routes than the one before it.",
    mend: "write the address with the same prefix on all nodes",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        for mine in one.all_addresses() {
            let theirs = other
                .all_addresses()
                .find(|theirs| theirs.address == mine.address);
            if let Some(theirs) = theirs.filter(|theirs| theirs.prefix != mine.prefix) {
                let message = format!(
                    "{} has {} bits here, {} on the other node",
                    mine.address, theirs.prefix, mine.prefix
                );
                out.tell_with(
                    other.place("virtual_ipaddress"),
                    message,
                    one.place("virtual_ipaddress"),
                    "the other node",
                );
            }
        }
    }
}
