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
    let told = task.of_http_frontends("requests without a version (HTTP/0.9) are refused since 1.6");
    let advice = "only very old clients and hand-written checks send them; nothing brings them back but 'option accept-invalid-http-request'";
    found.extend(told.map(|told| told.advice(advice)));
}
