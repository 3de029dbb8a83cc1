//! Requests of HTTP/0.9 are refused since 1.6.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "http-09",
    about: "requests of HTTP/0.9 are refused",
    when: When::Since(Version::new(1, 6)),
    docs: "A request line without a version is answered with 400. Only very old health checks and scripts send them.",
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
        "requests without a version (HTTP/0.9) are refused since 1.6: {}",
        task.names(&proxies)
    );
    let advice = "only very old clients and hand-written checks send them; nothing brings them back but 'option accept-invalid-http-request'";
    found.push(Found::new(task.headers(&proxies), message).advice(advice));
}
