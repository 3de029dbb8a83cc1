//! Loads for a program that writes down how it runs, so that the next build knows what is often used.

use std::path::Path;

use anyhow::Context;

use super::scenario::{SCENARIOS, Setting};
use super::subject::Subject;
use super::upstream::Upstream;
use super::{cpu, scenario};
use crate::outcome::Tally;

/// What users do most. What only takes bytes over, or starts once, gains nothing.
const LOADS: &[&str] = &[
    "http-keep-alive",
    "http-rules",
    "http-httplog",
    "http-close",
    "tcp-small",
    "tls-keep-alive",
    "tls-handshake",
    "http2",
];

/// Seconds of each load.
const SECONDS: u64 = 4;

/// Clients of each.
const CLIENTS: usize = 64;

/// Puts the program under each of the loads. It ends by itself behind each, as it writes down what it knows at its end only.
pub(crate) fn train(program: &Path) -> anyhow::Result<Tally> {
    let subject = Subject::new("b", program)?.ending_softly();
    let place = tempfile::tempdir().context("cannot make a temporary folder")?;
    let open_files = cpu::raise_open_files()?;
    let upstream = Upstream::start(place.path())?;
    let mut tally = Tally::default();
    for scenario in SCENARIOS.iter().filter(|scenario| LOADS.contains(&scenario.name)) {
        println!("== {}: {}", scenario.name, scenario.about);
        let setting = Setting {
            scenario: scenario.name,
            place: place.path(),
            upstream: &upstream,
            seconds: SECONDS,
            clients: CLIENTS,
            idle: 0,
            maxconn: scenario::maxconn(open_files)?,
            profile: None,
        };
        let figures = (scenario.measure)(&setting, &subject)?;
        println!("   {figures}");
        tally.count(true);
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_load_is_a_scenario() {
        for load in LOADS {
            assert!(SCENARIOS.iter().any(|scenario| scenario.name == *load), "{load}");
        }
    }
}
