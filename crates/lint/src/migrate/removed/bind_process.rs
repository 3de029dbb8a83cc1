//! `bind-process`, and `process` of a `bind` line.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "bind-process",
    about: "`bind-process` and `process` go, or become `thread`",
    when: When::Old(&[(Table::Proxy, "bind-process"), (Table::Bind, "process")]),
    docs: "There is one process, so a proxy need not name its processes. Where `process` named threads behind a slash, `thread` names them.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["bind-process"]) {
        found.push(Found::new([line], task.age(Table::Proxy, "bind-process")).edits(task.rewrite(line, &[])));
    }
    if !task.is_old(Table::Bind, "process") {
        return;
    }
    let binds = task.file.proxy_lines().filter(|line| line.word(0) == "bind");
    let sockets = task.file.global();
    let sockets = sockets.filter(|line| line.word(0) == "stats" && line.word(1) == "socket");
    for line in binds.chain(sockets) {
        let Some(at) = (2..line.words.len()).find(|at| line.word(*at) == "process") else {
            continue;
        };
        let last = (at + 1).min(line.words.len() - 1);
        let threads = line
            .word(at + 1)
            .split_once('/')
            .map(|(_, threads)| threads.to_owned());
        let told = Found::new([line], task.age(Table::Bind, "process"));
        let threads = threads.filter(|threads| !matches!(threads.as_str(), "" | "all"));
        found.push(match threads {
            None => told.edits(task.remove_words(line, at, last)),
            Some(threads) if task.has(2, 7) => {
                told.edits(task.replace_words(line, at, last, &format!("thread {threads}")))
            }
            Some(_) => told.advice("'thread', which takes its place, came with 2.7: it stays until then"),
        });
    }
    for line in task
        .file
        .global()
        .filter(|line| line.word(0) == "stats" && line.word(1) == "bind-process")
    {
        if task.has(2, 7) {
            let told = Found::new([line], "'stats bind-process' has no meaning without processes");
            found.push(told.edits(task.rewrite(line, &[])));
        }
    }
}
