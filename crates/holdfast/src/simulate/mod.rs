//! `holdfast simulate`: what a set of keepalived files, or heartbeat's files of all nodes, will do. The state machines that the daemon runs, on virtual time and a
//! network in memory: who has the addresses when something fails and when it is mended again, for how long nobody or several
//! have them, and whether a failure that is tracked moves them at all.

mod course;
mod failure;
mod finding;
mod heartbeat;
mod network;
mod report;

use std::time::Duration;

use vrrp_proto::Instance;

use self::course::{Setting, at_rest, worst};
use self::failure::Failure;
use self::report::Report;
use crate::report::{Format, print};

/// Exit status when nothing is wrong.
const FINE: u8 = 0;
/// Exit status when something is.
const WRONG: u8 = 1;
/// Exit status of a command line that cannot be run; clap's too.
const USAGE: u8 = 2;
/// Exit status when a file cannot be read or run.
const UNREADABLE: u8 = 3;

/// The command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// A keepalived.conf for each node, as FILE or NAME=FILE (NAME is then also the id that its @ lines are for); or the folder with
    /// heartbeat's ha.cf, haresources and authkeys for each node, as FOLDER or NODE=FOLDER.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// What fails, instead of each thing by itself; several fail together. node:NODE, stop:NODE, script:NAME@NODE,
    /// hang:SCRIPT@NODE, interface:NAME@NODE, link:NODE-NODE, link:NODE>NODE. For heartbeat: node, stop, way:INTERFACE, ping:NAME@NODE,
    /// script:RESOURCE@NODE.
    #[arg(long, value_name = "WHAT")]
    fail: Vec<String>,
    /// From the failure to the end; half-way it is mended.
    #[arg(long = "for", value_name = "TIME", default_value = "60s", value_parser = crate::tools::duration)]
    limit: Duration,
    /// Where chance begins: the same seed gives the same report.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Packets of a hundred that get lost.
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent)]
    loss: f64,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn percent(text: &str) -> Result<f64, String> {
    let number: f64 = text
        .trim_end_matches('%')
        .parse()
        .map_err(|_| "it is no number".to_owned())?;
    if (0.0..=100.0).contains(&number) {
        Ok(number)
    } else {
        Err("write a number from 0 to 100".to_owned())
    }
}

/// Runs it; gives the exit status.
pub(crate) fn run(options: &Options) -> u8 {
    let simulated = if heartbeat::is_meant(&options.files) {
        heartbeat::simulate(options)
    } else {
        simulate(options)
    };
    print(
        simulated
            .map(|(text, fine)| (text, if fine { FINE } else { WRONG }))
            .map_err(|(text, status)| (text.into_bytes(), status)),
        UNREADABLE,
    )
}

/// The report, and whether nothing is wrong; or what is told instead, with the exit status.
fn simulate(options: &Options) -> Result<(String, bool), (String, u8)> {
    let network = network::read(&options.files).map_err(|text| (text, UNREADABLE))?;
    if network.routers.is_empty() {
        return Err((
            "No file has a vrrp_instance that can be used\n".to_owned(),
            UNREADABLE,
        ));
    }
    let asked: Result<Vec<Failure>, String> = options
        .fail
        .iter()
        .map(|text| Failure::read(text, &network))
        .collect();
    let asked = asked.map_err(|text| (format!("--fail {text}\n"), USAGE))?;
    let setting = Setting {
        seed: options.seed,
        // From 0 to 1000.
        loss_permille: (options.loss * 10.0).round() as u16,
        limit: options.limit,
    };
    let trials: Vec<Vec<Failure>> = if asked.is_empty() {
        Failure::all(&network).into_iter().map(|one| vec![one]).collect()
    } else {
        vec![asked]
    };
    let (running, holders) = at_rest(&network, setting);
    let priority = |seat| {
        running
            .cluster
            .instance(seat)
            .map_or(0, Instance::effective_priority)
    };
    let courses: Vec<_> = trials
        .iter()
        .map(|trial| worst(&network, trial, setting))
        .collect();
    let mut findings = finding::of_files(&network);
    findings.extend(finding::at_rest(&network, &holders));
    for course in &courses {
        findings.extend(finding::of_course(&network, course));
    }
    let report = Report {
        priorities: (0..network.seats.len()).map(priority).collect(),
        network: &network,
        setting,
        at_rest: holders,
        courses,
        findings,
    };
    let text = match options.format {
        Format::Text => report.text(),
        Format::Json => report.json(),
    };
    Ok((text, report.findings.is_empty()))
}
