//! Scenario: requests that are counted in a stick table of a million entries, against the same requests that are not.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::cpu;
use super::load::Load;
use super::map::ask;
use super::scenario::{CPU_PER_REQUEST, Figures, Setting};
use super::subject::Subject;
use test_support::process::free_address;

/// What tracking makes of the CPU time of a request.
pub(super) const COST: &str = "cpu with track-sc/without";
/// What the entries add to the resident memory, for each.
pub(super) const MEMORY: &str = "bytes/entry";

const ENTRIES: u32 = 1_000_000;
/// Commands on one connection; a line of a stats socket holds some hundred.
const SETS_EACH: u32 = 200;

/// Measures the program without the table, then with it.
pub(super) fn measure(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    let (without, _) = run(setting, subject, "")?;
    let rules = "stick-table type integer size 1m expire 1h store http_req_rate(10s),conn_cur\n    \
                 http-request track-sc0 rand(1000000)";
    let (with, bytes) = run(setting, subject, rules)?;
    Ok(Figures(BTreeMap::from([
        (COST, with / without),
        (MEMORY, bytes),
        (CPU_PER_REQUEST, with),
    ])))
}

/// Microseconds of CPU time for a request, and bytes of memory for an entry.
fn run(setting: &Setting, subject: &Subject, rules: &str) -> anyhow::Result<(f64, f64)> {
    let address = free_address()?;
    let socket = setting.place.join("stats.sock");
    let config = setting.place.join("table.cfg");
    let text = format!(
        "global\n    nbthread 1\n    stats socket {} level admin\n\ndefaults\n    mode http\n    timeout connect 10s\n    \
         timeout client 1m\n    timeout server 1m\n\nfrontend web\n    bind {address}\n    {rules}\n    \
         default_backend nginx\n\nbackend nginx\n    server nginx {}\n",
        socket.display(),
        setting.upstream.address
    );
    fs::write(&config, text).with_context(|| format!("cannot write {}", config.display()))?;
    let running = subject.start(&config, address)?;
    let mut bytes = 0.0;
    if !rules.is_empty() {
        let before = cpu::resident(running.pid())?;
        fill(&socket)?;
        let more = cpu::resident(running.pid())?.saturating_sub(before);
        #[expect(clippy::cast_precision_loss, reason = "far less memory than a double counts")]
        let more = more as f64;
        bytes = more / f64::from(ENTRIES);
    }
    let load = |seconds| Load {
        address,
        path: "/small",
        close: false,
        tls: false,
        streams: None,
        clients: setting.clients,
        seconds,
    };
    load(1).run().context("warming up")?;
    let before = cpu::time_of(running.pid())?;
    let done = load(setting.seconds).run()?;
    let used = (cpu::time_of(running.pid())? - before).as_secs_f64();
    #[expect(
        clippy::cast_precision_loss,
        reason = "far fewer requests than a double counts"
    )]
    let requests = done.requests as f64;
    Ok((used * 1e6 / requests, bytes))
}

/// Makes all entries.
fn fill(socket: &Path) -> anyhow::Result<()> {
    let mut number = 0;
    while number < ENTRIES {
        let mut line = String::new();
        for key in number..number + SETS_EACH {
            write!(line, "set table web key {key};").context("no memory")?;
        }
        ask(socket, &line)?;
        number += SETS_EACH;
    }
    let said = ask(socket, "show table")?;
    if !said.contains(&format!("used:{ENTRIES}\n")) {
        bail!("not all entries were made: {said}");
    }
    Ok(())
}
