//! Nodes that speak different versions of VRRP.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "version-differs",
    title: "Nodes that speak different versions of VRRP",
    level: Severity::Warning,
    why: "Adverts of another version are thrown away, so both nodes become MASTER.",
    mend: "give all nodes the same version, by vrrp_version in global_defs or version in the instance",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for (one, other) in cluster.pairs() {
        if one.version() != other.version() {
            out.tell_with(
                other.place("version"),
                format!(
                    "version {} here, {} on the other node",
                    other.version(),
                    one.version()
                ),
                one.place("version"),
                "the other node",
            );
        }
    }
}
