//! Nodes that do not agree on whether resources go home.

use heartbeat_conf::model::AutoFailback;
use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-failback-differs",
    title: "Nodes with different auto_failback",
    level: Severity::Alert,
    why: "Nodes hand over in a way that depends on it: with legacy an owner asks for its resources, otherwise who holds them offers them, so the nodes wait for each other or both take the address.",
    mend: "write the same auto_failback on all nodes",
    check,
};

/// As the file has it.
const fn word(value: AutoFailback) -> &'static str {
    match value {
        AutoFailback::On => "on",
        AutoFailback::Off => "off",
        AutoFailback::Legacy => "legacy",
    }
}

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for (first, other) in cluster.beside_first() {
        let (one, two) = (
            &first.config.settings.auto_failback,
            &other.config.settings.auto_failback,
        );
        let place = two.span.map(|span| other.place(span)).or(other.first_medium());
        if let Some(place) = place.filter(|_| one.value != two.value) {
            out.tell(
                place,
                format!(
                    "auto_failback is {} here, and {} on the first node",
                    word(two.value),
                    word(one.value)
                ),
            );
        }
    }
}
