//! For a ticket, a wiki or a merge request.

use std::fmt::Write as _;

use super::super::Kind;
use super::{REFUSED, Report, offered, place};

/// The report as Markdown.
#[must_use]
pub fn markdown(report: &Report<'_>) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# {}\n", report.name);
    let _ = writeln!(
        out,
        "From {} {} to {}: {}.",
        report.migrated.program,
        report.from(),
        report.migrated.to,
        report.sums()
    );
    for (title, findings) in report.parts() {
        let _ = writeln!(
            out,
            "\n## {title}\n\n| where | what | what to know | written |\n| --- | --- | --- | --- |"
        );
        for finding in findings {
            let written: Vec<String> = finding.written.iter().map(|line| code(line)).collect();
            let written = match offered(finding) {
                Some(_) => format!("with `--pin`: {}", written.join("<br>")),
                None if finding.kind == Kind::Changed => String::new(),
                None => written.join("<br>"),
            };
            let _ = writeln!(
                out,
                "| {} | {} (`{}`) | {} | {written} |",
                place(finding),
                cell(&finding.message),
                finding.migration,
                cell(&finding.advice)
            );
        }
    }
    if !report.refused.is_empty() {
        let _ = writeln!(out, "\n## {REFUSED}\n");
        for refused in report.refused {
            let _ = writeln!(out, "- {}: {}", refused.place(), cell(&refused.message));
        }
    }
    let diff = report.diff();
    if diff.is_empty() {
        let _ = writeln!(out, "\nThe file stays as it is.");
    } else {
        // A fence longer than any in the file.
        let longest = diff
            .split(|letter| letter != '`')
            .map(str::len)
            .max()
            .unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let _ = writeln!(out, "\n## The new file\n\n{fence}diff\n{diff}{fence}");
    }
    out
}

/// Text that stays within its cell.
pub(super) fn cell(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('*', "\\*")
        .replace('\n', " ")
}

/// Code that stays within its cell.
pub(super) fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    format!("{fence}{}{fence}", text.replace('|', "\\|").replace('\n', " "))
}
