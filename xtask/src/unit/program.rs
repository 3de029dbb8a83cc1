//! Programs of tests: how cargo builds them, and what one said when it ran.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use cargo_metadata::{Message, Package, TargetKind};

use crate::outcome::Tally;
use crate::workspace;

/// A program of tests.
#[derive(Clone, Debug)]
pub(super) struct Program {
    /// CRATE::FILE, or CRATE alone for the tests that stand beside what they test, or `doc`.
    pub(super) name: String,
    start: Start,
}

/// How it is started.
#[derive(Clone, Debug)]
enum Start {
    /// This file, in that folder.
    File(PathBuf, PathBuf),
    /// By cargo: the documentation tests of all packages, which are built with what is built already.
    Documentation,
}

/// What a program's run came to.
pub(super) struct Report {
    pub(super) program: Program,
    pub(super) tally: Tally,
    /// What it said, both outputs.
    pub(super) output: String,
    took: Duration,
}

/// Builds all programs of tests of this workspace. What the compiler says goes to this program's own outputs.
pub(super) fn all() -> anyhow::Result<Vec<Program>> {
    let metadata = cargo_metadata::MetadataCommand::new()
        .current_dir(workspace::root())
        .no_deps()
        .exec()
        .context("cannot ask cargo for the packages")?;
    let mut build = workspace::cargo();
    build
        .args(["test", "--workspace", "--no-run", "--quiet"])
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output = build.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("cargo test --workspace --no-run failed ({})", output.status);
    }
    let mut programs = Vec::new();
    for message in Message::parse_stream(output.stdout.as_slice()) {
        let Message::CompilerArtifact(artifact) = message.context("cannot read what cargo built")? else {
            continue;
        };
        let (Some(file), true) = (artifact.executable, artifact.profile.test) else {
            continue;
        };
        let package = metadata
            .packages
            .iter()
            .find(|package| package.id == artifact.package_id)
            .with_context(|| format!("cargo built {file} of no package of this workspace"))?;
        let name = if artifact.target.kind.contains(&TargetKind::Test) {
            format!("{}::{}", package.name, artifact.target.name)
        } else {
            package.name.to_string()
        };
        programs.push(Program {
            name,
            start: Start::File(file.into(), folder(package)),
        });
    }
    programs.push(Program {
        name: "doc".to_owned(),
        start: Start::Documentation,
    });
    Ok(programs)
}

fn folder(package: &Package) -> PathBuf {
    let manifest = package.manifest_path.as_std_path();
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

impl Program {
    /// Runs it in its package's folder, as cargo does: all of its tests, or the one of this name.
    pub(super) fn run(&self, test: Option<&str>) -> anyhow::Result<Report> {
        let mut command = match &self.start {
            Start::File(file, folder) => {
                let mut command = Command::new(file);
                command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder);
                if let Some(test) = test {
                    command.args(["--exact", test]);
                }
                command
            }
            Start::Documentation => {
                let mut command = workspace::cargo();
                command.args(["test", "--quiet", "--doc", "--workspace"]);
                command
            }
        };
        let start = Instant::now();
        let output = command
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot start {}", self.name))?;
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(Report {
            program: self.clone(),
            tally: tally(&said, output.status.success()),
            output: said,
            took: start.elapsed(),
        })
    }
}

/// What was counted; a program that ended badly has failed, whatever it counted.
fn tally(said: &str, success: bool) -> Tally {
    let mut tally = libtest(said);
    if !success && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

/// What Rust's test harness counted: the sum over all `test result: ok. 7 passed; 0 failed; 1 ignored; …` lines.
fn libtest(output: &str) -> Tally {
    let mut total = Tally::default();
    for result in output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        for part in result.split(['.', ';']).map(str::trim) {
            match part.split_once(' ') {
                Some((number, "passed")) => total.passed += number.parse().unwrap_or(0),
                Some((number, "failed")) => total.failed += number.parse().unwrap_or(0),
                Some((number, "ignored")) => total.skipped += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
    total
}

impl Report {
    /// The line that says how it went.
    pub(super) fn line(&self) -> String {
        let word = if self.tally.failed == 0 { "ok" } else { "FAILED" };
        let (name, tally) = (&self.program.name, self.tally);
        format!("{word:6} {name:44} {tally} ({:.1} s)", self.took.as_secs_f64())
    }

    /// The names of the tests that failed, where the program can be asked for them alone and came so far as to count all.
    pub(super) fn named_failures(&self) -> Vec<String> {
        let named = failed_tests(&self.output);
        match self.program.start {
            Start::File(..) if named.len() == self.tally.failed => named,
            _ => Vec::new(),
        }
    }

    /// What to say of what failed: the tests' names, or that the program did not come so far as to say them.
    pub(super) fn failed_tests(&self) -> Vec<String> {
        let named = failed_tests(&self.output);
        if named.is_empty() && self.tally.failed > 0 {
            vec!["ended badly".to_owned()]
        } else {
            named
        }
    }
}

fn failed_tests(output: &str) -> Vec<String> {
    output
        .lines()
        .filter_map(|line| line.strip_prefix("test ")?.strip_suffix("... FAILED"))
        .map(|name| name.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtest_results_are_added_over_all_binaries() {
        let output = "running 8 tests\n........\n\
             test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(
            libtest(output),
            Tally {
                passed: 9,
                failed: 3,
                skipped: 1
            }
        );
    }

    #[test]
    fn a_program_that_ends_badly_has_failed() {
        let passed =
            "test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(tally(passed, true).failed, 0);
        assert_eq!(tally(passed, false).failed, 1);
        assert_eq!(tally("", false).failed, 1);
        // One without tests has counted none, and that is right.
        assert_eq!(tally("", true), Tally::default());
    }

    #[test]
    fn failed_tests_are_named() {
        let output = "test a::b ... ok\ntest a::c ... FAILED\ntest keyword/one   ... FAILED\n\ntest result: FAILED. 1 passed\n";
        assert_eq!(failed_tests(output), ["a::c", "keyword/one"]);
    }

    #[test]
    fn a_program_is_run_in_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        let program = Program {
            name: "crate::test".to_owned(),
            start: Start::File(PathBuf::from("/bin/pwd"), folder.path().to_path_buf()),
        };
        let report = program.run(None).expect("it runs");
        let said = PathBuf::from(report.output.trim());
        assert_eq!(said, folder.path().canonicalize().expect("a path"));
        assert!(
            report.line().starts_with("ok     crate::test "),
            "{}",
            report.line()
        );
        assert!(report.failed_tests().is_empty());
    }

    #[test]
    fn one_that_says_nothing_and_fails_is_named() {
        let program = Program {
            name: "crate::test".to_owned(),
            start: Start::File(PathBuf::from("/bin/false"), PathBuf::from("/")),
        };
        let report = program.run(None).expect("it runs");
        assert_eq!(report.failed_tests(), ["ended badly"]);
        assert!(report.named_failures().is_empty());
    }

    #[test]
    fn tests_that_failed_can_be_asked_for_alone() {
        let said =
            "test a ... FAILED\\ntest b ... ok\\ntest result: FAILED. 1 passed; 1 failed; 0 ignored;\\n";
        let program = Program {
            name: "crate::test".to_owned(),
            start: Start::File(PathBuf::from("/usr/bin/printf"), PathBuf::from("/")),
        };
        let report = Report {
            program: program.clone(),
            tally: tally(&said.replace("\\n", "\n"), false),
            output: said.replace("\\n", "\n"),
            took: Duration::ZERO,
        };
        assert_eq!(report.named_failures(), ["a"]);
        let echo = Program {
            start: Start::File(PathBuf::from("/bin/echo"), PathBuf::from("/")),
            ..program
        };
        let again = echo.run(Some("a")).expect("it runs");
        assert_eq!(again.output, "--exact a\n");
    }
}
