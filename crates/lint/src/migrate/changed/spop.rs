//! SPOP 2.0 since 1.9.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "spop",
    about: "agents must speak SPOP 2.0",
    when: When::Since(Version::new(1, 9)),
    docs: "Version 1.0 of the protocol of offload agents is not spoken since 1.9. Agents have to be ones that know 2.0.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let lines: Vec<_> = (task.file.proxy_lines())
        .filter(|line| line.word(0) == "filter" && line.word(1) == "spoe")
        .collect();
    if !lines.is_empty() {
        let told = Found::new(lines, "agents must speak SPOP 2.0 since 1.9");
        found.push(
            told.advice("see that the agents behind these filters do")
                .decide(),
        );
    }
}
