//! The `program` section.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "program",
    about: "a `program` section becomes a unit of the init system",
    when: When::Old(&[(Table::Section, "program")]),
    docs: "The master started and watched other programs. The init system does that: its lines are kept as comments, so that the unit can be written from them.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    if !task.is_old(Table::Section, "program") {
        return;
    }
    for (index, section) in task.file.sections.iter().enumerate() {
        let Some(header) = task
            .file
            .lines
            .get(section.header)
            .filter(|_| section.kind == "program")
        else {
            continue;
        };
        let mut told = Found::new([header], task.age(Table::Section, "program"));
        for line in std::iter::once(header).chain(task.file.body(index)) {
            told = told.edits(task.comment_out(line));
        }
        let command = task.file.body(index).find(|line| line.word(0) == "command");
        let command = command.map_or_else(String::new, |line| task.file.raw_from(line, 1));
        found.push(
            told.decide()
                .advice(format!("write a unit for it: ExecStart={command}")),
        );
    }
}
