//! `cargo xtask soak`: clients of all kinds at one process for ten minutes, while an administrator takes its servers in and out.
//! Its memory stays flat, and afterwards nothing is left: no session, no request in a queue, no entry in a table, no open file.

mod client;
mod instance;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};

use crate::outcome::{Outcome, Tally};
use crate::{wait, workspace};
use client::{Chance, Counts, Places, visit};
use instance::Instance;

/// Arguments of `cargo xtask soak`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// How long clients come, in seconds.
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 600)]
    seconds: u64,
    /// The program; the workspace's own, built for release, by default.
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// How many clients come at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    clients: u64,
    /// What chance begins with.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
}

/// How much more memory than before counts as flat: allocators move.
const MORE_KIB: u64 = 4096;

/// How long sessions, entries and idle connections may take to go once nobody comes.
const UNTIL_EMPTY: Duration = Duration::from_secs(20);

/// Runs the soak.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let program = match &args.program {
        Some(path) => std::fs::canonicalize(path).with_context(|| path.display().to_string())?,
        None => workspace::release_binary()?,
    };
    let place = tempfile::tempdir().context("cannot make a temporary folder")?;
    let instance = Instance::start(&program, place.path())?;
    let files_before = instance.open_files()?;

    let (counts, memory) = load(args, &instance)?;
    println!(
        "{} connections, {} answers; memory, KiB, of ten parts of the time: {memory:?}",
        counts.visits, counts.answers
    );
    let mut tally = Tally::default();
    let mut found = |what: &str, good: bool| {
        println!("{}: {what}", if good { "ok" } else { "FAILED" });
        tally.count(good);
    };
    found("requests were answered", counts.answers > counts.visits / 10);
    found("memory is flat", is_flat(&memory));

    let empty = wait::until(UNTIL_EMPTY, || match instance.left() {
        Ok(left) if left.is_empty() => Some(()),
        _ => None,
    });
    if empty.is_none() {
        println!("left: {:#?}", instance.left()?);
    }
    found(
        "no session, no waiting request and no entry is left",
        empty.is_some(),
    );
    let files = wait::until(UNTIL_EMPTY, || {
        instance.open_files().ok().filter(|files| *files <= files_before)
    });
    if files.is_none() {
        println!(
            "open files: {files_before} before, {} now",
            instance.open_files()?
        );
    }
    found("no file is left open", files.is_some());
    Ok(Outcome::Ran(tally))
}

/// Lets clients come for as long as asked, and gives what came of it, with the most memory of each tenth of the time.
fn load(args: &Args, instance: &Instance) -> anyhow::Result<(Counts, Vec<u64>)> {
    let places = Places::from(instance);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..args.clients)
            .map(|number| {
                let (over, mut chance) = (&over, Chance::new(args.seed.wrapping_add(number)));
                scope.spawn(move || {
                    let mut counts = Counts::default();
                    while !over.load(Relaxed) {
                        counts += visit(places, &mut chance)?;
                    }
                    std::io::Result::Ok(counts)
                })
            })
            .collect();
        let memory = watch(args, instance);
        over.store(true, Relaxed);
        let mut counts = Counts::default();
        for client in clients {
            let ended = client.join().map_err(|_| anyhow!("a client panicked"))?;
            counts += ended.context("a client cannot connect")?;
        }
        Ok((counts, memory?))
    })
}

/// Administers the servers while clients come, and watches the memory.
fn watch(args: &Args, instance: &Instance) -> anyhow::Result<Vec<u64>> {
    let mut chance = Chance::new(args.seed ^ 0x5eed);
    let start = Instant::now();
    let whole = Duration::from_secs(args.seconds.max(1));
    let mut most = vec![0; 10];
    while start.elapsed() < whole {
        let commands = [
            "disable server main/a",
            "enable server main/a",
            "set server main/b state drain",
            "set server main/b state ready",
            "set weight main/a 50%",
            "set weight main/a 100%",
            "set maxconn server main/b 1",
            "set maxconn server main/b 5",
            "set server main/a health down",
            "shutdown sessions server main/a",
            "clear table small",
        ];
        instance.command(commands[chance.below(commands.len() as u64) as usize])?;
        wait::pause(Duration::from_millis(100));
        let part = start.elapsed().as_millis() * 10 / whole.as_millis();
        let resident = instance.resident_kib()?;
        if let Some(most) = most.get_mut(part as usize) {
            *most = resident.max(*most);
        }
    }
    Ok(most)
}

/// The last third of the parts has no more than the second: what is needed once is there by then.
fn is_flat(memory: &[u64]) -> bool {
    let most = |parts: &[u64]| parts.iter().copied().max().unwrap_or(0);
    let third = memory.len() / 3;
    let before = most(&memory[third..memory.len() - third]);
    let last = most(&memory[memory.len() - third..]);
    last <= before + before / 20 + MORE_KIB
}

#[cfg(test)]
mod tests {
    use super::is_flat;

    #[test]
    fn memory_that_grows_on_is_not_flat() {
        let steady = [20, 30, 40, 41, 41, 42, 41, 42, 42, 42].map(|mib| mib * 1024);
        assert!(is_flat(&steady));
        let growing = [20, 30, 40, 50, 60, 70, 80, 90, 100, 110].map(|mib| mib * 1024);
        assert!(!is_flat(&growing));
    }
}
