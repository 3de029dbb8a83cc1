//! A partner that is this machine.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "peer-is-self",
    title: "A partner that is this machine",
    level: Severity::Warning,
    why: "It sends adverts to itself, and the other node may be missing: the block was copied from there.",
    mend: "name the addresses of the other nodes alone",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let Some(source) = one.source() else { continue };
        for line in one.statement.all("unicast_peer").flat_map(|block| &block.block) {
            if line.keyword().parse() == Ok(source) {
                out.tell_with(
                    line.span(),
                    format!("{source} is its own address"),
                    one.place("unicast_src_ip"),
                    "as is said here",
                );
            }
        }
    }
}
