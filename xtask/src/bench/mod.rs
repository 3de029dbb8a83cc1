//! `cargo xtask bench`: Holdfast beside Debian's haproxy, in turn, with the same configuration file.
//!
//! The proxy has one thread and one core; nginx and the load generator share another. What is compared is the proxy's CPU
//! time per request: it depends far less than a rate on what else the machine does. The two programs take turns in
//! every round, and the ratio is taken within a round. Slow is never a failure; an answer that is wrong or missing is.

mod answer;
mod check;
mod child;
mod cpu;
mod farm;
mod idle;
mod load;
mod map;
mod report;
mod scenario;
mod sink;
mod startup;
mod subject;
mod table;
mod train;
mod upstream;

pub(crate) use child::ChildArgs;
pub(crate) use child::run as run_child;
pub(crate) use train::train;

use std::path::PathBuf;

use anyhow::Context;

use crate::outcome::{Outcome, Tally};
use crate::test::packages;
use crate::workspace;
use report::Report;
use scenario::{SCENARIOS, Setting};
use subject::Subject;
use upstream::Upstream;

/// Arguments of `cargo xtask bench`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Args {
    /// The program to compare with.
    #[arg(long, value_name = "PATH", default_value = "/usr/sbin/haproxy")]
    a: PathBuf,
    /// The program that is compared; the workspace's own, built for release, by default.
    #[arg(long, value_name = "PATH")]
    b: Option<PathBuf>,
    /// Only these scenarios.
    #[arg(long, value_name = "SCENARIO", value_delimiter = ',')]
    only: Vec<String>,
    /// How often each program has its turn in each scenario.
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    rounds: usize,
    /// How long a load lasts, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 4)]
    seconds: u64,
    /// How many clients a load has.
    #[arg(long, value_name = "NUMBER", default_value_t = 64)]
    clients: usize,
    /// How many idle connections to hold.
    #[arg(long, value_name = "NUMBER", default_value_t = 8000)]
    idle: usize,
    /// At most two rounds of one second with fewer connections: a look, no measurement.
    #[arg(long)]
    quick: bool,
    /// Record each load with perf, into bench-out.
    #[arg(long)]
    profile: bool,
}

/// Runs the scenarios and prints and leaves a report.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let without = packages::lacking(packages::BENCH);
    if !without.is_empty() {
        return Ok(Outcome::LeftOut(format!("needs {}", without.join(", "))));
    }
    let chosen = scenario::chosen(&args.only)?;
    let b = match &args.b {
        Some(path) => path.clone(),
        None => workspace::release_binary()?,
    };
    let subjects = [Subject::new("a", &args.a)?, Subject::new("b", &b)?];
    let out = workspace::root().join("bench-out");
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make {}", out.display()))?;

    let place = tempfile::tempdir().context("cannot make a temporary folder")?;
    let open_files = cpu::raise_open_files()?;
    let upstream = Upstream::start(place.path())?;
    let setting = Setting {
        scenario: "",
        place: place.path(),
        upstream: &upstream,
        seconds: if args.quick { 1 } else { args.seconds },
        clients: args.clients,
        idle: if args.quick {
            args.idle.min(1000)
        } else {
            args.idle
        },
        maxconn: scenario::maxconn(open_files)?,
        profile: args.profile.then_some(out.as_path()),
    };
    let rounds = args.rounds.clamp(1, if args.quick { 2 } else { usize::MAX });

    let mut report = Report::new(&subjects);
    let mut tally = Tally::default();
    for scenario in SCENARIOS
        .iter()
        .filter(|scenario| chosen.contains(&scenario.name))
    {
        println!("== {}: {}", scenario.name, scenario.about);
        let setting = Setting {
            scenario: scenario.name,
            ..setting
        };
        for round in 0..rounds {
            // Who goes first changes, so that neither always finds the other's warm caches.
            let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
            for index in order {
                let subject = &subjects[index];
                match (scenario.measure)(&setting, subject) {
                    Ok(figures) => {
                        println!("   round {} {}: {figures}", round + 1, subject.label);
                        report.add(scenario.name, index, figures);
                        tally.passed += 1;
                    }
                    Err(error) => {
                        println!("   round {} {}: FAILED: {error:#}", round + 1, subject.label);
                        tally.failed += 1;
                    }
                }
            }
        }
    }
    println!("\n{report}");
    report.write(&out.join("bench.json"))?;
    println!("written: {}", out.join("bench.json").display());
    Ok(Outcome::Ran(tally))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bench_names_each_of_its_scenarios_once() {
        let names: Vec<_> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        assert_eq!(
            names,
            [
                "http-keep-alive",
                "http-rules",
                "http-acls-500",
                "http-httplog",
                "http-close",
                "tcp-small",
                "bodies-1m",
                "bodies-1m-splice",
                "tcp-1m",
                "tls-keep-alive",
                "tls-handshake",
                "tls-resumed",
                "tls-1m",
                "http2",
                "tls-to-servers",
                "idle",
                "start-20000-servers",
                "check",
                "track-million",
                "map"
            ]
        );
        assert!(scenario::chosen(&["http-clos".to_owned()]).is_err());
    }
}
