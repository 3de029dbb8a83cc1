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
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| task.file.is_http(*at) && section.is_frontend())
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    if task
        .file
        .global()
        .any(|line| line.word(0) == "h1-accept-payload-with-any-method")
    {
        return;
    }
    let message = format!(
        "GET, HEAD and DELETE of HTTP/1.0 with a body are refused since 2.5: {}",
        task.names(&proxies)
    );
    let told = Found::new(task.headers(&proxies), message)
        .advice("hardly any client sends them, but those who smuggle requests");
    found.push(told.pin(PinAt::Global, "h1-accept-payload-with-any-method"));
}
