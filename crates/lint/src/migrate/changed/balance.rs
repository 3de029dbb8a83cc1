//! `balance random` since 3.3.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "balance",
    about: "servers are chosen at random where nothing says how",
    when: When::Since(Version::new(3, 3)),
    docs: "A backend without `balance` went round its servers; since 3.3 it takes the less loaded of two that are drawn. `balance roundrobin` goes round.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| {
            section.is_backend()
                && task
                    .file
                    .body(*at)
                    .filter(|line| matches!(line.word(0), "server" | "server-template"))
                    .count()
                    > 1
                && task.file.setting(*at, |line| line.word(0) == "balance").is_none()
        })
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    let message = format!("servers are drawn at random since 3.3: {}", task.names(&proxies));
    let mut told = Found::new(task.headers(&proxies), message)
        .advice("loads even out better, but two requests in a row may meet one server");
    for at in task.pin_places(&proxies, |at| {
        task.file
            .sections
            .get(at)
            .is_some_and(|section| section.is_backend())
    }) {
        told = told.pin(at, "balance roundrobin");
    }
    found.push(told);
}
