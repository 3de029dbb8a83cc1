//! A sync group: both programs with the same file against the same competitor for one of its instances, and what they log of it.

use std::fs;
use std::time::Duration;

use anyhow::Result;

use crate::lab::keepalived::{self, LOG};
use crate::lab::node::Node;
use crate::lab::pacing::until;
use crate::lab::stage::{Stage, Whose};

const PATIENCE: Duration = Duration::from_secs(20);

const FILES: [&str; 2] = ["sync-group-lb1.conf", "sync-group-lb2.conf"];

/// What the group logs when all become masters, and when they give way.
const TO_MASTER: &str = "VRRP_Group(G) Syncing instances to MASTER state";
const TO_BACKUP: &str = "VRRP_Group(G) Syncing instances to BACKUP state";

/// Plays the scenario.
pub(super) fn play(stage: &mut Stage<'_>) -> Result<()> {
    let members: [(&str, &[&str]); 2] = [("lb1", &["10.77.0.1/24"]), ("lb2", &["10.77.0.2/24"])];
    let network = stage.network(&members)?;
    let (lb1, lb2) = (network.node("lb1")?, network.node("lb2")?);
    for node in [lb1, lb2] {
        keepalived::install_systemctl(node)?;
    }
    let mut logged = Vec::new();
    for whose in [Whose::Original, Whose::Subject] {
        logged.push(record(stage, [lb1, lb2], whose)?);
    }
    let (original, subject) = (logged[0].join("; "), logged[1].join("; "));
    stage
        .sheet
        .equal("what follows is logged alike", subject, original);
    Ok(())
}

/// What a program logs of the changes: becomes master, gives way to a competitor for one instance, and takes over when that
/// stops.
fn record(stage: &mut Stage<'_>, [lb1, lb2]: [&Node; 2], whose: Whose) -> Result<Vec<String>> {
    let log = lb1.folder().join(LOG);
    let before = fs::read_to_string(&log).map_or(0, |text| text.len());
    let lines = || -> Result<Vec<String>> {
        let text = fs::read_to_string(&log)?.split_off(before);
        Ok(text.lines().map(words).map(str::to_owned).collect())
    };
    // All that is about: so many lines of this kind, and behind the last one so many of that.
    let wait = |mark: &str, times: usize, then: &str, more: usize| {
        until(PATIENCE, &format!("'{then}' behind '{mark}' on lb1"), || {
            let lines = lines()?;
            let mut marks = lines.iter().enumerate().filter(|(_, line)| *line == mark);
            let Some((at, _)) = marks.nth(times - 1) else {
                return Ok(None);
            };
            let behind = lines[at..].iter().filter(|line| *line == then).count();
            Ok((behind >= more).then_some(()))
        })
        .map(drop)
    };
    let group = stage.keepalived_of_form(lb1, whose, FILES[0])?;
    wait(TO_MASTER, 1, "(A) setting VIPs.", 1)?;
    let competitor = stage.keepalived_of_form(lb2, Whose::Original, FILES[1])?;
    wait(TO_BACKUP, 1, "(B) removing VIPs.", 1)?;
    // It would be master by itself, more than once.
    wait(TO_BACKUP, 1, "(B) Receive advertisement timeout", 2)?;
    competitor.stop()?;
    wait(TO_MASTER, 2, "(B) setting VIPs.", 1)?;
    group.stop()?;
    let of_group = |line: &String| {
        let about = ["(A) ", "(B) ", "VRRP_Group"];
        // How often one waits in vain depends on the time.
        let depends = ["advertisement timeout", "priority 0 advert", "gratuitous"];
        about.iter().any(|begin| line.starts_with(begin)) && !depends.iter().any(|part| line.contains(part))
    };
    Ok(lines()?.into_iter().filter(of_group).collect())
}

/// A line behind its date.
fn words(line: &str) -> &str {
    line.split_once(": ").map_or(line, |(_, words)| words)
}
