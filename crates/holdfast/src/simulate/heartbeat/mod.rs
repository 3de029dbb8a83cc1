//! heartbeat's files of all nodes of a cluster: who has each group of haresources when a node, a way, what is pinged or a script
//! fails, by the state machines that the program runs.

mod course;
mod failure;
mod nodes;
mod report;

use std::path::Path;

use self::course::{Setting, at_rest, worst};
use self::failure::Failure;
use self::nodes::Nodes;
use self::report::Report;
use super::{Options, UNREADABLE, USAGE};
use crate::report::Format;

/// Whether the arguments are folders of heartbeat's.
pub(super) fn is_meant(files: &[String]) -> bool {
    files.iter().any(|file| Path::new(place(file).1).is_dir())
}

/// NAME=FOLDER, or a folder without a name.
fn place(file: &str) -> (Option<&str>, &str) {
    match file.split_once('=') {
        Some((name, place)) if !name.contains('/') => (Some(name), place),
        _ => (None, file),
    }
}

/// The report, and whether nothing is wrong; or what is told instead, with the exit status.
pub(super) fn simulate(options: &Options) -> Result<(String, bool), (String, u8)> {
    let nodes = Nodes::read(&options.files).map_err(|text| (text, UNREADABLE))?;
    let asked: Result<Vec<Failure>, String> = options
        .fail
        .iter()
        .map(|text| Failure::read(text, &nodes))
        .collect();
    let asked = asked.map_err(|text| (format!("--fail {text}\n"), USAGE))?;
    let setting = Setting {
        seed: options.seed,
        // From 0 to 1000.
        loss_permille: (options.loss * 10.0).round() as u16,
        limit: options.limit.max(nodes.shortest_course()),
    };
    let trials: Vec<Vec<Failure>> = if asked.is_empty() {
        Failure::all(&nodes).into_iter().map(|one| vec![one]).collect()
    } else {
        vec![asked]
    };
    let holders = at_rest(&nodes, setting);
    let courses: Vec<_> = trials.iter().map(|trial| worst(&nodes, trial, setting)).collect();
    let report = Report::new(&nodes, setting, holders, courses);
    let text = match options.format {
        Format::Text => report.text(),
        Format::Json => report.json(),
    };
    Ok((text, report.is_fine()))
}
