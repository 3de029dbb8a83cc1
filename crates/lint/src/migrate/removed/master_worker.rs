//! `master-worker` in `global`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "master-worker",
    about: "`master-worker` goes to the command line",
    when: When::Old(&[(Table::Global, "master-worker")]),
    docs: "The command line says it: `-W`, or `-Ws` under systemd. Many units of distributions say it already, and then the line was without effect.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_global_lines("master-worker") {
        let rewrite = task.rewrite(line, &[]);
        found.push(
            Found::new([line], task.age(Table::Global, "master-worker"))
                .edits(rewrite)
                .advice("start it with -W, or with -Ws under systemd, if the unit does not do so already")
                .decide(),
        );
    }
}
