//! No DHE since 2.6.

use syntax::Version;

use super::super::file::Line;
use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "dhe",
    about: "suites with DHE are not offered",
    when: When::Since(Version::new(2, 6)),
    docs: "Suites with ephemeral Diffie-Hellman of whole numbers (DHE) are offered since 2.6 only where parameters are given: in the certificate, by `ssl-dh-param-file`, or by `tune.ssl.default-dh-param`.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let said = |line: &Line| matches!(line.word(0), "tune.ssl.default-dh-param" | "ssl-dh-param-file");
    let binds = task
        .file
        .proxy_lines()
        .filter(|line| line.word(0) == "bind" && line.has(2, "ssl"));
    let lines: Vec<&Line> = binds.collect();
    if !lines.is_empty() && !task.file.global().any(said) {
        let told = Found::new(lines, "suites with DHE are not offered since 2.6");
        let advice = "clients that have no elliptic curves are refused; hardly any is left";
        found.push(
            told.advice(advice)
                .pin(PinAt::Global, "tune.ssl.default-dh-param 2048"),
        );
    }
}
