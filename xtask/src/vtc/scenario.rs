//! Running `.vtc` files through varnishtest, several at once, and keeping what each said.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::Context;

use crate::at_once;

/// Seconds after which varnishtest gives a scenario up; the slowest takes three on an idle machine.
const TIME_LIMIT: &str = "40";

/// varnishtest's exit status for a scenario that asks for a feature that is not there.
const SKIPPED: i32 = 77;

/// How varnishtest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// All expectations were met.
    Passed,
    /// One was not, or varnishtest gave up.
    Failed,
    /// A feature was missing.
    Skipped,
}

/// A scenario that has been run.
#[derive(Clone, Debug)]
pub(super) struct Report {
    /// The file's name.
    pub(super) name: String,
    /// How it ended.
    pub(super) ended: Ended,
    /// All that varnishtest printed.
    pub(super) log: String,
    /// Where that is kept.
    pub(super) log_file: PathBuf,
}

impl Report {
    /// The lines of the log that say what failed, with the program's alerts.
    pub(super) fn complaints(&self) -> impl Iterator<Item = &str> {
        self.log
            .lines()
            .filter(|line| {
                line.starts_with("---- ") || line.contains("[ALERT]") || line.contains("panicked at")
            })
            .take(12)
    }
}

/// A scenario's file name.
pub(super) fn name(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// All scenarios of a folder, by name.
pub(super) fn all(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "vtc") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Runs `files` around `program`, `jobs` at once, keeps their logs in `logs`, and gives the reports in the files' order.
pub(super) fn run_all(
    program: &Path,
    files: &[PathBuf],
    logs: &Path,
    jobs: usize,
) -> anyhow::Result<Vec<Report>> {
    at_once::all(files, jobs, |file| run_one(program, file, logs))
}

fn run_one(program: &Path, file: &Path, logs: &Path) -> anyhow::Result<Report> {
    let name = name(file);
    // varnishtest ends its programs with SIGINT. Begun in the background of a shell, this process was told to ignore that,
    // and all that it starts would be too.
    let output = Command::new("env")
        .args(["--default-signal=INT", "varnishtest", "-v", "-t", TIME_LIMIT])
        .arg(file)
        .env("HAPROXY_PROGRAM", program)
        .env_remove("HAPROXY_ARGS")
        .env("TZ", "UTC")
        .output()
        .context("cannot start varnishtest")?;
    let mut log = String::from_utf8_lossy(&output.stdout).into_owned();
    log.push_str(&String::from_utf8_lossy(&output.stderr));
    let log_file = logs.join(format!("{name}.log"));
    std::fs::write(&log_file, &log).with_context(|| format!("cannot write {}", log_file.display()))?;
    Ok(Report {
        ended: ended(output.status),
        name,
        log,
        log_file,
    })
}

fn ended(status: ExitStatus) -> Ended {
    match status.code() {
        Some(0) => Ended::Passed,
        Some(SKIPPED) => Ended::Skipped,
        _ => Ended::Failed,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn exit_status_of_varnishtest_is_read() {
        let status = |code: i32| ExitStatus::from_raw(code << 8);
        assert_eq!(ended(status(0)), Ended::Passed);
        assert_eq!(ended(status(77)), Ended::Skipped);
        assert_eq!(ended(status(2)), Ended::Failed);
        assert_eq!(ended(ExitStatus::from_raw(9)), Ended::Failed);
    }

    #[test]
    fn only_vtc_files_are_scenarios_and_they_come_by_name() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["b.vtc", "a.vtc", "README.md"] {
            std::fs::write(folder.path().join(name), "").expect("a file");
        }
        let names: Vec<String> = all(folder.path())
            .expect("files")
            .iter()
            .map(|file| name(file))
            .collect();
        assert_eq!(names, ["a.vtc", "b.vtc"]);
    }

    #[test]
    fn complaints_are_the_lines_that_say_what_failed() {
        let report = Report {
            name: "x.vtc".to_owned(),
            ended: Ended::Failed,
            log: "**** c1    rxhdr|HTTP/1.1 200 OK\n---- c1    EXPECT resp.status (200) == \"503\" failed\n"
                .to_owned(),
            log_file: PathBuf::from("x.log"),
        };
        let complaints: Vec<&str> = report.complaints().collect();
        assert_eq!(
            complaints,
            ["---- c1    EXPECT resp.status (200) == \"503\" failed"]
        );
    }
}
