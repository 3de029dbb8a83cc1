//! No new privileges since 2.2.

use syntax::Version;

use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "privileges",
    about: "programs that it starts get no rights of their own",
    when: When::Since(Version::new(2, 2)),
    docs: "Since 2.2 the process may not start others, unless `insecure-fork-wanted` says so, and programs with set-user-id bits run without them, unless `insecure-setuid-wanted` does. It matters for external checks and Lua.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let external: Vec<_> = task
        .file
        .lines
        .iter()
        .filter(|line| line.keyword().0 == "option" && line.word(line.keyword().1) == "external-check")
        .collect();
    if external.is_empty() {
        return;
    }
    let said = |name: &str| task.file.global().any(|line| line.word(0) == name);
    let mut told = Found::new(
        external,
        "external checks may not be started since 2.2 unless the file says that it wants them",
    );
    for name in ["insecure-fork-wanted", "insecure-setuid-wanted"] {
        if !said(name) {
            told = told.pin(PinAt::Global, name);
        }
    }
    if told.can_pin() {
        let advice = "'insecure-fork-wanted' lets them start, 'insecure-setuid-wanted' lets their programs change users";
        found.push(told.advice(advice));
    }
}
