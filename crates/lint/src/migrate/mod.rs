//! Migrations of haproxy.cfg and keepalived.conf: what a file has to become for a later version, what changes all the same, and what
//! a person has to decide. Pure: a text comes in, a text and a report go out.
//!
//! A migration is a file in `removed` (a keyword that is warned of or refused, with its rewrite) or in `changed` (a default
//! or a way of reading that became another, with the line that keeps the old one). When a keyword was dropped is read from
//! the rows of the language; only what no keyword stands for has its version here. Those of keepalived.conf stand in [`keepalived`]
//! in the same order; rounds, edits, findings and reports are the same for both.

mod changed;
mod file;
mod finding;
mod found;
mod guess;
pub mod keepalived;
mod old_line;
mod reference;
mod removed;
pub mod report;
mod task;
mod word;

use std::collections::BTreeMap;

use haproxy_cfg::keywords::{Table, row};
use syntax::{Edit, FileId, KeywordRow, Span, Version};

use crate::edit::{EditError, apply};
use file::File;
pub use finding::{Finding, Kind};
use found::{Found, PinAt};
pub use guess::{Guess, guess_version};
pub use reference::reference;
use task::Task;

/// All versions that a file may come from or go to, in order.
pub const VERSIONS: &[Version] = &[
    Version::new(1, 3),
    Version::new(1, 4),
    Version::new(1, 5),
    Version::new(1, 6),
    Version::new(1, 7),
    Version::new(1, 8),
    Version::new(1, 9),
    Version::new(2, 0),
    Version::new(2, 1),
    Version::new(2, 2),
    Version::new(2, 3),
    Version::new(2, 4),
    Version::new(2, 5),
    Version::new(2, 6),
    Version::new(2, 7),
    Version::new(2, 8),
    Version::new(2, 9),
    Version::new(3, 0),
    Version::new(3, 1),
    Version::new(3, 2),
    Version::new(3, 3),
    Version::new(3, 4),
    Version::new(3, 5),
];

/// When a migration has anything to do.
#[derive(Clone, Copy, Debug)]
enum When {
    /// From the version on that warns of one of these keywords, or refuses it, whatever the file comes from.
    Old(&'static [(Table<'static>, &'static str)]),
    /// The same of keywords of keepalived.conf, each with the name of its block.
    OldIn(&'static [(&'static str, &'static str)]),
    /// From that version on, which refuses or warns of what no keyword stands for, whatever the file comes from.
    From(Version),
    /// When that version lies between the file's and the target, which it may be itself.
    Since(Version),
}

/// A language whose files are migrated.
trait Language: Sized + 'static {
    /// What its migrations look at: a file that is cut, and the target.
    type Task<'f>;
    /// The program that reads it.
    const PROGRAM: &'static str;
    /// Its migrations in their order.
    fn all() -> impl Iterator<Item = &'static Migration<Self>>;
    /// Cuts a text and has it looked at.
    fn look<R>(text: &[u8], to: Version, by: impl FnOnce(&Self::Task<'_>) -> R) -> R;
    /// The edit that writes lines at a place.
    fn pin(task: &Self::Task<'_>, at: PinAt, lines: &[String]) -> Edit;
    /// The version that a text was probably written for.
    fn guess(text: &[u8]) -> Guess;
}

/// haproxy.cfg.
struct Haproxy;

impl Language for Haproxy {
    type Task<'f> = Task<'f>;
    const PROGRAM: &'static str = "HAProxy";

    fn all() -> impl Iterator<Item = &'static Migration> {
        removed::ALL.iter().chain(changed::ALL).copied()
    }

    fn look<R>(text: &[u8], to: Version, by: impl FnOnce(&Task<'_>) -> R) -> R {
        let file = File::new(text);
        by(&Task { file: &file, to })
    }

    fn pin(task: &Task<'_>, at: PinAt, lines: &[String]) -> Edit {
        task.pin(at, lines)
    }

    fn guess(text: &[u8]) -> Guess {
        guess_version(text)
    }
}

/// One migration.
struct Migration<L: Language = Haproxy> {
    /// Its name, in reports and in the documentation.
    name: &'static str,
    /// What it is about, in a line.
    about: &'static str,
    /// When it has anything to do.
    when: When,
    /// What it does and why, in Markdown.
    docs: &'static str,
    /// Looks for it.
    find: for<'f> fn(&L::Task<'f>, &mut Vec<Found>),
}

impl When {
    /// The rows of its keywords.
    fn rows(&self) -> Vec<KeywordRow> {
        match self {
            Self::Since(_) | Self::From(_) => Vec::new(),
            Self::Old(keywords) => keywords
                .iter()
                .filter_map(|(table, name)| row(*table, name).copied())
                .collect(),
            Self::OldIn(keywords) => {
                let of = |(block, name): &(&str, &str)| keepalived_row(block, name);
                keywords.iter().filter_map(of).copied().collect()
            }
        }
    }
}

/// The row of a keyword of keepalived.conf in a block.
fn keepalived_row(block: &str, name: &str) -> Option<&'static KeywordRow> {
    keepalived_conf::block_rows(block)
        .into_iter()
        .find(|row| row.name == name)
}

impl<L: Language> Migration<L> {
    /// The first version that warns or in which the change is.
    fn begins(&self) -> Option<Version> {
        match self.when {
            When::Since(version) | When::From(version) => Some(version),
            When::Old(_) | When::OldIn(_) => {
                let rows = self.when.rows();
                rows.iter()
                    .filter_map(|row| [row.deprecated_since, row.removed_in].into_iter().flatten().min())
                    .min()
            }
        }
    }

    /// The first version that refuses one of its keywords.
    fn refused(&self) -> Option<Version> {
        self.when.rows().iter().filter_map(|row| row.removed_in).min()
    }

    fn concerns(&self, from: Version, to: Version) -> bool {
        match self.when {
            When::Since(version) => from < version && version <= to,
            When::From(version) => version <= to,
            When::Old(_) | When::OldIn(_) => self.begins().is_some_and(|begins| begins <= to),
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The version that the file was written for; guessed when none.
    pub from: Option<Version>,
    /// The version that is to read it.
    pub to: Version,
    /// Whether defaults that changed are written down as they were.
    pub pin: bool,
}

/// What became of a file.
#[derive(Clone, Debug)]
pub struct Migrated {
    /// The program that reads it.
    pub program: &'static str,
    /// The version that it was taken for.
    pub from: Version,
    /// Why, when nobody said it.
    pub guess: Option<Guess>,
    /// The version that is to read it.
    pub to: Version,
    /// What was found, by line.
    pub findings: Vec<Finding>,
    /// The text that it was.
    pub before: Vec<u8>,
    /// The new text.
    pub after: Vec<u8>,
}

impl Migrated {
    /// Whether the text is another one now.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }

    /// How many findings there are of a kind.
    #[must_use]
    pub fn count(&self, kind: Kind) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.kind == kind)
            .count()
    }
}

/// More rounds than any file needs: one makes room for the next only where two migrations want the same words.
const MAX_ROUNDS: usize = 8;

/// Migrates a haproxy.cfg.
///
/// # Errors
/// When the edits of one round cannot be put together, which is a fault of a migration and not of the file.
pub fn migrate(text: &[u8], options: Options) -> Result<Migrated, EditError> {
    migrated::<Haproxy>(text, options)
}

fn migrated<L: Language>(text: &[u8], options: Options) -> Result<Migrated, EditError> {
    let guess = options.from.is_none().then(|| L::guess(text));
    let from = options
        .from
        .or_else(|| guess.as_ref().map(|guess| guess.version))
        .unwrap_or(options.to);
    let mut after = text.to_vec();
    let mut findings = None;
    for _ in 0..MAX_ROUNDS {
        let round = L::look(&after, options.to, |task| round::<L>(task, &after, from, options))?;
        // What is found later stands in a text that the user has not seen, and comes of what the first round wrote or put off.
        findings.get_or_insert(round.findings);
        if round.text == after {
            break;
        }
        after = round.text;
    }
    Ok(Migrated {
        program: L::PROGRAM,
        from,
        guess,
        to: options.to,
        findings: findings.unwrap_or_default(),
        before: text.to_vec(),
        after,
    })
}

struct Round {
    findings: Vec<Finding>,
    text: Vec<u8>,
}

fn round<L: Language>(
    task: &L::Task<'_>,
    text: &[u8],
    from: Version,
    options: Options,
) -> Result<Round, EditError> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut pins: BTreeMap<PinAt, Vec<String>> = BTreeMap::new();
    let mut findings = Vec::new();
    for migration in L::all().filter(|migration| migration.concerns(from, options.to)) {
        let mut found = Vec::new();
        (migration.find)(task, &mut found);
        for found in found {
            let pinned = options.pin && found.can_pin();
            let mut wanted = found.edits.clone();
            if pinned {
                wanted.extend(found.pin_edits.iter().cloned());
            }
            let clashes = |edit: &Edit| edits.iter().any(|other| clash(edit, other));
            // What clashes has its turn in the next round.
            if !wanted.iter().any(clashes) {
                edits.extend(wanted);
                if pinned {
                    for (at, line) in &found.pins {
                        let lines = pins.entry(*at).or_default();
                        if !lines.contains(line) {
                            lines.push(line.clone());
                        }
                    }
                }
            }
            findings.push(found.finding(migration, pinned));
        }
    }
    edits.extend(pins.iter().map(|(at, lines)| L::pin(task, *at, lines)));
    findings.sort_by_key(|finding| finding.lines.first().copied().unwrap_or(0));
    Ok(Round {
        findings,
        text: apply(text, FileId(0), &edits)?,
    })
}

/// Whether two edits want the same bytes. Insertions do not.
fn clash(one: &Edit, other: &Edit) -> bool {
    let inside = |at: u32, span: Span| span.start < at && at < span.end;
    match (one.span.is_empty(), other.span.is_empty()) {
        (true, true) => false,
        (true, false) => inside(one.span.start, other.span),
        (false, true) => inside(other.span.start, one.span),
        (false, false) => one.span.start < other.span.end && other.span.start < one.span.end,
    }
}

#[cfg(test)]
mod tests;
