//! `option http-use-htx`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "use-htx",
    about: "`option http-use-htx` goes",
    when: When::Old(&[(Table::Option, "http-use-htx")]),
    docs: "It chose between two internal forms of HTTP messages, of which one is left.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_options("http-use-htx") {
        let rewrite = task.rewrite(line, &[]);
        let told = Found::new([line], task.age(Table::Option, "http-use-htx"));
        found.push(told.edits(rewrite));
    }
}
