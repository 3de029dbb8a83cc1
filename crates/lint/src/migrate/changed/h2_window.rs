//! Windows of HTTP/2 since 3.1.

use syntax::Version;

use super::super::file::Line;
use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "h2-window",
    about: "uploads over HTTP/2 get larger windows",
    when: When::Since(Version::new(3, 1)),
    docs: "The window of a stream of HTTP/2 adapts itself to the buffers at hand since 3.1; it was fixed. `tune.h2.fe.rxbuf` and `tune.h2.be.rxbuf` bound the buffers.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let said = |line: &Line| {
        line.word(0).starts_with("tune.h2.")
            && (line.word(0).ends_with("initial-window-size") || line.word(0).ends_with("rxbuf"))
    };
    if task.file.global().any(said) {
        return;
    }
    let h2 = |word: &str| {
        word == "h2" || word.starts_with("h2,") || word.ends_with(",h2") || word.contains(",h2,")
    };
    let lines: Vec<&Line> = task
        .file
        .proxy_lines()
        .filter(|line| matches!(line.word(0), "bind" | "server"))
        .filter(|line| line.value_of("alpn").is_some_and(h2) || line.value_of("proto").is_some_and(h2))
        .collect();
    if !lines.is_empty() {
        let told = Found::new(lines, "windows of HTTP/2 adapt to the buffers at hand since 3.1");
        found.push(told.advice(
            "uploads are faster and take more memory; tune.h2.fe.rxbuf and tune.h2.be.rxbuf bound it",
        ));
    }
}
