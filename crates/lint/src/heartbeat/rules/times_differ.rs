//! Nodes with different patience.

use heartbeat_conf::model::Times;
use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-times-differ",
    title: "Nodes with different times or ports",
    level: Severity::Warning,
    why: "A node that sends less often than the other one expects is taken for dead; one that listens on another port is never heard.",
    mend: "write the same keepalive, deadtime and udpport on all nodes",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    let differing = |one: &Times, two: &Times| {
        [
            ("keepalive", one.keepalive, two.keepalive),
            ("deadtime", one.deadtime, two.deadtime),
        ]
    };
    for (first, other) in cluster.beside_first() {
        let times = differing(&first.config.settings.times, &other.config.settings.times);
        for (name, one, two) in times {
            let place = two.span.map(|span| other.place(span)).or(other.first_medium());
            if let Some(place) = place.filter(|_| one.value != two.value) {
                out.tell(
                    place,
                    format!(
                        "{name} is {} ms here, and {} ms on the first node",
                        two.value, one.value
                    ),
                );
            }
        }
        let (one, two) = (first.config.settings.udp_port, other.config.settings.udp_port);
        let place = two.span.map(|span| other.place(span)).or(other.first_medium());
        if let Some(place) = place.filter(|_| one.value != two.value) {
            out.tell(
                place,
                format!(
                    "udpport is {} here, and {} on the first node",
                    two.value, one.value
                ),
            );
        }
    }
}
