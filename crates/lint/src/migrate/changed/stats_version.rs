//! The statistics page hides its version since 3.4.

use syntax::Version;

use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "stats-version",
    about: "the statistics page does not show the version",
    when: When::Since(Version::new(3, 4)),
    docs: "Since 3.4 the page shows the version only where `stats show-version` stands.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| {
            section.is_proxy()
                && task.file.setting(*at, |line| line.word(0) == "stats").is_some()
                && task
                    .file
                    .setting(*at, |line| {
                        line.word(0) == "stats" && matches!(line.word(1), "hide-version" | "show-version")
                    })
                    .is_none()
        })
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    let message = format!(
        "the statistics page does not show the version since 3.4: {}",
        task.names(&proxies)
    );
    let mut told =
        Found::new(task.headers(&proxies), message).advice("programs that read it from the page find none");
    for at in proxies {
        told = told.pin(PinAt::End(at), "stats show-version");
    }
    found.push(told);
}
