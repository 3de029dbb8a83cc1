//! Names of servers are unique since 3.3.

use syntax::Version;

use std::collections::BTreeMap;

use super::super::file::Line;
use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "unique-server-names",
    about: "two servers of one name are refused",
    when: When::From(Version::new(2, 0)),
    docs: "Two servers of a backend with one name are refused since 2.0 (since 3.3 those with different `id` too). The later one gets \
           another name, so that the file is read; cookies stay, as they have names of their own.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for (at, section) in task.file.proxies() {
        let mut seen: BTreeMap<&str, &Line> = BTreeMap::new();
        let mut given: Vec<String> = Vec::new();
        for line in task
            .file
            .body(at)
            .filter(|line| line.word(0) == "server" && section.is_backend())
        {
            let name = line.word(1);
            if let Some(first) = seen.get(name) {
                let servers = || task.file.body(at).filter(|line| line.word(0) == "server");
                let taken = |wanted: &str| {
                    given.iter().any(|given| given == wanted) || servers().any(|line| line.word(1) == wanted)
                };
                let Some(other) = (2..u32::MAX)
                    .map(|count| format!("{name}-{count}"))
                    .find(|wanted| !taken(wanted))
                else {
                    continue;
                };
                let message = format!(
                    "two servers of '{}' are named '{name}', which is refused since 2.0",
                    section.title()
                );
                let rewrite = task.replace_words(line, 1, 1, &other);
                let advice =
                    "choose names to your liking; statistics and the sockets' commands know servers by them";
                found.push(
                    Found::new([*first, line], message)
                        .edits(rewrite)
                        .advice(advice)
                        .decide(),
                );
                given.push(other);
            } else {
                seen.insert(name, line);
            }
        }
    }
}
