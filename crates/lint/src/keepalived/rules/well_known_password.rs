//! A password that everybody knows.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "well-known-password",
    title: "A password that everybody knows",
    level: Severity::Warning,
    why: "It stands in the examples that others copied from: a second cluster on the network has it too, and takes part by mistake.",
    mend: "write 8 characters drawn at random, the same on all nodes",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        let Some(line) = one
            .statement
            .last("authentication")
            .and_then(|block| block.last("auth_pass"))
        else {
            continue;
        };
        let password = line.arg(0).unwrap_or_default();
        let mut letters = password.chars();
        let first = letters.next();
        let one_letter = letters.all(|letter| Some(letter) == first);
        if one_letter || KNOWN.iter().any(|known| known.eq_ignore_ascii_case(password)) {
            out.tell(
                line.arg_span(0),
                "this password is one of those that are tried first",
            );
        }
    }
}

const KNOWN: &[&str] = &[
    "1234",
    "12345",
    "123456",
    "12345678",
    "secret",
    "password",
    "passw0rd",
    "changeme",
    "keepalived",
    "keepaliv",
    "admin",
    "test",
    "mypass",
    "pass",
    "haproxy",
    "vrrp",
];
