//! Limits are strict since 2.3.

use syntax::Version;

use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "strict-limits",
    about: "a limit that cannot be had ends the start",
    when: When::Since(Version::new(2, 3)),
    docs: "When the system does not grant the files or memory that `maxconn` and `ulimit-n` need, the start fails since 2.3; it was a warning, and the process ran with less.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let lines: Vec<_> = (task.file.global())
        .filter(|line| matches!(line.word(0), "maxconn" | "ulimit-n" | "memory"))
        .collect();
    let said = task.file.global().any(|line| line.keyword().0 == "strict-limits");
    if !lines.is_empty() && !said {
        let told = Found::new(
            lines,
            "the start fails since 2.3 when the system does not grant what these limits need",
        );
        let advice = "see that LimitNOFILE of the unit fits maxconn";
        found.push(told.advice(advice).pin(PinAt::Global, "no strict-limits"));
    }
}
