//! What migrations give: findings with their edits, whatever the language.

use syntax::{Edit, FileId, Span};

use super::file::Line;
use super::{Finding, Kind, Language, Migration};

/// Where a line that keeps an old default is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PinAt {
    /// At the end of the first block of global settings, which is made when there is none.
    Global,
    /// At the top of a section, in front of its rules.
    Top(usize),
    /// At the end of a section.
    End(usize),
}

/// What a migration found, with its edits.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    lines: Vec<u32>,
    message: String,
    advice: String,
    decide: bool,
    written: Vec<String>,
    /// What is done in any case.
    pub(super) edits: Vec<Edit>,
    /// What keeps an old default, at places in lines.
    pub(super) pin_edits: Vec<Edit>,
    /// What keeps an old default, as lines.
    pub(super) pins: Vec<(PinAt, String)>,
}

impl Found {
    /// Something about these lines.
    pub(super) fn new<'l>(lines: impl IntoIterator<Item = &'l Line>, message: impl Into<String>) -> Self {
        Self {
            lines: lines.into_iter().map(|line| line.number).collect(),
            message: message.into(),
            ..Self::default()
        }
    }

    /// Something about the lines of these numbers.
    pub(super) fn at(lines: Vec<u32>, message: impl Into<String>) -> Self {
        Self {
            lines,
            message: message.into(),
            ..Self::default()
        }
    }

    /// What to know of it.
    pub(super) fn advice(mut self, advice: impl Into<String>) -> Self {
        if !self.advice.is_empty() {
            self.advice.push_str("; ");
        }
        self.advice.push_str(&advice.into());
        self
    }

    /// A person has to decide.
    pub(super) fn decide(mut self) -> Self {
        self.decide = true;
        self
    }

    /// What is done.
    pub(super) fn edits(mut self, (edits, written): (Vec<Edit>, Vec<String>)) -> Self {
        self.edits.extend(edits);
        self.written.extend(written);
        self
    }

    /// A line that keeps what was.
    pub(super) fn pin(mut self, at: PinAt, line: impl Into<String>) -> Self {
        let line = line.into();
        if !self.written.contains(&line) {
            self.written.push(line.clone());
        }
        self.pins.push((at, line));
        self
    }

    /// Words behind the last of a line that keep what was.
    pub(super) fn pin_behind(mut self, line: &Line, words: &str) -> Self {
        self.pin_edits.push(behind(line, words));
        if !self.written.contains(&words.to_owned()) {
            self.written.push(words.to_owned());
        }
        self
    }

    /// Bytes that come in the place of others and keep what was.
    pub(super) fn pin_edit(mut self, edit: Edit, shown: &str) -> Self {
        self.pin_edits.push(edit);
        if !self.written.contains(&shown.to_owned()) {
            self.written.push(shown.to_owned());
        }
        self
    }

    /// Whether the old way can be written down.
    pub(super) fn can_pin(&self) -> bool {
        !self.pins.is_empty() || !self.pin_edits.is_empty()
    }

    /// For the report.
    pub(super) fn finding<L: Language>(self, migration: &Migration<L>, pinned: bool) -> Finding {
        let kind = match () {
            () if self.decide => Kind::Decide,
            () if !self.edits.is_empty() => Kind::Rewritten,
            () if pinned => Kind::Pinned,
            () => Kind::Changed,
        };
        Finding {
            migration: migration.name,
            kind,
            lines: self.lines,
            message: self.message,
            advice: self.advice,
            written: self.written,
        }
    }
}

/// Puts bytes in the place of others.
pub(super) fn replace(start: u32, end: u32, text: impl Into<Vec<u8>>) -> Edit {
    Edit {
        span: Span::new(FileId(0), start, end),
        text: text.into(),
    }
}

/// Puts words behind the last of a line.
pub(super) fn behind(line: &Line, words: &str) -> Edit {
    let at = line.words.last().map_or(line.start, |word| word.end);
    replace(at, at, format!(" {words}"))
}

/// Edits, and what a report shows of them.
pub(super) type Rewrite = (Vec<Edit>, Vec<String>);
