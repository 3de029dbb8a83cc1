//! `redispatch` and `redisp`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "redispatch",
    about: "`redispatch` becomes `option redispatch`",
    when: When::Old(&[(Table::Proxy, "redispatch"), (Table::Proxy, "redisp")]),
    docs: "The same setting as an option.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["redispatch", "redisp"]) {
        let (keyword, _) = line.keyword();
        let no = if line.negated() { "no " } else { "" };
        let rewrite = task.rewrite(line, &[format!("{no}option redispatch")]);
        found.push(Found::new([line], task.age(Table::Proxy, keyword)).edits(rewrite));
    }
}
