//! `reqsetbe` and `reqisetbe`.

use haproxy_cfg::keywords::Table;

use super::super::old_line::joined;
use super::super::task::{Found, Task};
use super::super::{Migration, When};
use super::deny_line::conditions;

pub(super) const MIGRATION: Migration = Migration {
    name: "set-backend-line",
    about: "`reqsetbe` becomes `use_backend` with a condition",
    when: When::Old(&[(Table::Proxy, "reqsetbe"), (Table::Proxy, "reqisetbe")]),
    docs: "The backend is chosen by a condition on the method, the target or one header, as for `reqdeny`.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["reqsetbe", "reqisetbe"]) {
        let (keyword, _) = line.keyword();
        let told = Found::new([line], task.age(Table::Proxy, keyword));
        let words: Vec<String> = (3..line.words.len())
            .map(|at| task.file.raw(line, at, at))
            .collect();
        let rule = conditions(task, line, keyword == "reqisetbe", false)
            .and_then(|wanted| joined(&wanted, &words))
            .filter(|_| line.words.len() > 2);
        found.push(match rule {
            Some(condition) => {
                let backend = task.file.raw(line, 2, 2);
                told.edits(task.rewrite(line, &[format!("use_backend {backend}{condition}")]))
            }
            None => told.decide().advice("write 'use_backend NAME if …' for it"),
        });
    }
}
