//! An address that no machine may have.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "address-of-network",
    title: "An address that no machine may have",
    level: Severity::Warning,
    why: "It is the first or the last of its network, which name the network and everybody in it; others answer for it or drop what is sent there.",
    mend: "take another address, or write the bits of the network that is meant",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        for (line, address, prefix) in one.address_lines() {
            let (std::net::IpAddr::V4(address), Some(prefix @ 1..=30)) = (address, prefix) else {
                continue;
            };
            let hosts = u32::MAX >> prefix;
            let number = u32::from(address) & hosts;
            if number == 0 || number == hosts {
                let what = if number == 0 {
                    "the network itself"
                } else {
                    "the broadcast address"
                };
                out.tell(line.words[0].span, format!("{address} is {what}"));
            }
        }
    }
}
