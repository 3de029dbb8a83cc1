//! Upgrades to HTTP/2 since 3.4.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "h2-upgrade",
    about: "a refused upgrade to HTTP/2 gives 405",
    when: When::Since(Version::new(3, 4)),
    docs: "The request `PRI * HTTP/2.0` on a listener that does not take HTTP/2 is answered with 405 instead of 400.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let told = task.of_http_frontends("an upgrade to HTTP/2 that is refused gives 405 since 3.4");
    let advice = "matters only for who counts statuses";
    found.extend(told.map(|told| told.advice(advice)));
}
