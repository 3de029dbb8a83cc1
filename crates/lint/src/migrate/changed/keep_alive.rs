//! Connections stay open since 1.5.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "keep-alive",
    about: "connections are kept open for further requests",
    when: When::Since(Version::new(1, 5)),
    docs: "Before 1.5 only the first request of a connection was looked at unless an option said otherwise; since then each is, and connections stay open between them. `option httpclose` gives each request a connection of its own.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| {
            task.file.is_http(*at) && section.is_proxy() && task.file.option(*at, MODES).is_none()
        })
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    let message = format!(
        "HTTP connections are kept open since 1.5: {}",
        task.names(&proxies)
    );
    let advice = "servers and clients see several requests on one connection, each of which is looked at; 'option httpclose' \
                  gives each request its own";
    let mut told = Found::new(task.headers(&proxies), message).advice(advice);
    for at in task.pin_places(&proxies, |at| {
        task.file
            .sections
            .get(at)
            .is_some_and(|section| section.is_proxy())
    }) {
        told = told.pin(at, "option httpclose");
    }
    found.push(told);
}

/// Options that say how connections are used.
const MODES: &[&str] = &[
    "httpclose",
    "forceclose",
    "http-server-close",
    "http-keep-alive",
    "http-tunnel",
    "http-pretend-keepalive",
    "http_proxy",
];
