//! Running a layer's command to its end: output into a file, and an end after a time limit for it and all it started.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::wait;

/// A command that has ended.
pub(super) struct Ended {
    pub(super) success: bool,
    /// Both of its outputs, as they came.
    pub(super) output: String,
    /// Why it was ended, when it did not end by itself.
    pub(super) stopped: Option<String>,
}

/// Runs the command without input, in a process group of its own, for at most `limit`.
pub(super) fn to_the_end(command: &mut Command, log: &Path, limit: Duration) -> anyhow::Result<Ended> {
    let file = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let same_file = file
        .try_clone()
        .context("cannot write the output of two streams to one file")?;
    command
        .stdin(Stdio::null())
        .stdout(file)
        .stderr(same_file)
        .process_group(0);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {command:?}"))?;

    let mut status = None;
    let ended = wait::until(limit, || {
        status = child.try_wait().transpose();
        status.is_some().then_some(())
    });
    let mut stopped = None;
    if ended.is_none() {
        stopped = Some(format!("did not end within {} minutes", limit.as_secs() / 60));
        let group = Pid::from_raw(i32::try_from(child.id()).context("a process id beyond 31 bits")?);
        killpg(group, Signal::SIGKILL).context("cannot end the command")?;
        status = Some(child.wait());
    }
    let success = match status {
        Some(status) => status.context("cannot wait for the command")?.success(),
        None => false,
    };
    let output = fs::read(log).with_context(|| format!("cannot read {}", log.display()))?;
    Ok(Ended {
        success: success && stopped.is_none(),
        output: String::from_utf8_lossy(&output).into_owned(),
        stopped,
    })
}

/// The last lines of an output without those about what went well, each set in.
pub(super) fn telling_lines(output: &str, number: usize) -> String {
    let went_well = |line: &str| {
        let line = line.trim();
        line.ends_with("... ok")
            || ["Compiling ", "Checking ", "Documenting "]
                .iter()
                .any(|word| line.starts_with(word))
    };
    let lines: Vec<_> = output.lines().filter(|line| !went_well(line)).collect();
    lines[lines.len().saturating_sub(number)..]
        .iter()
        .map(|line| format!("   | {line}\n"))
        .collect()
}

/// The lines of an output that name what was wrong, at most `number` of them and none longer than a screen is wide.
pub(super) fn wrong_lines(output: &str, number: usize) -> Vec<String> {
    let names_a_failure = |line: &&str| {
        ["WRONG ", "FAILED ", "error: ", "error["]
            .iter()
            .any(|word| line.starts_with(word))
            || line.ends_with("... FAILED")
            || line.contains(" panicked at ")
    };
    output
        .lines()
        .map(str::trim)
        .filter(names_a_failure)
        .take(number)
        .map(|line| line.chars().take(400).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_does_not_end_is_ended_with_its_children() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 1000 & echo $!; wait"]);
        let ended = to_the_end(
            &mut command,
            &folder.path().join("log"),
            Duration::from_millis(300),
        )
        .expect("it was ended");
        assert!(!ended.success);
        assert_eq!(ended.stopped.as_deref(), Some("did not end within 0 minutes"));

        let child: i32 = ended.output.trim().parse().expect("the child's id");
        let gone = wait::until(Duration::from_secs(10), || {
            // A dead child whose parent is gone may stay as a zombie for a moment.
            let state = fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
            (state.is_empty() || state.contains(") Z ")).then_some(())
        });
        assert!(gone.is_some(), "the child of the ended command still runs");
    }

    #[test]
    fn both_outputs_are_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "echo one; echo two >&2"]);
        let ended =
            to_the_end(&mut command, &folder.path().join("log"), Duration::from_secs(60)).expect("it ends");
        assert!(ended.success);
        assert_eq!(ended.output, "one\ntwo\n");
    }

    #[test]
    fn what_was_wrong_is_found_in_the_words_of_every_layer() {
        let output = "  ok     a  1  1\n  WRONG  b  2  1\nFAILED cookies (whole log: x)\ntest a ... ok\ntest c ... FAILED\n\
             thread 'c' panicked at crates/a.rs:1:1:\nerror: test failed\n3 passed, 1 failed, 0 skipped\n";
        assert_eq!(
            wrong_lines(output, 4),
            [
                "WRONG  b  2  1",
                "FAILED cookies (whole log: x)",
                "test c ... FAILED",
                "thread 'c' panicked at crates/a.rs:1:1:"
            ]
        );
        assert_eq!(wrong_lines(output, 9).len(), 5);
    }

    #[test]
    fn what_went_well_is_not_shown_when_something_failed() {
        let output = "   Compiling proxy v0.1.0\ntest a ... ok\ntest b ... FAILED\ntest c ... ok\nleft: 1\n";
        assert_eq!(
            telling_lines(output, 10),
            "   | test b ... FAILED\n   | left: 1\n"
        );
        assert_eq!(telling_lines(output, 1), "   | left: 1\n");
    }
}
