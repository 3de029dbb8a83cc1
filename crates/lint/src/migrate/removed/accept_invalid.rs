//! `option accept-invalid-http-request` and `-response`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "accept-invalid",
    about: "`option accept-invalid-http-…` becomes `option accept-unsafe-violations-in-http-…`",
    when: When::Old(&[
        (Table::Option, "accept-invalid-http-request"),
        (Table::Option, "accept-invalid-http-response"),
    ]),
    docs: "The same option under a name that says what it is.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for side in ["request", "response"] {
        let name = if side == "request" {
            "accept-invalid-http-request"
        } else {
            "accept-invalid-http-response"
        };
        for line in task.old_options(name) {
            let no = if line.negated() { "no " } else { "" };
            let modern = format!("{no}option accept-unsafe-violations-in-http-{side}");
            let rewrite = task.rewrite(line, &[modern]);
            found.push(Found::new([line], task.age(Table::Option, name)).edits(rewrite));
        }
    }
}
