//! `option http-tunnel`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "http-tunnel",
    about: "`option http-tunnel` goes",
    when: When::Old(&[(Table::Option, "http-tunnel")]),
    docs: "Only the first request of a connection was looked at, and bytes were passed on behind it. Nothing does that any more: each request is looked at, and goes to the server that its own rules choose.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_options("http-tunnel") {
        let rewrite = task.rewrite(line, &[]);
        let told = Found::new([line], task.age(Table::Option, "http-tunnel"));
        found.push(told.edits(rewrite).advice("each request of a connection is looked at from now on, and may go to another server; clients that speak something else than HTTP behind their first request need mode tcp").decide());
    }
}
