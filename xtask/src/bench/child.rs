//! What one run of a program costs: time, CPU time and the most memory that it had at once.
//!
//! The kernel tells these of all children together. So a process stands between, this executable in a stage of its own
//! (`run_child`), which has that one child and writes down what it cost.

use std::ffi::OsString;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, bail};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use serde::{Deserialize, Serialize};

use super::cpu;

/// Arguments of the stage between.
#[derive(clap::Args, Debug)]
pub(crate) struct ChildArgs {
    /// Where to write what it cost.
    into: PathBuf,
    /// The program and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<OsString>,
}

/// What a run cost.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Cost {
    /// From its start to its end, in milliseconds.
    pub(super) wall: f64,
    /// CPU time, user and system, in milliseconds.
    pub(super) cpu: f64,
    /// The most memory that was resident at once, in MiB.
    pub(super) memory: f64,
}

/// Runs a command to its end on the proxy's core. One that fails is an error.
pub(super) fn cost(command: &Command) -> anyhow::Result<Cost> {
    let place = tempfile::tempdir().context("cannot make a temporary folder")?;
    let into = place.path().join("cost.json");
    let own = std::env::current_exe().context("cannot find this executable")?;
    let mut between = Command::new(own);
    between
        .arg("run-child")
        .arg(&into)
        .arg(command.get_program())
        .args(command.get_args())
        .stdin(Stdio::null());
    let output = cpu::on_core(cpu::PROXY, || between.output())?.context("cannot start this executable")?;
    if !output.status.success() {
        bail!(
            "{:?}: {}: {}",
            command.get_program(),
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let text = fs::read_to_string(&into).context("cannot read what the run cost")?;
    serde_json::from_str(&text).context("what the run cost cannot be read")
}

/// The stage between: runs the command, and ends as it ends.
pub(crate) fn run(args: &ChildArgs) -> anyhow::Result<std::process::ExitCode> {
    let (program, arguments) = args.command.split_first().context("no program to run")?;
    let mut command = Command::new(program);
    command.args(arguments).process_group(0);
    let start = Instant::now();
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let wall = start.elapsed().as_secs_f64() * 1e3;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).context("cannot ask what it cost")?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "far less time and memory than a double counts"
    )]
    let cost = Cost {
        wall,
        cpu: (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e3,
        memory: usage.max_rss() as f64 / 1024.0,
    };
    fs::write(&args.into, serde_json::to_string(&cost)?)
        .with_context(|| format!("cannot write {}", args.into.display()))?;
    Ok(match status.code() {
        Some(0) => std::process::ExitCode::SUCCESS,
        _ => std::process::ExitCode::FAILURE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_measured_and_a_failed_one_told_apart() {
        let place = tempfile::tempdir().expect("a temporary folder");
        let run_one = |script: &str| {
            let into = place.path().join("cost.json");
            let ended = run(&ChildArgs {
                into: into.clone(),
                command: ["sh", "-c", script].map(OsString::from).to_vec(),
            })
            .expect("it runs");
            let text = fs::read_to_string(into).expect("written");
            (
                ended,
                serde_json::from_str::<Cost>(&text).expect("as it was written"),
            )
        };
        let (ended, cost) = run_one("i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done");
        assert_eq!(ended, std::process::ExitCode::SUCCESS);
        assert!(cost.wall > 0.0 && cost.memory > 0.1, "{cost:?}");
        assert_eq!(run_one("exit 3").0, std::process::ExitCode::FAILURE);
    }
}
