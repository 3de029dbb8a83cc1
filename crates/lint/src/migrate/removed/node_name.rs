//! `node-name` in `global`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "node-name",
    about: "`node-name` becomes `node`",
    when: When::Old(&[(Table::Global, "node-name")]),
    docs: "The same setting under its later name.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_global_lines("node-name") {
        let rewrite = task.rewrite(line, &[format!("node {}", task.file.raw_from(line, 1))]);
        found.push(Found::new([line], task.age(Table::Global, "node-name")).edits(rewrite));
    }
}
