//! `block`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "block",
    about: "`block` becomes `http-request deny`",
    when: When::Old(&[(Table::Proxy, "block")]),
    docs: "The same refusal as a rule. `block` came before all `http-request` rules, wherever it stood: a rule that stands above it is told.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["block"]) {
        let rewrite = task.rewrite(
            line,
            &[format!("http-request deny {}", task.file.raw_from(line, 1))],
        );
        let mut told = Found::new([line], task.age(Table::Proxy, "block")).edits(rewrite);
        let earlier = line
            .section
            .into_iter()
            .flat_map(|section| task.file.body(section));
        let above = earlier
            .filter(|other| other.number < line.number && other.word(0) == "http-request")
            .map(|other| other.number)
            .min();
        if let Some(above) = above {
            told = told.advice(format!(
                "it came before the rule of line {above}, and comes behind it now: move it up if that rule lets requests pass or \
                 changes what is looked at"
            ));
        }
        found.push(told);
    }
}
