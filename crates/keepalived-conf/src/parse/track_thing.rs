//! Entries of `track_file`, `track_process` and `track_bfd`, in instances and in sync groups. They stand behind what they name.

use syntax::{Diagnostic, closest};

use super::number::signed;
use super::owner::Owner;
use crate::lines::{Line, Word};
use crate::model::Weight;
use crate::reading::Reading;
use crate::written::{Written, WrittenThings, WrittenTrackThing};

/// The kind of what is tracked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Process,
    Bfd,
}

impl Kind {
    /// What it is called in messages.
    fn words(self) -> &'static str {
        match self {
            Self::File => "track file",
            Self::Process => "track process",
            Self::Bfd => "track bfd",
        }
    }

    fn keyword(self) -> &'static str {
        match self {
            Self::File => "track_file",
            Self::Process => "track_process",
            Self::Bfd => "track_bfd",
        }
    }

    /// The block that defines one.
    fn block(self) -> &'static str {
        match self {
            Self::File => "track_file",
            Self::Process => "vrrp_track_process",
            Self::Bfd => "bfd_instance",
        }
    }

    /// The names that can be tracked, with their places among those of the kind.
    fn names(self, written: &Written) -> Vec<(usize, &str)> {
        match self {
            Self::File => {
                let all = written.files.iter().enumerate();
                all.filter(|(_, file)| !file.removed)
                    .map(|(at, file)| (at, &*file.name.value))
                    .collect()
            }
            Self::Process => {
                let all = written.processes.iter().enumerate();
                all.filter(|(_, process)| !process.removed)
                    .map(|(at, process)| (at, &*process.name.value))
                    .collect()
            }
            Self::Bfd => {
                let all = written.sessions.iter().enumerate();
                // VRRP does not know those that are for the checks alone.
                all.filter(|(_, session)| session.vrrp || !session.checker)
                    .map(|(at, session)| (at, &*session.name.value))
                    .collect()
            }
        }
    }

    fn entries(self, things: &mut WrittenThings) -> &mut Vec<WrittenTrackThing> {
        match self {
            Self::File => &mut things.files,
            Self::Process => &mut things.processes,
            Self::Bfd => &mut things.sessions,
        }
    }
}

/// An instance's entry of `track_file`.
pub(crate) fn file(reading: &mut Reading<'_>, line: &Line) {
    entry(reading, line, Kind::File, Owner::Instance);
}

/// An instance's entry of `track_process`.
pub(crate) fn process(reading: &mut Reading<'_>, line: &Line) {
    entry(reading, line, Kind::Process, Owner::Instance);
}

/// An instance's entry of `track_bfd`.
pub(crate) fn bfd(reading: &mut Reading<'_>, line: &Line) {
    entry(reading, line, Kind::Bfd, Owner::Instance);
}

/// A sync group's entry of `track_file`.
pub(crate) fn group_file(reading: &mut Reading<'_>, line: &Line) {
    entry(reading, line, Kind::File, Owner::Group);
}

/// A sync group's entry of `track_process`.
pub(crate) fn group_process(reading: &mut Reading<'_>, line: &Line) {
    entry(reading, line, Kind::Process, Owner::Group);
}

/// A sync group's entry of `track_bfd`.
pub(crate) fn group_bfd(reading: &mut Reading<'_>, line: &Line) {
    entry(reading, line, Kind::Bfd, Owner::Group);
}

fn entry(reading: &mut Reading<'_>, line: &Line, kind: Kind, owner: Owner) {
    let tracker = owner.name(reading);
    let word = line.keyword();
    let name = word.text();
    let names = kind.names(&reading.written);
    let Some(thing) = names.iter().find(|(_, known)| *known == name).map(|(at, _)| *at) else {
        let message = format!("({tracker}) {} {name} not found, ignoring...", kind.words());
        let told = Diagnostic::warning("unknown-tracked", message).at(word.span);
        let known = names.iter().map(|(_, known)| *known);
        let told = match closest(&word.bytes, known) {
            Some(near) => told.help(format!("did you mean '{near}'?")),
            None => told.help(format!(
                "define `{} {name} {{ ... }}` in front of it",
                kind.block()
            )),
        };
        return reading.fault(told);
    };
    let twice = owner
        .things(reading)
        .is_some_and(|things| kind.entries(things).iter().any(|entry| entry.thing == thing));
    if twice {
        let message = format!("({tracker}) duplicate {} {name} - ignoring", kind.keyword());
        let told = Diagnostic::warning("duplicate-name", message)
            .at(word.span)
            .help("remove one of them");
        return reading.fault(told);
    }
    let Some(weight) = options(reading, line, kind, &tracker) else {
        return;
    };
    let span = word.span;
    if let Some(things) = owner.things(reading) {
        kind.entries(things)
            .push(WrittenTrackThing { thing, weight, span });
    }
}

/// What stands behind an entry's name, `weight NUMBER [reverse]`: its weight, or none for that of what is tracked. The outer
/// none leaves the entry out.
fn options(reading: &mut Reading<'_>, line: &Line, kind: Kind, tracker: &str) -> Option<Option<Weight>> {
    let name = line.keyword().text().into_owned();
    let what = kind.words();
    let Some(word) = line.arg(0) else {
        return Some(None);
    };
    if word.bytes != b"weight" {
        let named = if kind == Kind::Bfd {
            format!("{what} {name}")
        } else {
            what.to_owned()
        };
        let message = format!("({tracker}) unknown {named} option {} - ignoring", word.text());
        let help = "behind the name may stand: weight NUMBER [reverse]";
        fault(reading, word, message, help);
        return None;
    }
    let Some(value) = line.arg(1) else {
        let message = format!("({tracker}) weight without value specified for {what} {name} - ignoring");
        let help = "write a number behind it; as it stands it is not tracked";
        fault(reading, word, message, help);
        return None;
    };
    let most = if kind == Kind::Bfd { 253 } else { 254 };
    let value = match signed(value, -most, most) {
        Ok(value) => value,
        Err(why) => {
            let message = format!(
                "({tracker}) weight for {what} {name} must be in [-{most}..{most}] inclusive. Ignoring..."
            );
            let told = Diagnostic::warning("bad-value", message)
                .at(value.span)
                .note(why)
                .help(format!("write a number from -{most} to {most}"));
            reading.fault(told);
            return Some(None);
        }
    };
    let reverse = match line.arg(2) {
        None => false,
        Some(word) if word.bytes == b"reverse" => true,
        Some(word) if word.bytes == b"noreverse" => false,
        Some(word) => {
            let named = if kind == Kind::Process {
                kind.keyword()
            } else {
                what
            };
            let message = format!(
                "({tracker}) unknown {named} {name} weight option {} - ignoring",
                word.text()
            );
            let help = "only 'reverse' or 'noreverse' may stand behind the weight";
            fault(reading, word, message, help);
            false
        }
    };
    Some(Some(Weight { value, reverse }))
}

fn fault(reading: &mut Reading<'_>, word: &Word, message: String, help: &str) {
    reading.fault(Diagnostic::warning("bad-value", message).at(word.span).help(help));
}
