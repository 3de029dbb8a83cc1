//! `dispatch`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "dispatch",
    about: "`dispatch` becomes a server",
    when: When::Old(&[(Table::Proxy, "dispatch")]),
    docs: "A proxy with `dispatch` sent all connections to one address. A server with that address does the same, and can be watched.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["dispatch"]) {
        let rewrite = task.rewrite(
            line,
            &[format!("server dispatch {}", task.file.raw_from(line, 1))],
        );
        found.push(Found::new([line], task.age(Table::Proxy, "dispatch")).edits(rewrite));
    }
}
