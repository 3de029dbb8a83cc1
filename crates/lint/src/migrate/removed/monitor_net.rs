//! `monitor-net`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "monitor-net",
    about: "`monitor-net` becomes a rule",
    when: When::Old(&[(Table::Proxy, "monitor-net")]),
    docs: "Requests from that network were answered with 200 without being logged or passed on; in TCP mode their connections were closed at once. A rule at the place of the line does it.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["monitor-net"]) {
        let net = task.file.raw(line, 1, 1);
        let http = line.section.is_some_and(|section| task.file.is_http(section));
        let rule = if http {
            format!("http-request return status 200 if {{ src {net} }}")
        } else {
            format!("tcp-request connection reject if {{ src {net} }}")
        };
        let told = Found::new([line], task.age(Table::Proxy, "monitor-net"));
        let in_defaults = task
            .file
            .section_of(line)
            .is_some_and(|section| section.kind == "defaults");
        found.push(if in_defaults {
            told.decide().advice(format!(
                "write '{rule}' into each frontend that is to have it, and take this line away"
            ))
        } else {
            told.edits(task.rewrite(line, &[rule]))
                .advice("these requests are logged now; rules above it come first")
        });
    }
}
