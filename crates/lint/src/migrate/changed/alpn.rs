//! HTTP/2 by default since 2.8.

use syntax::Version;

use super::super::file::Line;
use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "alpn",
    about: "listeners with TLS offer HTTP/2",
    when: When::Since(Version::new(2, 8)),
    docs: "Since 2.8 a TLS listener of an HTTP proxy offers `h2,http/1.1` where nothing says otherwise. `no-alpn` on the line offers nothing.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for (at, _) in task
        .file
        .proxies()
        .filter(|(at, section)| section.is_frontend() && task.file.is_http(*at))
    {
        let global = |line: &Line| line.word(0) == "ssl-default-bind-options" && line.has(1, "no-alpn");
        let binds = task
            .file
            .body(at)
            .filter(|line| line.word(0) == "bind" && line.has(2, "ssl"));
        let binds = binds.filter(|line| {
            !["alpn", "no-alpn", "npn", "proto"]
                .iter()
                .any(|word| line.has(2, word))
        });
        let lines: Vec<&Line> = binds.collect();
        if lines.is_empty() || task.file.global().any(global) {
            continue;
        }
        let mut told = Found::new(
            lines.clone(),
            "clients may speak HTTP/2 with these listeners since 2.8",
        );
        for line in lines {
            told = told.pin_behind(line, "no-alpn");
        }
        found.push(told.advice("log lines show HTTP/2.0, and one connection carries many requests at once"));
    }
}
