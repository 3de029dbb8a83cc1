//! The lab: builds the documents' networks in namespaces of its own, runs their configuration files unchanged on a
//! balancer program, and shows with figures that what the documents describe happens.
//!
//! The lab works in three stages of the same executable. The first, started by the user, looks for the tools, builds
//! the program and starts the second in new process, mount and network namespaces. The second is that process
//! namespace's init and does nothing but reap. The third runs the scenarios. When the first ends in any way, the kernel
//! ends the second and with it every process and namespace of the lab. So labs may run side by side, too.

mod advert;
pub(crate) mod capture;
mod heartbeat;
mod http;
mod isolation;
mod keepalived;
mod load;
mod network;
mod node;
mod pacing;
mod programs;
mod scenarios;
mod sheet;
mod smtp;
mod stage;
mod subject;
mod summary;

use std::path::PathBuf;

use anyhow::Context;

use crate::outcome::Outcome;
use crate::test::packages;
use crate::workspace;

/// Arguments of `cargo xtask lab`.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Args {
    /// The balancer program, Debian's /usr/sbin/haproxy for example; the workspace's own, built for release, by default.
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// The keepalived program under test: Holdfast's own by default where the balancer is Holdfast, else Debian's.
    #[arg(long, value_name = "PATH")]
    keepalived: Option<PathBuf>,
    /// Run only the scenarios whose names begin so.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    only: Vec<String>,
    /// Where summary, screenshot and logs are left; the workspace's lab-out by default.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// The stage of the lab, which it gives itself.
    #[arg(long, hide = true, default_value = "start")]
    stage: Stage,
}

/// The stages described above.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Start,
    Init,
    Inside,
}

/// Runs the lab: every check of every scenario counts as a test.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    match args.stage {
        Stage::Start => start(args),
        // The first stage tells what the summary says; these have nothing to tell.
        Stage::Init => isolation::init(args).map(|()| std::process::exit(0)),
        Stage::Inside => scenarios::run(args).map(|()| std::process::exit(0)),
    }
}

/// The first stage.
fn start(args: &Args) -> anyhow::Result<Outcome> {
    if let Some(reason) = why_left_out() {
        return Ok(Outcome::LeftOut(reason));
    }
    let program = match &args.program {
        Some(given) if given.is_file() => std::path::absolute(given)?,
        Some(given) => anyhow::bail!("--program {}: there is no such file", given.display()),
        None => workspace::release_binary()?,
    };
    let keepalived = match &args.keepalived {
        Some(given) if given.is_file() => Some(std::path::absolute(given)?),
        Some(given) => anyhow::bail!("--keepalived {}: there is no such file", given.display()),
        None => None,
    };
    let out = args
        .out
        .clone()
        .unwrap_or_else(|| workspace::root().join("lab-out"));
    let out = std::path::absolute(out)?;
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    summary::remove(&out)?;
    let args = Args {
        program: Some(program),
        keepalived,
        out: Some(out.clone()),
        ..args.clone()
    };
    match isolation::enter(&args)? {
        isolation::End::Refused(reason) => Ok(Outcome::LeftOut(reason)),
        isolation::End::Ended(status) => {
            let tally = summary::tally(&out).with_context(|| format!("the lab ended early ({status})"))?;
            Ok(Outcome::Ran(tally))
        }
    }
}

/// Why the lab cannot be run on this machine; none when it can.
fn why_left_out() -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        return Some("it needs root to make namespaces".to_owned());
    }
    let lacking = packages::lacking(packages::LAB);
    (!lacking.is_empty()).then(|| format!("needs {}", lacking.join(", ")))
}

impl Args {
    /// These arguments for the next stage.
    fn for_stage(&self, stage: &str) -> Vec<std::ffi::OsString> {
        let mut line: Vec<std::ffi::OsString> = vec!["lab".into(), "--stage".into(), stage.into()];
        let paths = [
            ("--program", &self.program),
            ("--keepalived", &self.keepalived),
            ("--out", &self.out),
        ];
        for (name, value) in paths {
            if let Some(value) = value {
                line.extend([name.into(), value.into()]);
            }
        }
        if !self.only.is_empty() {
            line.extend(["--only".into(), self.only.join(",").into()]);
        }
        line
    }
}
