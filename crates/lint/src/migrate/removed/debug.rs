//! `debug` in `global`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "debug",
    about: "`debug` goes",
    when: When::Old(&[(Table::Global, "debug")]),
    docs: "It kept the process in the foreground and printed traffic. `-d` on the command line does it.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_global_lines("debug") {
        let rewrite = task.rewrite(line, &[]);
        found.push(
            Found::new([line], task.age(Table::Global, "debug"))
                .edits(rewrite)
                .advice("the process goes to the background now; start it with -d to see its traffic"),
        );
    }
}
