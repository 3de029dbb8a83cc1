//! `nosepoll` in `global`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "nosepoll",
    about: "`nosepoll` goes",
    when: When::Old(&[(Table::Global, "nosepoll")]),
    docs: "The poller that it switched off is gone.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_global_lines("nosepoll") {
        let rewrite = task.rewrite(line, &[]);
        found.push(Found::new([line], task.age(Table::Global, "nosepoll")).edits(rewrite));
    }
}
