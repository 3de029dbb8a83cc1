//! `option httpclose` since 2.0.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "http-close-meaning",
    about: "`option httpclose` closes connections itself",
    when: When::Since(Version::new(2, 0)),
    docs: "It used to add a header that asks both sides to close. Since 2.0 the proxy closes both connections behind the response.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let lines: Vec<_> = task
        .file
        .proxy_lines()
        .filter(|line| {
            let (keyword, at) = line.keyword();
            keyword == "option" && line.word(at) == "httpclose" && !line.negated()
        })
        .collect();
    if !lines.is_empty() {
        let told = Found::new(
            lines,
            "'option httpclose' closes connections since 2.0, where it only asked for it",
        );
        found.push(
            told.advice("clients see one request for each connection, whether they heed the header or not"),
        );
    }
}
