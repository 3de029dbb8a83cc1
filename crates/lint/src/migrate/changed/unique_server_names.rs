//! Names of servers are unique since 3.3.

use syntax::Version;

use std::collections::BTreeMap;

use super::super::file::Line;
use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "unique-server-names",
    about: "two servers of one name are refused",
    when: When::Since(Version::new(3, 3)),
    docs: "Two servers of a backend with one name, and a frontend and a backend of one name, were warned of or let pass; since 3.3 they are errors.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for (at, section) in task.file.proxies() {
        let mut seen: BTreeMap<&str, &Line> = BTreeMap::new();
        for line in task
            .file
            .body(at)
            .filter(|line| line.word(0) == "server" && section.is_backend())
        {
            if let Some(first) = seen.get(line.word(1)) {
                let message = format!(
                    "two servers of '{}' are named '{}', which is refused since 3.3",
                    section.title(),
                    line.word(1)
                );
                let advice = "give one another name; a session cookie or the sockets' commands may know it by the old one";
                found.push(Found::new([*first, line], message).advice(advice).decide());
            } else {
                seen.insert(line.word(1), line);
            }
        }
        let twin = task
            .file
            .proxies()
            .find(|(other, twin)| *other < at && twin.name == section.name && !section.name.is_empty());
        if let Some((first, twin)) = twin
            && (twin.kind != section.kind && twin.kind != "listen" && section.kind != "listen")
        {
            let message = format!("'{}' and '{}' have one name", twin.title(), section.title());
            let advice = "they may still stand side by side, but statistics and 'table' arguments cannot tell them apart";
            found.push(Found::new(task.headers(&[first, at]), message).advice(advice));
        }
    }
}
