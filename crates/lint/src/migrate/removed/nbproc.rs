//! `nbproc`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "nbproc",
    about: "`nbproc` becomes `nbthread`",
    when: When::Old(&[(Table::Global, "nbproc")]),
    docs: "As many threads of one process do what the processes did. They share counters, stick tables, statistics sockets and `maxconn`, of which each process had its own. Where `nbthread` is said already, `nbproc` goes.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_global_lines("nbproc") {
        let threads = task.file.global().any(|other| other.word(0) == "nbthread");
        let rewrite = if threads {
            task.rewrite(line, &[])
        } else {
            task.rewrite(line, &[format!("nbthread {}", task.file.raw_from(line, 1))])
        };
        let mut told = Found::new([line], task.age(Table::Global, "nbproc")).edits(rewrite);
        if line.word(1) != "1" {
            told = told.decide().advice(
                "the processes had their own maxconn, counters, stick tables and statistics; threads share them: look at maxconn, \
                 at rates and at cpu-map",
            );
        }
        found.push(told);
    }
}
