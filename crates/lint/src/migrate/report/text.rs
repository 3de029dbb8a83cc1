//! For a terminal.

use std::fmt::Write as _;

use super::super::Kind;
use super::{REFUSED, Report, offered, place};

/// The report as plain text.
#[must_use]
pub fn text(report: &Report<'_>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "{}: from {} to {}",
        report.name,
        report.from(),
        report.migrated.to
    );
    let _ = writeln!(out, "{}", report.sums());
    for (title, findings) in report.parts() {
        let _ = writeln!(out, "\n{title}");
        for finding in findings {
            let _ = writeln!(
                out,
                "  {}: {} [{}]",
                place(finding),
                finding.message,
                finding.migration
            );
            if !finding.advice.is_empty() {
                let _ = writeln!(out, "    {}", finding.advice);
            }
            if finding.kind != Kind::Changed {
                for line in &finding.written {
                    let _ = writeln!(out, "    > {line}");
                }
            }
            if let Some(offered) = offered(finding) {
                let _ = writeln!(out, "    {offered}");
            }
        }
    }
    if !report.refused.is_empty() {
        let _ = writeln!(out, "\n{REFUSED}");
        for refused in report.refused {
            let _ = writeln!(out, "  {}: {}", refused.place(), refused.message);
        }
    }
    let diff = report.diff();
    if diff.is_empty() {
        let _ = writeln!(out, "\nThe file stays as it is.");
    } else {
        let _ = write!(out, "\n{diff}");
    }
    out
}
