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
    let told = task.of_http_frontends(
        "requests whose target names another host than their Host header are refused since 2.1",
    );
    let advice = "proxies that are used by configured clients may meet such requests";
    found.extend(told.map(|told| told.advice(advice)));
}
