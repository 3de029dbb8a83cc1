//! An address without its prefix.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "address-without-prefix",
    title: "An address without its prefix",
    level: Severity::Note,
    why: "It is set with 32 bits (128 of IPv6): the machine gets no route to the network by it, and no broadcast address. That may be meant.",
    mend: "write the bits of the network, such as 192.0.2.10/24, or /32 where they are meant",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        for (line, address, prefix) in one.address_lines() {
            if prefix.is_none() {
                let bits = if address.is_ipv4() { 32 } else { 128 };
                let at = line.words[0].span;
                let end = syntax::Span::new(at.file, at.end, at.end);
                let finding = out.finding(at, format!("{address} is set with {bits} bits"));
                let title = format!("say so: /{bits}");
                out.add(finding.fix(title, end, format!("/{bits}"), syntax::Applicability::Safe));
            }
        }
    }
}
