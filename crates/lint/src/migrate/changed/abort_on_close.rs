//! `option abortonclose` since 3.3.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "abort-on-close",
    about: "a request whose client has gone is given up",
    when: When::Since(Version::new(3, 3)),
    docs: "A request that waits for its server is dropped since 3.3 when its client closes its side. A client that closes only its sending side, such as some scripts, gets no answer; `no option abortonclose` answers it.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| {
            task.file.is_http(*at) && section.is_proxy() && task.file.option(*at, &["abortonclose"]).is_none()
        })
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    let message = format!(
        "requests whose client has gone are given up since 3.3: {}",
        task.names(&proxies)
    );
    let mut told = Found::new(task.headers(&proxies), message)
        .advice("clients that close their sending side and wait for the answer get none");
    for at in task.pin_places(&proxies, |at| {
        task.file
            .sections
            .get(at)
            .is_some_and(|section| section.is_proxy())
    }) {
        told = told.pin(at, "no option abortonclose");
    }
    found.push(told);
}
