//! The lab: builds the documents' networks in namespaces of its own, runs their configuration files unchanged on a
//! balancer program, and shows with figures that what the documents describe happens.
//!
//! The lab works in three stages of the same executable. The first, started by the user, looks for the tools, builds the
//! program and starts the second in new process, mount and network namespaces. The second is that process namespace's
//! init and does nothing but reap. The third runs the scenarios. When the first ends in any way, the kernel ends the
//! second and with it every process and namespace of the lab.

mod http;
mod isolation;
mod load;
mod network;
mod node;
mod options;
mod pacing;
mod programs;
mod scenarios;
mod sheet;
mod smtp;
mod stage;
mod subject;
mod tools;

use std::process::ExitCode;

use anyhow::{Context, Result};

use options::Options;

/// The exit status that says that the lab could not be run on this machine (a tool or a right is missing), as opposed to
/// 1 for a lab that ran and found something wrong.
pub const LEFT_OUT: u8 = 3;

/// Runs `cargo xtask lab` with the arguments that follow the subcommand's name.
///
/// Status 0 says that every check passed, 1 that one failed, [`LEFT_OUT`] that the lab cannot be run here.
///
/// # Errors
/// When the arguments are wrong, the program cannot be built, or the lab itself fails (not a check in it).
pub fn run(args: &[String]) -> Result<ExitCode> {
    match args.split_first() {
        Some((stage, rest)) if stage == isolation::INIT => isolation::init(rest),
        Some((stage, rest)) if stage == isolation::INSIDE => scenarios::run(&Options::parse(rest)?),
        _ => start(&Options::parse(args)?),
    }
}

/// The first stage.
fn start(options: &Options) -> Result<ExitCode> {
    if let Some(reason) = tools::why_left_out() {
        eprintln!("lab: left out: {reason}");
        return Ok(ExitCode::from(LEFT_OUT));
    }
    let options = options.with_program_built()?;
    std::fs::create_dir_all(&options.out)
        .with_context(|| format!("cannot make the output folder {}", options.out.display()))?;
    isolation::enter(&options.to_args())
}
