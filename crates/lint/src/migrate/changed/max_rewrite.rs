//! `tune.maxrewrite` is 1024 since 1.6.

use syntax::Version;

use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "max-rewrite",
    about: "less of a buffer is kept free for headers that are added",
    when: When::Since(Version::new(1, 6)),
    docs: "Half of a buffer was kept free for what is added to a head; since 1.6 it is 1024 bytes, so that larger heads fit and less can be added.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let http = task.file.proxies().any(|(at, _)| task.file.is_http(at));
    if !http || task.file.global().any(|line| line.word(0) == "tune.maxrewrite") {
        return;
    }
    let size = task.file.global().find(|line| line.word(0) == "tune.bufsize");
    let size = size
        .and_then(|line| line.word(1).parse::<u32>().ok())
        .unwrap_or(16384);
    let told = Found::new(
        [],
        "tune.maxrewrite is 1024 since 1.6, where it was half a buffer",
    );
    let advice = "larger heads of requests are taken, and rules may add less than 1024 bytes to each";
    found.push(
        told.advice(advice)
            .pin(PinAt::Global, format!("tune.maxrewrite {}", size / 2)),
    );
}
