//! tests/vtc/expectations.toml: which scenarios fail around which program, and why.
//!
//! There is no way to leave a scenario out: an expected failure is run too, and when it passes the entry is stale and
//! fails the run. So is one whose file is gone.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

use super::Subject;
use super::scenario::{self, Ended, Report};

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    fails: Vec<Failure>,
}

/// A scenario that fails around one of the programs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Failure {
    /// The scenario's file name.
    file: String,
    /// Around which program.
    subject: Subject,
    /// Why, for the reader.
    reason: String,
    /// What the log must then hold, so that it fails for that reason and no other.
    log_has: String,
}

/// What the expectations say of a scenario that has been run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict<'a> {
    /// It ended as it should.
    Right,
    /// varnishtest skipped it.
    Skipped,
    /// It failed and should not have.
    Wrong,
    /// It passed, and an entry with this reason says that it fails.
    Stale(&'a str),
    /// It failed, but its log does not hold what the entry says it does.
    OtherReason {
        /// What the log should have held.
        expected: &'a str,
    },
}

/// All expected failures.
pub(super) struct Expectations {
    failures: HashMap<(Subject, String), Failure>,
}

impl Expectations {
    /// Reads the file, and checks that its entries speak of the scenarios in `all`, each once.
    pub(super) fn read(file: &Path, all: &[PathBuf]) -> anyhow::Result<Self> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let names: Vec<String> = all.iter().map(|path| scenario::name(path)).collect();
        Self::parse(&text, &names).with_context(|| format!("in {}", file.display()))
    }

    fn parse(text: &str, names: &[String]) -> anyhow::Result<Self> {
        let file: File = toml::from_str(text)?;
        let mut failures = HashMap::new();
        for failure in file.fails {
            if !names.contains(&failure.file) {
                bail!("there is no scenario {:?}: take its entry out", failure.file);
            }
            if failure.reason.trim().is_empty() || failure.log_has.trim().is_empty() {
                bail!(
                    "{}: an expected failure needs a reason and a log_has",
                    failure.file
                );
            }
            let key = (failure.subject, failure.file.clone());
            if let Some(twice) = failures.insert(key, failure) {
                bail!("{} has two entries for {}", twice.file, twice.subject.name());
            }
        }
        Ok(Self { failures })
    }

    /// What to make of a scenario's end.
    pub(super) fn verdict(&self, subject: Subject, report: &Report) -> Verdict<'_> {
        match (&report.ended, self.failures.get(&(subject, report.name.clone()))) {
            (Ended::Skipped, _) => Verdict::Skipped,
            (Ended::Passed, None) => Verdict::Right,
            (Ended::Passed, Some(failure)) => Verdict::Stale(&failure.reason),
            (Ended::Failed, None) => Verdict::Wrong,
            (Ended::Failed, Some(failure)) if report.log.contains(&failure.log_has) => Verdict::Right,
            (Ended::Failed, Some(failure)) => Verdict::OtherReason {
                expected: &failure.log_has,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"
        [[fails]]
        file = "old.vtc"
        subject = "original"
        reason = "2.6 does not know it"
        log_has = "unknown keyword"
    "#;

    fn parsed(text: &str) -> anyhow::Result<Expectations> {
        Expectations::parse(text, &["old.vtc".to_owned(), "new.vtc".to_owned()])
    }

    fn report(name: &str, ended: Ended, log: &str) -> Report {
        Report {
            name: name.to_owned(),
            ended,
            log: log.to_owned(),
            log_file: PathBuf::from("x.log"),
        }
    }

    #[test]
    fn an_expected_failure_is_right_only_for_its_subject_and_its_reason() {
        let expectations = parsed(ENTRY).expect("an entry");
        let failed = report("old.vtc", Ended::Failed, "[ALERT] unknown keyword 'rspadd'");
        assert_eq!(expectations.verdict(Subject::Original, &failed), Verdict::Right);
        assert_eq!(expectations.verdict(Subject::Holdfast, &failed), Verdict::Wrong);
        let otherwise = report("old.vtc", Ended::Failed, "Assert error");
        assert_eq!(
            expectations.verdict(Subject::Original, &otherwise),
            Verdict::OtherReason {
                expected: "unknown keyword"
            }
        );
    }

    #[test]
    fn an_expected_failure_that_passes_is_stale() {
        let expectations = parsed(ENTRY).expect("an entry");
        let passed = report("old.vtc", Ended::Passed, "");
        assert_eq!(
            expectations.verdict(Subject::Original, &passed),
            Verdict::Stale("2.6 does not know it")
        );
    }

    #[test]
    fn what_has_no_entry_must_pass() {
        let expectations = parsed(ENTRY).expect("an entry");
        let verdict = |ended| expectations.verdict(Subject::Original, &report("new.vtc", ended, ""));
        assert_eq!(verdict(Ended::Passed), Verdict::Right);
        assert_eq!(verdict(Ended::Failed), Verdict::Wrong);
        assert_eq!(verdict(Ended::Skipped), Verdict::Skipped);
    }

    #[test]
    fn entries_for_files_that_are_gone_doubled_or_without_a_reason_are_refused() {
        assert!(parsed(&ENTRY.replace("old.vtc", "gone.vtc")).is_err());
        assert!(parsed(&format!("{ENTRY}{ENTRY}")).is_err());
        assert!(parsed(&ENTRY.replace("2.6 does not know it", " ")).is_err());
        assert!(parsed(&ENTRY.replace("reason", "why")).is_err());
    }
}
