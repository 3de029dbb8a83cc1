//! `option independant-streams`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "independant-streams",
    about: "`option independant-streams` becomes `option independent-streams`",
    when: When::Old(&[(Table::Option, "independant-streams")]),
    docs: "A spelling mistake of 1.4.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_options("independant-streams") {
        let rewrite = task.rewrite(
            line,
            &[format!(
                "{}option independent-streams",
                if line.negated() { "no " } else { "" }
            )],
        );
        let told = Found::new([line], task.age(Table::Option, "independant-streams"));
        found.push(told.edits(rewrite));
    }
}
