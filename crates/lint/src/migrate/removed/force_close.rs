//! `option forceclose`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "force-close",
    about: "`option forceclose` becomes `option httpclose`",
    when: When::Old(&[(Table::Option, "forceclose")]),
    docs: "Both close the connection on both sides behind each response since 2.0; the longer name is gone.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_options("forceclose") {
        let rewrite = task.rewrite(
            line,
            &[format!(
                "{}option httpclose",
                if line.negated() { "no " } else { "" }
            )],
        );
        let told = Found::new([line], task.age(Table::Option, "forceclose"));
        found.push(told.edits(rewrite));
    }
}
