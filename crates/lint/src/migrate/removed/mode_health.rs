//! `mode health`.

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "mode-health",
    about: "`mode health` becomes an answer by rule",
    when: When::From(syntax::Version::new(2, 3)),
    docs: "The proxy answered each connection with OK, or with a whole response where `option httpchk` stood. A rule in HTTP mode answers with 200; what does not speak HTTP has nothing that answers it any more.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task
        .file
        .proxy_lines()
        .filter(|line| line.word(0) == "mode" && line.word(1) == "health")
    {
        let in_defaults = task
            .file
            .section_of(line)
            .is_some_and(|section| section.kind == "defaults");
        let told = Found::new([line], "'mode health' is refused since 2.3");
        if in_defaults {
            found.push(told.decide().advice("give each proxy its mode"));
            continue;
        }
        let modern = [
            "mode http".to_owned(),
            "http-request return status 200".to_owned(),
        ];
        let rewrite = task.rewrite(line, &modern);
        found.push(told.edits(rewrite).decide().advice(
            "checks that do not speak HTTP got OK and get nothing now: point them at another port, or let them speak HTTP",
        ));
    }
}
