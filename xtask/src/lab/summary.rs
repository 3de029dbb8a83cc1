//! The lab's result as a file: written by the scenarios, read by the stage that started them.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::sheet::Sheet;
use crate::outcome::Tally;

const FILE: &str = "summary.json";

/// Everything that the lab found.
#[derive(Debug, Serialize)]
pub(super) struct Summary<'a> {
    /// The first line that the program under test says about its version.
    pub(super) program: &'a str,
    /// The same of the keepalived under test.
    pub(super) keepalived: &'a str,
    /// How long the scenarios took.
    pub(super) seconds: f64,
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) scenarios: &'a [Sheet],
}

/// Removes the summary of an earlier run, so that it cannot be taken for this one's.
pub(super) fn remove(out: &Path) -> Result<()> {
    match fs::remove_file(out.join(FILE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).context("cannot remove the old summary")
        }
        _ => Ok(()),
    }
}

/// Writes the summary.
pub(super) fn write(out: &Path, summary: &Summary<'_>) -> Result<()> {
    fs::write(out.join(FILE), serde_json::to_vec_pretty(summary)?).context("cannot write the summary")
}

/// The counts of the summary that the scenarios have left.
pub(super) fn tally(out: &Path) -> Result<Tally> {
    let bytes = fs::read(out.join(FILE)).context("there is no summary")?;
    let summary: serde_json::Value = serde_json::from_slice(&bytes)?;
    let count = |name: &str| summary[name].as_u64().and_then(|n| usize::try_from(n).ok());
    Ok(Tally {
        passed: count("passed").context("the summary has no count of what passed")?,
        failed: count("failed").context("the summary has no count of what failed")?,
        skipped: 0,
    })
}
