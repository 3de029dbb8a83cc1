//! `tune.chksize` in `global`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "tune-chksize",
    about: "`tune.chksize` goes",
    when: When::Old(&[(Table::Global, "tune.chksize")]),
    docs: "Health checks use buffers of `tune.bufsize` like everything else.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_global_lines("tune.chksize") {
        let rewrite = task.rewrite(line, &[]);
        found.push(Found::new([line], task.age(Table::Global, "tune.chksize")).edits(rewrite));
    }
}
