//! `mailers` need Lua since 3.3.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "mailers",
    about: "mails are sent by a Lua script",
    when: When::Since(Version::new(3, 3)),
    docs: "The native mailers are gone since 3.3: `mailers` and `email-alert` are read, and a Lua script that comes with haproxy sends the mails.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let lua = task
        .file
        .global()
        .any(|line| line.word(0).starts_with("lua-load"));
    let sections = task
        .file
        .sections
        .iter()
        .filter(|section| section.kind == "mailers");
    let lines: Vec<_> = sections
        .filter_map(|section| task.file.lines.get(section.header))
        .collect();
    if !lines.is_empty() && !lua {
        let told = Found::new(lines, "mails are sent by Lua alone since 3.3");
        found.push(told.advice("load the mailers script that comes with haproxy with 'lua-load', or alert from what watches the log").decide());
    }
}
