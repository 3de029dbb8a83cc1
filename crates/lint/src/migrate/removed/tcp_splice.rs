//! `option tcpsplice`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "tcp-splice",
    about: "`option tcpsplice` becomes `option splice-auto`",
    when: When::Old(&[(Table::Option, "tcpsplice")]),
    docs: "The kernel module of that time is gone; the kernel splices by itself.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_options("tcpsplice") {
        let rewrite = task.rewrite(
            line,
            &[format!(
                "{}option splice-auto",
                if line.negated() { "no " } else { "" }
            )],
        );
        let told = Found::new([line], task.age(Table::Option, "tcpsplice"));
        found.push(told.edits(rewrite));
    }
}
