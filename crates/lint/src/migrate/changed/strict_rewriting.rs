//! Rewriting is strict since 2.2.

use syntax::Version;

use super::super::file::Line;
use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "strict-rewriting",
    about: "a header that cannot be added ends the request",
    when: When::Since(Version::new(2, 2)),
    docs: "A rule that changes a message and finds no room for it was passed over; since 2.2 the request is answered with 500. `strict-mode off` in front of the rules passes them over again.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for (set, sides) in [("http-request", "requests"), ("http-response", "responses")] {
        // Old rules become such as these.
        let old = if set == "http-request" { "req" } else { "rsp" };
        let old = |word: &str| word.strip_prefix(old).is_some_and(|what| OLD.contains(&what));
        let changes =
            |line: &Line| old(line.word(0)) || line.word(0) == set && CHANGES.contains(&line.word(1));
        let off = |line: &Line| line.word(0) == set && line.word(1) == "strict-mode";
        let of = task
            .file
            .proxies()
            .filter(|(at, _)| task.file.body(*at).any(changes) && !task.file.body(*at).any(off));
        let proxies: Vec<usize> = of.map(|(at, _)| at).collect();
        if proxies.is_empty() {
            continue;
        }
        let message = format!(
            "rules that find no room for what they add fail {sides} since 2.2: {}",
            task.names(&proxies)
        );
        let mut told =
            Found::new(task.headers(&proxies), message).advice("such a rule was passed over before");
        for at in proxies {
            told = told.pin(PinAt::Top(at), format!("{set} strict-mode off"));
        }
        found.push(told);
    }
}

/// Actions that change a message.
const CHANGES: &[&str] = &[
    "add-header",
    "set-header",
    "replace-header",
    "replace-value",
    "replace-path",
    "replace-pathq",
    "replace-uri",
    "set-method",
    "set-path",
    "set-query",
    "set-uri",
    "set-status",
];

/// Old rules that change a message, without the side that they are for.
const OLD: &[&str] = &["add", "rep", "irep", "del", "idel"];
