//! Scenario: a map of a million entries is loaded, kept, and looked up through the stats socket.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};

use super::cpu;
use super::scenario::{Figures, Setting};
use super::subject::Subject;
use crate::wait;
use test_support::process::free_address;

/// Milliseconds of CPU time that the map adds to a start.
pub(super) const LOAD: &str = "cpu ms to load";
/// What the map adds to the resident memory.
pub(super) const MEMORY: &str = "MiB of the map";
/// Microseconds of CPU time for a `get map`, most of which is the command's.
pub(super) const LOOKUP: &str = "cpu us/get map";

const ENTRIES: u64 = 1_000_000;
/// Commands on one connection; a line of a stats socket holds some hundred.
const GETS: u64 = 20_000;
const GETS_EACH: u64 = 100;

/// Measures the program without the map, then with it.
pub(super) fn measure(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    let map = setting.place.join("million.map");
    fs::write(&map, entries()?).with_context(|| format!("cannot write {}", map.display()))?;
    let (bare_time, bare_memory, _) = run(setting, subject, &map, "")?;
    let rule = format!("http-request set-header x %[path,map_str({})]", map.display());
    let (time, memory, lookup) = run(setting, subject, &map, &rule)?;
    Ok(Figures(BTreeMap::from([
        (LOAD, (time - bare_time) * 1e3),
        (MEMORY, memory - bare_memory),
        (LOOKUP, lookup * 1e6),
    ])))
}

/// Seconds of CPU time until it accepts, its memory then in MiB, and the CPU time of a look-up.
fn run(setting: &Setting, subject: &Subject, map: &Path, rule: &str) -> anyhow::Result<(f64, f64, f64)> {
    let address = free_address()?;
    let socket = setting.place.join("stats.sock");
    let config = setting.place.join("map.cfg");
    let text = format!(
        "global\n    nbthread 1\n    stats socket {} level admin\n\ndefaults\n    mode http\n    timeout connect 10s\n    \
         timeout client 1m\n    timeout server 1m\n\nfrontend web\n    bind {address}\n    {rule}\n    \
         default_backend none\n\nbackend none\n",
        socket.display()
    );
    fs::write(&config, text).with_context(|| format!("cannot write {}", config.display()))?;
    let running = subject.start(&config, address)?;
    let loaded = cpu::time_of(running.pid())?.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "far less memory than a double counts")]
    let memory = cpu::resident(running.pid())? as f64 / f64::from(1 << 20);
    if rule.is_empty() {
        return Ok((loaded, memory, 0.0));
    }
    let mut number = 1;
    for _ in 0..GETS / GETS_EACH {
        let mut line = String::new();
        for _ in 0..GETS_EACH {
            // All over the map: a step without a common factor.
            number = (number + 387_420_489) % ENTRIES;
            write!(line, "get map {} {};", map.display(), key(number)).context("no memory")?;
        }
        let said = ask(&socket, &line)?;
        let found = said.matches("found=yes").count() as u64;
        if found != GETS_EACH {
            bail!(
                "{found} of {GETS_EACH} keys were found: {}",
                said.lines().next().unwrap_or_default()
            );
        }
    }
    let used = cpu::time_of(running.pid())?.as_secs_f64() - loaded;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let lookups = GETS as f64;
    Ok((loaded, memory, used / lookups))
}

/// What a stats socket answers to a line of commands. A program that accepts connections may not have come to its stats socket
/// yet, where one of the run before still has its name.
pub(super) fn ask(socket: &Path, line: &str) -> anyhow::Result<String> {
    let mut connection = wait::until(Duration::from_secs(10), || UnixStream::connect(socket).ok())
        .context("cannot connect to the stats socket")?;
    connection
        .set_read_timeout(Some(Duration::from_secs(30)))
        .context("cannot set a timeout")?;
    connection
        .write_all(format!("{line}\n").as_bytes())
        .context("cannot write a command")?;
    let mut said = String::new();
    connection
        .read_to_string(&mut said)
        .context("cannot read an answer")?;
    Ok(said)
}

/// Names of hosts, in no order.
fn key(number: u64) -> String {
    let scattered = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("{:x}.host{number}.example.com", scattered >> 40)
}

fn entries() -> anyhow::Result<String> {
    let mut text = String::new();
    for number in 0..ENTRIES {
        writeln!(text, "{} backend-{number}", key(number)).context("no memory")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_has_a_million_keys_of_which_the_asked_ones_are() {
        let text = entries().expect("text");
        assert_eq!(text.lines().count() as u64, ENTRIES);
        assert!(text.contains(&format!("\n{} ", key(387_420_490 % ENTRIES))));
    }
}
