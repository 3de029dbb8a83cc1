//! Connections to servers are shared since 1.9.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "http-reuse",
    about: "connections to servers are shared between clients",
    when: When::Since(Version::new(1, 9)),
    docs: "Idle connections to servers serve requests of other clients since 1.9 (`http-reuse safe`). An application that ties something to the connection, such as NTLM, breaks; `http-reuse never` keeps them apart.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| {
            task.file.is_http(*at)
                && section.is_backend()
                && task
                    .file
                    .setting(*at, |line| line.word(0) == "http-reuse")
                    .is_none()
        })
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    let message = format!(
        "connections to servers are shared between clients since 1.9: {}",
        task.names(&proxies)
    );
    let mut told = Found::new(task.headers(&proxies), message)
        .advice("matters where a server ties something to a connection, such as NTLM");
    for at in task.pin_places(&proxies, |at| {
        task.file
            .sections
            .get(at)
            .is_some_and(|section| section.is_backend())
    }) {
        told = told.pin(at, "http-reuse never");
    }
    found.push(told);
}
