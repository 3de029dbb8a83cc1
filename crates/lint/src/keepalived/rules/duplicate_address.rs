//! An address that two instances of a machine have.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-address",
    title: "An address that two instances of a machine have",
    level: Severity::Warning,
    why: "The first of them that leaves MASTER takes the address away from the other one too.",
    mend: "leave it to one of them, or put both into one instance",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for index in 0..cluster.nodes.len() {
        let mut known: Vec<(std::net::IpAddr, syntax::Span)> = Vec::new();
        for one in cluster.instances_of(index) {
            for (line, address, _) in one.address_lines() {
                match known.iter().find(|(other, _)| *other == address) {
                    Some((_, first)) => {
                        out.tell_with(
                            line.span(),
                            format!("{address} is there twice"),
                            *first,
                            "here already",
                        );
                    }
                    None => known.push((address, line.span())),
                }
            }
        }
    }
}
