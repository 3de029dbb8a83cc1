//! The authority and `Host` must agree since 2.1.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "authority",
    about: "a request whose target and Host header differ is refused",
    when: When::Since(Version::new(2, 1)),
    docs: "A request with a whole URL as its target, or of HTTP/2, whose authority is another than its `Host` is answered with 400.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| task.file.is_http(*at) && section.is_frontend())
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    let message = format!(
        "requests whose target names another host than their Host header are refused since 2.1: {}",
        task.names(&proxies)
    );
    found.push(
        Found::new(task.headers(&proxies), message)
            .advice("proxies that are used by configured clients may meet such requests"),
    );
}
