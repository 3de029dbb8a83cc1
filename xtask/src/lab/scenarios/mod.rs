//! The scenarios, a file each, and the run of all of them side by side.

mod acl_two_backends;
mod http_log;
mod minimal_rspadd;
mod outage;
mod smtp_pair;
mod statistics;
mod tcp_roundrobin;
mod web;
mod webapp_cookie;
mod webapp_leastconn;
mod webfarm;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::Args;
use super::isolation::WORK;
use super::sheet::Sheet;
use super::stage::Stage;
use super::subject::Subject;
use super::summary::{self, Summary};
use crate::outcome::Tally;

/// A name, which begins with the document's number, and the play.
type Scenario = (&'static str, fn(&mut Stage<'_>) -> Result<()>);

const SCENARIOS: &[Scenario] = &[
    ("000-webapp-leastconn", webapp_leastconn::play),
    ("000-webapp-sticky-cookie", webapp_cookie::play),
    ("001-tcp-roundrobin", tcp_roundrobin::play),
    ("002-acl-two-backends", acl_two_backends::play),
    ("002-minimal-rspadd", minimal_rspadd::play),
    ("002-smtp", smtp_pair::play),
    ("004-webfarm", webfarm::play),
];

/// Runs the scenarios asked for, prints their sheets and leaves the summary.
pub(super) fn run(args: &Args) -> Result<()> {
    let (program, out) = args
        .program
        .as_deref()
        .zip(args.out.as_deref())
        .context("the stage was given no program")?;
    let chosen: Vec<&Scenario> = SCENARIOS
        .iter()
        .filter(|(name, _)| {
            args.only.is_empty() || args.only.iter().any(|only| name.starts_with(only.as_str()))
        })
        .collect();
    if chosen.is_empty() {
        bail!("no scenario begins with {}", args.only.join(" or "));
    }
    let work = Path::new(WORK);
    let subject = Subject::install(program, &work.join("program"))?;
    println!("lab: {}", subject.version());

    let start = Instant::now();
    let sheets: Vec<Sheet> = std::thread::scope(|scope| {
        let plays: Vec<_> = chosen
            .iter()
            .map(|scenario| (scenario.0, scope.spawn(|| play(scenario, &subject, work, out))))
            .collect();
        plays
            .into_iter()
            .map(|(name, play)| {
                play.join().unwrap_or_else(|_| {
                    let mut sheet = Sheet::new(name);
                    sheet.check("the scenario is played to its end", "it panicked", "yes", false);
                    sheet
                })
            })
            .collect()
    });
    let seconds = start.elapsed().as_secs_f64();

    let mut tally = Tally::default();
    for sheet in &sheets {
        print!("{}", sheet.table());
        tally += sheet.tally();
    }
    println!(
        "\nlab: {} scenarios in {seconds:.0} s, results in {}",
        sheets.len(),
        out.display()
    );
    let summary = Summary {
        program: subject.version(),
        seconds,
        passed: tally.passed,
        failed: tally.failed,
        scenarios: &sheets,
    };
    summary::write(out, &summary)
}

/// Plays one scenario in folders of its own. A scenario that cannot go on is a finding as well.
fn play(&(name, play): &Scenario, subject: &Subject, work: &Path, out: &Path) -> Sheet {
    let mut stage = Stage {
        subject,
        sheet: Sheet::new(name),
        work: work.join(name),
        out: out.join(name),
    };
    let played = std::fs::create_dir_all(&stage.out)
        .map_err(Into::into)
        .and_then(|()| play(&mut stage));
    if let Err(error) = played {
        stage.sheet.check(
            "the scenario is played to its end",
            format!("{error:#}"),
            "yes",
            false,
        );
    }
    stage.sheet
}
