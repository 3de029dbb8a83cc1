//! Names in TLS towards servers since 3.3.

use syntax::Version;

use super::super::file::Line;
use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "sni",
    about: "the Host header names the server in TLS",
    when: When::Since(Version::new(3, 3)),
    docs: "A connection to a server with `ssl` carries the name of the request's `Host` header in TLS (SNI) since 3.3, where nothing else is said; it carried none. `no-sni-auto` sends none.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let off = |line: &Line| {
        ["sni", "sni-auto", "no-sni-auto"]
            .iter()
            .any(|word| line.has(1, word))
    };
    for (at, _) in task.file.proxies().filter(|(_, section)| section.is_backend()) {
        if task
            .file
            .setting(at, |line| line.word(0) == "default-server" && off(line))
            .is_some()
        {
            continue;
        }
        let all = task
            .file
            .setting(at, |line| line.word(0) == "default-server" && line.has(1, "ssl"))
            .is_some();
        let servers = task
            .file
            .body(at)
            .filter(|line| matches!(line.word(0), "server" | "server-template"));
        let lines: Vec<&Line> = servers
            .filter(|line| (all || line.has(3, "ssl")) && !off(line))
            .collect();
        if lines.is_empty() {
            continue;
        }
        let mut told = Found::new(
            lines.clone(),
            "the name of the Host header is sent to these servers in TLS since 3.3",
        );
        for line in lines {
            told = told.pin_behind(line, "no-sni-auto");
        }
        found.push(told.advice(
            "servers may answer with another certificate; with 'verify required' it must fit that name",
        ));
    }
}
