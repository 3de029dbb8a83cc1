//! `reqpass` and `reqipass`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "pass-line",
    about: "`reqpass` goes",
    when: When::Old(&[(Table::Proxy, "reqpass"), (Table::Proxy, "reqipass")]),
    docs: "A line that it matched was left alone by the rules behind it. Rules of today name what they look at, so nothing takes its place.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["reqpass", "reqipass"]) {
        let (keyword, _) = line.keyword();
        let rewrite = task.rewrite(line, &[]);
        let told = Found::new([line], task.age(Table::Proxy, keyword)).edits(rewrite);
        let advice = "the rules behind it look at lines that it left alone: see whether one of them matches such a line";
        found.push(told.decide().advice(advice));
    }
}
