//! Bodies of GET and its kin since 2.5.

use syntax::Version;

use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "body-of-get",
    about: "a GET of HTTP/1.0 with a body is refused",
    when: When::Since(Version::new(2, 5)),
    docs: "A body of a GET, HEAD or DELETE in HTTP/1.0 is refused with 400, as it is used to smuggle requests. `h1-accept-payload-with-any-method` takes it.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    const KEEPS: &str = "h1-accept-payload-with-any-method";

    if task.file.global().any(|line| line.word(0) == KEEPS) {
        return;
    }
    let told = task.of_http_frontends("GET, HEAD and DELETE of HTTP/1.0 with a body are refused since 2.5");
    let advice = "hardly any client sends them, but those who smuggle requests";
    found.extend(told.map(|told| told.advice(advice).pin(PinAt::Global, KEEPS)));
}
