//! HTTP messages have another form inside since 2.0.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "htx",
    about: "names of headers are sent in lower case",
    when: When::Since(Version::new(2, 0)),
    docs: "Since 2.0 messages are kept in a form that fits all versions of HTTP (HTX): names of headers are sent in lower case, and what is no valid message is refused. `h1-case-adjust` with `option h1-case-adjust-bogus-client` or `-server` writes names for programs that mind.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let proxies: Vec<usize> = (task.file.proxies())
        .filter(|(at, section)| task.file.is_http(*at) && section.is_proxy())
        .map(|(at, _)| at)
        .collect();
    if proxies.is_empty() {
        return;
    }
    let message = format!(
        "names of headers are sent in lower case since 2.0: {}",
        task.names(&proxies)
    );
    let advice = "programs that look for 'Host' and not for 'host' need h1-case-adjust and option h1-case-adjust-bogus-client or -server";
    found.push(Found::new(task.headers(&proxies), message).advice(advice));
}
