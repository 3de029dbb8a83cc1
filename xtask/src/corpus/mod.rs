//! `cargo xtask corpus DIR`: judges a folder of configuration files with Holdfast and with Debian's haproxy, and compares.
//!
//! Each file is judged twice: in an empty folder, where what it asks for is missing for both, and (as root) among stubs of
//! what it asks for, where its own faults decide. Where haproxy is not installed, or for versions that cannot be run, the
//! verdicts recorded beside the corpus count. The corpus is no part of the workspace; what is expected of it is, in
//! tests/corpus/expectations.toml.

mod expectations;
mod messages;
mod record;
mod room;
mod stubs;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::outcome::{Outcome, Tally};
use crate::workspace;
use expectations::{Expectations, Room};
use messages::Told;
use record::Record;
use room::{Judge, Said, TIMED_OUT};
use stubs::Stubs;

/// How often stubs are added to before a file's wishes count as endless.
const ROUNDS: usize = 60;

/// Arguments of `cargo xtask corpus`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// The folder: of .cfg files, or with a folder `haproxy` of them.
    folder: PathBuf,
    /// The program to compare with.
    #[arg(long, value_name = "PATH", default_value = "/usr/sbin/haproxy")]
    original: PathBuf,
    /// The holdfast program; the workspace's own, built for release, by default.
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// What differences are expected; the workspace's tests/corpus/expectations.toml by default.
    #[arg(long, value_name = "FILE")]
    expectations: Option<PathBuf>,
    /// Only files whose name holds this text.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Print every message of the original that is not told in the same words.
    #[arg(long)]
    messages: bool,
    /// How long a program may take for one file, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    seconds: u64,
}

/// Compares all files.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let own = args.folder.join("haproxy");
    let files = files(if own.is_dir() { &own } else { &args.folder })?;
    let path = args
        .expectations
        .clone()
        .unwrap_or_else(|| workspace::root().join("tests/corpus/expectations.toml"));
    let expectations = Expectations::read(&path)?;
    let names: Vec<String> = files.iter().map(|file| name(file)).collect();
    let program = match &args.program {
        Some(path) => std::path::absolute(path)?,
        None => workspace::release_binary()?,
    };
    let limit = Duration::from_secs(args.seconds);
    let judge = |program: &Path, args: &[&str]| Judge {
        program: program.to_path_buf(),
        args: args.iter().map(Into::into).collect(),
        limit,
    };
    let mut comparison = Comparison {
        original: args.original.is_file().then(|| judge(&args.original, &[])),
        strict: judge(&program, &["haproxy", "--dialect", "2.6"]),
        // With -V, `quiet` in a file keeps nothing back.
        lenient: judge(&program, &["haproxy", "-V"]),
        stubs_possible: nix::unistd::geteuid().is_root() && workspace::program("unshare").is_some(),
        record: Record::read(&args.folder)?,
        expectations,
        show_messages: args.messages,
        agreement: [Tally::default(); 2],
        told: Told::default(),
        accepted: 0,
        tally: Tally::default(),
    };
    if comparison.original.is_none() && comparison.record == Record::default() {
        return Ok(Outcome::LeftOut(
            "no haproxy to compare with, and no recorded verdicts: apt-get install haproxy".to_owned(),
        ));
    }
    for gone in comparison.expectations.gone(&names) {
        println!("corpus: {gone}: is not there any more: take its entry out");
        comparison.tally.count(false);
    }
    for (file, name) in files.iter().zip(&names) {
        if args.only.as_ref().is_none_or(|text| name.contains(text.as_str())) {
            comparison.file(file, name)?;
        }
    }
    comparison.sum_up();
    Ok(Outcome::Ran(comparison.tally))
}

/// The .cfg files of a folder, in their order.
fn files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "cfg") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("no .cfg file in {}", folder.display());
    }
    Ok(files)
}

fn name(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// Whether an exit status means that the file is valid: 2 says that it has no listener.
fn accepts(exit: i32) -> bool {
    matches!(exit, 0 | 2)
}

/// What has been compared so far, and with what.
struct Comparison {
    /// Debian's haproxy, where it is installed.
    original: Option<Judge>,
    /// Holdfast with that version's verdict.
    strict: Judge,
    /// Holdfast in its own dialect.
    lenient: Judge,
    stubs_possible: bool,
    record: Record,
    expectations: Expectations,
    show_messages: bool,
    /// Files whose exit status agrees, by room.
    agreement: [Tally; 2],
    told: Told,
    /// Files that Holdfast accepts in its own dialect.
    accepted: usize,
    tally: Tally,
}

impl Comparison {
    fn file(&mut self, file: &Path, name: &str) -> anyhow::Result<()> {
        let original = self
            .original
            .as_ref()
            .map(|judge| judge.in_empty_folder(file))
            .transpose()?;
        let ours = self.strict.in_empty_folder(file)?;
        self.verdicts(name, Room::Empty, original, &ours);
        let lenient = self.lenient.in_empty_folder(file)?;
        self.alive(name, &lenient);
        if !self.stubs_possible {
            self.tally.skipped += 2;
            return Ok(());
        }

        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        let text = String::from_utf8_lossy(&bytes);
        let mut stubs = Stubs::default();
        let asking = self.original.as_ref().unwrap_or(&self.strict);
        let original = until_nothing_is_asked_for(asking, &mut stubs, file, &text)?;
        let ours = self.strict.among(&stubs, file)?;
        let original = self.original.is_some().then_some(original);
        self.verdicts(name, Room::Stubs, original, &ours);
        // It reads on where that version has stopped, and may ask for more.
        let lenient = until_nothing_is_asked_for(&self.lenient, &mut stubs, file, &text)?;
        self.default_verdict(name, &lenient);
        Ok(())
    }

    /// Compares the verdicts under `--dialect 2.6`; `original` is none where it cannot be run.
    fn verdicts(&mut self, name: &str, room: Room, original: Option<Said>, ours: &Said) {
        let oracle = match room {
            Room::Empty => "haproxy26",
            Room::Stubs => "haproxy26+stub",
        };
        let recorded = self.record.exit(&format!("haproxy/{name}"), oracle);
        if let (Some(said), Some(recorded)) = (&original, recorded)
            && said.exit != recorded
        {
            println!(
                "corpus: {name} ({room:?}): haproxy exits with {} here, recorded is {recorded}\n{}",
                said.exit,
                first_alerts(&said.output)
            );
        }
        let Some(expected) = original.as_ref().map(|said| said.exit).or(recorded) else {
            self.tally.skipped += 1;
            return;
        };
        let agrees = expected == ours.exit;
        self.agreement[room as usize].count(agrees);
        let reason = self.expectations.difference(name, room);
        self.tally.count(agrees == reason.is_none());
        match (agrees, reason) {
            (true, None) => {}
            (true, Some(reason)) => {
                println!(
                    "corpus: {name} ({room:?}): agrees, and is expected not to ({reason}): take the entry out"
                );
            }
            (false, reason) => println!(
                "corpus: {name} ({room:?}): haproxy {expected}, holdfast {}{}\n  haproxy:\n{}  holdfast:\n{}",
                ours.exit,
                reason.map_or_else(String::new, |reason| format!(" as expected: {reason}")),
                original
                    .as_ref()
                    .map(|said| first_alerts(&said.output))
                    .unwrap_or_default(),
                first_alerts(&ours.output)
            ),
        }
        if let Some(original) = original {
            self.compare_messages(name, room, &original, ours);
        }
    }

    fn compare_messages(&mut self, name: &str, room: Room, original: &Said, ours: &Said) {
        let (told, missing) = messages::compare(&original.output, &ours.output);
        self.told.all += told.all;
        self.told.placed += told.placed;
        self.told.worded += told.worded;
        if !self.show_messages {
            return;
        }
        for (placed, message) in missing {
            println!(
                "corpus: {name} ({room:?}): {} in other words: {}: {}",
                if placed { "told" } else { "NOT TOLD, or" },
                message.severity,
                message.text
            );
            for other in messages::messages(&ours.output)
                .iter()
                .filter(|other| placed && other.place == message.place)
            {
                println!("    ours: {}: {}", other.severity, other.text);
            }
        }
    }

    /// The verdict in the default dialect: what some version accepted is accepted, and a refusal is one that is listed.
    fn default_verdict(&mut self, name: &str, ours: &Said) {
        let recorded: Vec<&str> = ["haproxy26+stub", "haproxy35+stub"]
            .into_iter()
            .filter(|oracle| {
                self.record
                    .exit(&format!("haproxy/{name}"), oracle)
                    .is_some_and(accepts)
            })
            .collect();
        let accepted = accepts(ours.exit);
        self.accepted += usize::from(accepted);
        let refusal = self.expectations.refusal(name);
        let fault = match (accepted, refusal) {
            (true, None) => None,
            (true, Some((_, reason))) => Some(format!(
                "is accepted, and is expected to be refused ({reason}): take the entry out"
            )),
            (false, _) if !recorded.is_empty() => {
                Some(format!("is refused, and accepted by {}", recorded.join(", ")))
            }
            (false, Some((says, _))) if ours.output.contains(says) => None,
            (false, Some((says, _))) => Some(format!("is refused without saying {says:?}")),
            (false, None) => Some("is refused".to_owned()),
        };
        self.tally.count(fault.is_none());
        if let Some(fault) = fault {
            println!(
                "corpus: {name} (default dialect): {fault}\n{}",
                first_alerts(&ours.output)
            );
        }
    }

    /// Whether a run ended by itself, with a status of its own.
    fn alive(&mut self, name: &str, said: &Said) {
        let alive = matches!(said.exit, 0..=2);
        self.tally.count(alive);
        if !alive {
            let what = if said.exit == TIMED_OUT {
                "does not end"
            } else {
                "crashes"
            };
            println!(
                "corpus: {name} (default dialect): {what}, with {}\n{}",
                said.exit, said.output
            );
        }
    }

    fn sum_up(&self) {
        for (room, agreement) in ["empty folder", "among stubs"].iter().zip(self.agreement) {
            let all = agreement.passed + agreement.failed;
            if all > 0 {
                println!(
                    "corpus: {room}: {} of {all} verdicts agree ({})",
                    agreement.passed,
                    percent(agreement.passed, all)
                );
            }
        }
        if self.told.all > 0 {
            println!(
                "corpus: of {} messages of haproxy {} are told at their line ({}), {} in the same words ({})",
                self.told.all,
                self.told.placed,
                percent(self.told.placed, self.told.all),
                self.told.worded,
                percent(self.told.worded, self.told.all)
            );
        }
        if self.stubs_possible {
            println!(
                "corpus: {} files are accepted in the default dialect",
                self.accepted
            );
        } else {
            println!("corpus: stubs need root and unshare: half of the comparison was skipped");
        }
    }
}

/// Runs the program among stubs, adding those that it asks for, until it asks for nothing more.
fn until_nothing_is_asked_for(
    judge: &Judge,
    stubs: &mut Stubs,
    file: &Path,
    text: &str,
) -> anyhow::Result<Said> {
    for _ in 0..ROUNDS {
        let said = judge.among(stubs, file)?;
        if !stubs.learn(&said.output, text) {
            return Ok(said);
        }
    }
    bail!("{} asks for ever more", file.display())
}

/// `passed` of `all` in percent.
fn percent(passed: usize, all: usize) -> String {
    let tenths = passed * 1000 / all.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// The first lines of an output that refuse something, set in.
fn first_alerts(output: &str) -> String {
    let mut lines: Vec<&str> = output
        .lines()
        .filter(|line| line.starts_with("[ALERT]") || line.contains("panicked"))
        .take(3)
        .collect();
    if lines.is_empty() {
        lines = output.lines().take(3).collect();
    }
    lines.iter().map(|line| format!("    {line}\n")).collect()
}

#[cfg(test)]
mod tests;
