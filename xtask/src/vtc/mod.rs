//! `cargo xtask vtc`: the scenarios of tests/vtc, driven by varnishtest around Debian's haproxy and around Holdfast.
//!
//! A scenario that passes with the original is known to be right; what Holdfast must do is to pass it too. Which
//! scenarios fail on purpose stands in tests/vtc/expectations.toml (see `expectations`).

mod expectations;
mod scenario;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde::Deserialize;

use crate::outcome::{Outcome, Tally};
use crate::workspace;
use expectations::{Expectations, Verdict};
use scenario::Report;

/// Arguments of `cargo xtask vtc`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Args {
    /// Around which program; left out: both, one after the other.
    #[arg(long, value_enum)]
    subject: Option<Subject>,
    /// The program to run as the subject, instead of the installed haproxy or the built Holdfast.
    #[arg(long, requires = "subject")]
    program: Option<PathBuf>,
    /// How many scenarios run at once: most of them wait for something most of the time.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Only the scenarios with this in their name.
    filter: Option<String>,
}

/// The program that a scenario is run around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Subject {
    /// Debian's haproxy, the reference.
    Original,
    /// This workspace's program, started under the name haproxy.
    Holdfast,
}

impl Subject {
    /// The word for it in arguments, in expectations.toml and in messages.
    fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Holdfast => "holdfast",
        }
    }
}

/// Runs it.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    if workspace::program("varnishtest").is_none() {
        return Ok(Outcome::LeftOut(
            "no varnishtest: apt-get install varnish".to_owned(),
        ));
    }
    let subjects = match args.subject {
        Some(subject) => vec![subject],
        None => vec![Subject::Original, Subject::Holdfast],
    };
    let mut total = Tally::default();
    for subject in subjects {
        let link = tempfile::tempdir().context("cannot make a folder for the program's link")?;
        let Some(program) = program_of(subject, args.program.as_deref(), link.path())? else {
            return Ok(Outcome::LeftOut("no haproxy: apt-get install haproxy".to_owned()));
        };
        println!("{}: {}", subject.name(), program.display());
        let tally = run_vtc(&program, subject, args.filter.as_deref(), args.jobs)?;
        println!("{}: {tally}", subject.name());
        total += tally;
    }
    Ok(Outcome::Ran(total))
}

/// The path under which varnishtest shall start the subject; `None` when the original is not installed.
///
/// Holdfast goes by the name it is started under, so it gets a link called `haproxy` in `folder`.
fn program_of(subject: Subject, given: Option<&Path>, folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    let file = match (given, subject) {
        (Some(given), _) => given
            .canonicalize()
            .with_context(|| format!("no program {}", given.display()))?,
        (None, Subject::Original) => return Ok(workspace::program("haproxy")),
        (None, Subject::Holdfast) => workspace::release_binary()?,
    };
    let link = folder.join("haproxy");
    std::os::unix::fs::symlink(&file, &link)
        .with_context(|| format!("cannot link {} to {}", link.display(), file.display()))?;
    Ok(Some(link))
}

/// Runs the scenarios whose name has `filter` in it around `program`, `jobs` at once, prints what went otherwise than
/// expected and how, and counts. The whole log of each scenario stays in target/vtc/SUBJECT.
pub(crate) fn run_vtc(
    program: &Path,
    subject: Subject,
    filter: Option<&str>,
    jobs: u16,
) -> anyhow::Result<Tally> {
    let folder = workspace::root().join("tests/vtc");
    let all = scenario::all(&folder)?;
    let expectations = Expectations::read(&folder.join("expectations.toml"), &all)?;
    let chosen: Vec<PathBuf> = all
        .into_iter()
        .filter(|file| filter.is_none_or(|part| scenario::name(file).contains(part)))
        .collect();
    if chosen.is_empty() {
        bail!(
            "no scenario in {} has {:?} in its name",
            folder.display(),
            filter.unwrap_or_default()
        );
    }
    let logs = workspace::target_folder().join("vtc").join(subject.name());
    std::fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
    let mut tally = Tally::default();
    for report in scenario::run_all(program, &chosen, &logs, usize::from(jobs))? {
        let mut report = report;
        if matches!(expectations.verdict(subject, &report), Verdict::Wrong) {
            // A busy machine can upset a scenario that is about time. Alone it has no such excuse.
            println!("again, alone: {}", report.name);
            report.complaints().for_each(|line| println!("    {line}"));
            let file = chosen
                .iter()
                .find(|file| scenario::name(file) == report.name)
                .cloned();
            if let Some(alone) = scenario::run_all(program, file.as_slice(), &logs, 1)?.pop() {
                report = alone;
            }
        }
        judge(&report, expectations.verdict(subject, &report), &mut tally);
    }
    Ok(tally)
}

/// Counts one scenario, and prints what there is to say of it.
fn judge(report: &Report, verdict: Verdict<'_>, tally: &mut Tally) {
    let name = &report.name;
    match verdict {
        Verdict::Right => tally.passed += 1,
        Verdict::Skipped => {
            tally.skipped += 1;
            println!("skipped {name}: varnishtest misses a feature that the scenario asks for");
        }
        Verdict::Wrong => {
            tally.failed += 1;
            println!("FAILED {name} (whole log: {})", report.log_file.display());
            for line in report.complaints() {
                println!("    {line}");
            }
        }
        Verdict::Stale(reason) => {
            tally.failed += 1;
            println!(
                "FAILED {name}: it passes, although expectations.toml says it fails ({reason}); take the entry out"
            );
        }
        Verdict::OtherReason { expected } => {
            tally.failed += 1;
            println!(
                "FAILED {name}: it fails, but not as expectations.toml says: no {expected:?} in {}",
                report.log_file.display()
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_program_is_started_under_the_name_haproxy() {
        let folder = tempfile::tempdir().expect("a folder");
        let shell = workspace::program("sh").expect("a shell");
        let link = program_of(Subject::Holdfast, Some(&shell), folder.path())
            .expect("a link")
            .expect("a program");
        assert_eq!(link.file_name().and_then(|name| name.to_str()), Some("haproxy"));
        assert_eq!(
            link.canonicalize().expect("a target"),
            shell.canonicalize().expect("a shell")
        );
    }

    #[test]
    fn the_suite_and_its_expectations_can_be_read() {
        let folder = workspace::root().join("tests/vtc");
        let all = scenario::all(&folder).expect("scenarios");
        assert!(all.len() > 20, "only {} scenarios", all.len());
        Expectations::read(&folder.join("expectations.toml"), &all).expect("expectations");
    }
}
