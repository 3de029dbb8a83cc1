//! A thread for each CPU since 2.0.

use syntax::Version;

use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "threads",
    about: "there is a thread for each CPU",
    when: When::Since(Version::new(2, 0)),
    docs: "Since 2.0 the process has as many threads as the machine has CPUs that it may use; it had one. `nbthread 1` keeps one.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let said = task
        .file
        .global()
        .find(|line| matches!(line.word(0), "nbthread" | "nbproc" | "thread-groups"));
    if said.is_none() {
        let told = Found::new(
            [],
            "the process has a thread for each CPU since 2.0, where it had one",
        );
        let advice = "it can use all CPUs of the machine; limits such as maxconn stay those of the process";
        found.push(told.advice(advice).pin(PinAt::Global, "nbthread 1"));
    }
}
