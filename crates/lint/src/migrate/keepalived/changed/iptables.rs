//! `vrrp_iptables`, since 2.1.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "iptables",
    about: "chains are reached through the library alone",
    when: When::Since(Version::new(2, 1)),
    docs: "The program `iptables` is not run any more: a build without its library, such as Debian's, refuses `vrrp_iptables` and uses nftables.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for at in task.text.all("global_defs", "vrrp_iptables") {
        let told = task
            .text
            .found(&[at], "iptables is reached through its library alone since 2.1");
        found.push(
            told.advice(
                "a program that was built without it refuses the line: delete it, and nftables is used",
            )
            .decide(),
        );
    }
}
