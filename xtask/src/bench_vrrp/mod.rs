//! `cargo xtask bench-vrrp`: Holdfast as keepalived beside Debian's keepalived, in turn, on the same files: a thousand instances on a
//! node, takeovers, and reloads. Times are those of the kernel, from captures. Slow is never a failure; a node that is not master,
//! or a packet that never comes, is.

mod instances;
mod node;
mod reloads;
mod takeover;

use std::path::PathBuf;

use crate::outcome::{Outcome, Tally};
use crate::workspace;
use node::Subject;

/// Arguments of `cargo xtask bench-vrrp`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Args {
    /// The program to compare with.
    #[arg(long, value_name = "PATH", default_value = "/usr/sbin/keepalived")]
    a: PathBuf,
    /// The program that is compared; the workspace's own, built for release, by default.
    #[arg(long, value_name = "PATH")]
    b: Option<PathBuf>,
    /// Only these: instances, takeover, reloads.
    #[arg(long, value_name = "SCENARIO", value_delimiter = ',')]
    only: Vec<String>,
    /// How many instances stand on a node.
    #[arg(long, value_name = "NUMBER", default_value_t = 1000)]
    instances: usize,
    /// For how long their adverts are recorded, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u64,
    /// How often each takeover is tried.
    #[arg(long, value_name = "NUMBER", default_value_t = 3)]
    rounds: usize,
    /// How often the file is read again.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    reloads: usize,
}

/// Something that is measured: its figures, in a line.
type Measure = fn(&Args, &Subject) -> anyhow::Result<Vec<String>>;

const SCENARIOS: [(&str, Measure); 3] = [
    ("instances", instances::measure),
    ("takeover", takeover::measure),
    ("reloads", reloads::measure),
];

/// Measures both programs and prints the figures.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if !test_support::namespace::is_possible() {
        return Ok(Outcome::LeftOut("needs root, and ip of iproute2".to_owned()));
    }
    for program in ["tcpdump", "keepalived"] {
        if workspace::program(program).is_none() {
            return Ok(Outcome::LeftOut(format!("needs Debian package {program}")));
        }
    }
    let b = match &args.b {
        Some(path) => path.clone(),
        None => workspace::release_binary()?,
    };
    let subjects = [Subject::original(&args.a), Subject::holdfast(&b)];
    let mut tally = Tally::default();
    for (name, measure) in SCENARIOS {
        if !args.only.is_empty() && !args.only.iter().any(|only| only == name) {
            continue;
        }
        println!("== {name}");
        for subject in &subjects {
            match measure(args, subject) {
                Ok(figures) => {
                    for line in figures {
                        println!("   {:10} {line}", subject.label);
                    }
                    tally.passed += 1;
                }
                Err(error) => {
                    println!("   {:10} FAILED: {error:#}", subject.label);
                    tally.failed += 1;
                }
            }
        }
    }
    Ok(Outcome::Ran(tally))
}
