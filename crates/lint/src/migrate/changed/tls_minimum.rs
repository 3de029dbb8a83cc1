//! TLS 1.2 at least since 2.2.

use syntax::Version;

use super::super::file::Line;
use super::super::task::{Found, PinAt, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "tls-minimum",
    about: "listeners offer TLS 1.2 and 1.3 only",
    when: When::Since(Version::new(2, 2)),
    docs: "Clients that speak TLS 1.0 or 1.1 only are refused since 2.2, unless `ssl-min-ver` says otherwise, on the line or in `ssl-default-bind-options`.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let said = |line: &Line, at: usize| {
        let mut words = line.rest(at);
        words.any(|word| {
            matches!(
                word,
                "ssl-min-ver"
                    | "force-tlsv10"
                    | "force-tlsv11"
                    | "force-tlsv12"
                    | "force-tlsv13"
                    | "no-tlsv10"
                    | "no-tlsv11"
            )
        })
    };
    if task
        .file
        .global()
        .any(|line| line.word(0) == "ssl-default-bind-options" && said(line, 1))
    {
        return;
    }
    let binds = task
        .file
        .proxy_lines()
        .filter(|line| line.word(0) == "bind" && line.has(2, "ssl"));
    let lines: Vec<&Line> = binds.filter(|line| !said(line, 2)).collect();
    if !lines.is_empty() {
        let told = Found::new(
            lines,
            "clients that speak TLS 1.0 or 1.1 only are refused since 2.2",
        );
        let advice = "few are left, and these versions are broken: keep them only for clients that you know";
        found.push(
            told.advice(advice)
                .pin(PinAt::Global, "ssl-default-bind-options ssl-min-ver TLSv1.0"),
        );
    }
}
