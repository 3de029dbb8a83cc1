//! Servers in a frontend since 2.4.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "server-in-frontend",
    about: "a server in a frontend is refused",
    when: When::From(Version::new(2, 4)),
    docs: "A `server` line in a `frontend` was passed over with a warning; 2.4 refuses it. It is kept as a comment, as it never had an effect.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let frontends = task
        .file
        .proxies()
        .filter(|(_, section)| section.kind == "frontend");
    for line in frontends
        .flat_map(|(at, _)| task.file.body(at))
        .filter(|line| line.word(0) == "server")
    {
        let message = format!(
            "server '{}' stands in a frontend, which is refused since 2.4",
            line.word(1)
        );
        let told = Found::new([line], message).edits(task.comment_out(line));
        found.push(told.advice("it had no effect before; if it should have one, make the section a 'listen' or move it to a backend"));
    }
}
