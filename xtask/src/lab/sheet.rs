//! The lab's findings: figures with what they must be, as a table and as JSON.

use std::fmt::{Display, Write};
use std::time::Duration;

use serde::Serialize;

use crate::outcome::Tally;

/// A column is no wider than this for the sake of a few long entries.
const WIDEST: usize = 60;

/// One finding.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Check {
    /// What was looked at.
    what: String,
    /// What was found.
    figure: String,
    /// What had to be found.
    must_be: String,
    passed: bool,
}

/// The findings of one scenario.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Sheet {
    scenario: String,
    /// How the documents' files were run: unchanged, or what was changed for a program that refuses them.
    files: Vec<String>,
    checks: Vec<Check>,
}

impl Sheet {
    pub(super) fn new(scenario: &str) -> Self {
        Self {
            scenario: scenario.to_owned(),
            ..Self::default()
        }
    }

    /// Notes how a file was run. A program that is started again with it is no news.
    pub(super) fn file(&mut self, note: String) {
        if !self.files.contains(&note) {
            self.files.push(note);
        }
    }

    /// Adds a finding.
    pub(super) fn check(&mut self, what: &str, figure: impl Display, must_be: impl Display, passed: bool) {
        self.checks.push(Check {
            what: what.to_owned(),
            figure: figure.to_string(),
            must_be: must_be.to_string(),
            passed,
        });
    }

    /// Adds a time that must not exceed a limit.
    pub(super) fn within(&mut self, what: &str, took: Duration, limit: Duration) {
        let must_be = format!("at most {:.1} s", limit.as_secs_f64());
        self.check(
            what,
            format!("{:.2} s", took.as_secs_f64()),
            must_be,
            took <= limit,
        );
    }

    /// Adds a finding that must be exactly so.
    pub(super) fn equal<T: Display + PartialEq>(&mut self, what: &str, found: T, expected: T) {
        let passed = found == expected;
        self.check(what, found, expected, passed);
    }

    /// How many findings are right and wrong.
    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for check in &self.checks {
            tally.count(check.passed);
        }
        tally
    }

    /// The findings as a table for a terminal.
    pub(super) fn table(&self) -> String {
        let width = |of: fn(&Check) -> &String| {
            let widths = self.checks.iter().map(|check| of(check).chars().count());
            widths.filter(|width| *width <= WIDEST).max().unwrap_or(0)
        };
        let (what, figure) = (width(|c| &c.what), width(|c| &c.figure));
        let mut table = format!("\n{}\n", self.scenario);
        for note in &self.files {
            table.push_str(&format!("  {note}\n"));
        }
        for check in &self.checks {
            let verdict = if check.passed { "ok" } else { "WRONG" };
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "  {verdict:5}  {:what$}  {:figure$}  {}",
                check.what, check.figure, check.must_be
            );
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_beyond_its_limit_is_a_wrong_finding() {
        let mut sheet = Sheet::new("scenario");
        sheet.equal("sum", 4, 4);
        sheet.within("wait", Duration::from_secs(2), Duration::from_secs(1));
        assert_eq!((sheet.tally().passed, sheet.tally().failed), (1, 1));
        assert!(sheet.table().contains("WRONG  wait  2.00 s  at most 1.0 s"));
    }
}
