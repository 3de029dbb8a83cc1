//! `cargo xtask unit`: the crates' own tests, built by cargo and run several programs at once, which cargo does one after the
//! other: most of them wait for something most of the time.
//!
//! A busy machine can upset a test that is about time. Tests that failed are run again alone, and it is that run which counts,
//! unless the first one changed files of the tree: tests that write a stale record anew fail once, and that stands.

mod program;

use std::process::Command;

use anyhow::bail;

use crate::at_once;
use crate::outcome::{Outcome, Tally};
use crate::workspace;
use program::{Program, Report};

/// Arguments of `cargo xtask unit`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Args {
    /// How many programs run at once.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Only the programs with this in their name, which is CRATE::FILE; the documentation tests are `doc`.
    filter: Option<String>,
}

/// Builds all tests and runs them.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let mut programs: Vec<Program> = program::all()?
        .into_iter()
        .filter(|program| {
            args.filter
                .as_ref()
                .is_none_or(|part| program.name.contains(part.as_str()))
        })
        .collect();
    programs.sort_by(|left, right| left.name.cmp(&right.name));
    if programs.is_empty() {
        bail!(
            "no test program has {:?} in its name",
            args.filter.as_deref().unwrap_or_default()
        );
    }
    let before = state_of_tree();
    let mut total = Tally::default();
    let mut upset = Vec::new();
    for report in at_once::all(&programs, usize::from(args.jobs), |program| program.run(None))? {
        if report.tally.failed == 0 {
            println!("{}", report.line());
            total += report.tally;
        } else {
            upset.push(report);
        }
    }
    for report in upset {
        println!("{}\n{}", report.line(), report.output);
        let named = report.named_failures();
        let again = if before.is_none() || before != state_of_tree() {
            vec![report]
        } else if named.is_empty() {
            vec![alone(&report.program, None)?]
        } else {
            total.passed += report.tally.passed;
            total.skipped += report.tally.skipped;
            let alone = |test: &String| alone(&report.program, Some(test));
            named.iter().map(alone).collect::<anyhow::Result<_>>()?
        };
        for last in again {
            for test in last.failed_tests() {
                println!("WRONG {} {test}", last.program.name);
            }
            total += last.tally;
        }
    }
    Ok(Outcome::Ran(total))
}

/// Runs a program again, or one test of it, while nothing else runs.
fn alone(program: &Program, test: Option<&str>) -> anyhow::Result<Report> {
    println!("again, alone: {} {}", program.name, test.unwrap_or_default());
    let again = program.run(test)?;
    println!("{}\n{}", again.line(), again.output);
    Ok(again)
}

/// What in the tree is not as committed, with the very lines; none where that cannot be told.
fn state_of_tree() -> Option<Vec<u8>> {
    let mut all = Vec::new();
    for arguments in [&["status", "--porcelain"][..], &["diff"]] {
        let output = Command::new("git")
            .args(arguments)
            .current_dir(workspace::root())
            .output()
            .ok()
            .filter(|output| output.status.success())?;
        all.extend(output.stdout);
    }
    Some(all)
}
