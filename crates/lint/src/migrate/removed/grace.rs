//! `grace` of a proxy.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "grace",
    about: "`grace` of a proxy goes",
    when: When::Old(&[(Table::Proxy, "grace")]),
    docs: "A proxy went on listening for that time when the process was told to stop. Stopping is immediate now; `grace` in `global` delays it for the whole process.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["grace"]) {
        let rewrite = task.rewrite(line, &[]);
        let told = Found::new([line], task.age(Table::Proxy, "grace")).edits(rewrite);
        let advice = "listening ends at once when the process is told to stop; the global 'grace' delays that for all proxies";
        found.push(told.advice(advice));
    }
}
