//! `cargo xtask reload`: a hundred reloads under load, of a master and of processes that take over from one another, with figures of
//! what clients saw. The program and its clients are `test_support`'s; what is printed and judged is said here.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use test_support::clients::Seen;
use test_support::reload::{self, Plan, Report, Way};

use crate::outcome::{Outcome, Tally};
use crate::workspace;

/// Arguments of `cargo xtask reload`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How often the program is replaced, each way.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    reloads: usize,
    /// Requests in a second, of all clients together.
    #[arg(long, value_name = "NUMBER", default_value_t = 2000)]
    rate: u32,
    /// The program; the workspace's own, built for release, by default.
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
}

/// How much more memory than before counts as back to where it was, KiB: allocators move.
const MORE_KIB: u64 = 4096;

/// How many more files than before a master may have open: a worker that is still known.
const MORE_FILES: usize = 2;

/// Runs it.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let program = match &args.program {
        Some(path) => std::fs::canonicalize(path).with_context(|| path.display().to_string())?,
        None => workspace::release_binary()?,
    };
    // By its name the program knows whose part it plays.
    let folder = tempfile::tempdir()?;
    let named = folder.path().join("haproxy");
    std::os::unix::fs::symlink(program, &named)?;
    let named = named
        .to_str()
        .context("the temporary folder has no name in UTF-8")?;
    let certificate = workspace::root().join("compat-fixtures/certificates/rsa.pem");
    let mut tally = Tally::default();
    for (way, name) in [
        (Way::Master, "a master that gets SIGUSR2"),
        (Way::Finish, "processes with -x and -sf"),
    ] {
        println!(
            "{}: {} reloads, {} requests a second",
            name, args.reloads, args.rate
        );
        let report = reload::run(&Plan {
            program: &[named],
            way,
            reloads: args.reloads,
            rate: args.rate,
            certificate: &certificate,
        })?;
        print(&report);
        judge(&report, &mut tally);
    }
    Ok(Outcome::Ran(tally))
}

fn print(report: &Report) {
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    for seen in &report.seen {
        let Seen {
            answers,
            connections,
            told,
            ..
        } = seen;
        println!(
            "  {:26} {answers:>7} answers, {connections:>6} connections, {told:>5} told to close, {} failed; half within {}, 999 of \
             1000 within {}, all within {}",
            seen.name,
            seen.failures.len(),
            ms(seen.permille(500)),
            ms(seen.permille(999)),
            ms(seen.permille(1000)),
        );
        for failure in seen.failures.iter().take(5) {
            println!("      {failure}");
        }
    }
    let answers: usize = report.seen.iter().map(|seen| seen.answers).sum();
    println!(
        "  {answers} answers in {:.1} s; the last that was told to stop left after {:.2} s",
        report.took.as_secs_f64(),
        report.slowest_end.as_secs_f64()
    );
    let (before, after) = report.worker_kib;
    println!("  memory of the process at work: {before} KiB before, {after} KiB afterwards");
    if let (Some((before, after)), Some((files_before, files_after))) =
        (report.master_kib, report.master_files)
    {
        println!(
            "  the master: {before} KiB and {files_before} files before, {after} KiB and {files_after} files afterwards"
        );
    }
}

fn judge(report: &Report, tally: &mut Tally) {
    let mut found = |what: &str, good: bool| {
        println!("{}: {what}", if good { "ok" } else { "FAILED" });
        tally.count(good);
    };
    let failures: usize = report.seen.iter().map(|seen| seen.failures.len()).sum();
    found(
        "no request failed, no connection was refused or reset",
        failures == 0,
    );
    found(
        "clients of each kind had answers",
        report.seen.iter().all(|seen| seen.answers > 0),
    );
    let (before, after) = report.worker_kib;
    found("memory is where it was", after <= before + MORE_KIB);
    if let (Some((before, after)), Some((files_before, files_after))) =
        (report.master_kib, report.master_files)
    {
        found("the master's memory is where it was", after <= before + MORE_KIB);
        found(
            "the master has no more files open",
            files_after <= files_before + MORE_FILES,
        );
    }
}
