//! For programs.

use serde_json::{Value, json};

use super::Report;

/// The report as one JSON object.
#[must_use]
pub fn json(report: &Report<'_>) -> String {
    format!("{:#}\n", value(report))
}

/// The same, before it is written.
pub(super) fn value(report: &Report<'_>) -> Value {
    let migrated = report.migrated;
    json!({
        "file": report.name,
        "program": migrated.program,
        "from": migrated.from.to_string(),
        "guess": migrated.guess,
        "to": migrated.to.to_string(),
        "changed": migrated.is_changed(),
        "findings": migrated.findings,
        "refused": report.refused,
        "diff": report.diff(),
    })
}
