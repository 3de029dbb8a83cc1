//! What a migration says, for people and for programs: text, Markdown, HTML and JSON.

mod html;
mod json;
mod machine;
mod markdown;
mod text;

pub use html::html;
pub use json::json;
pub use machine::{Cluster, Machine, Verdict, machine_json, machine_markdown, machine_text};
pub use markdown::markdown;
pub use text::text;

use serde::Serialize;

use super::{Finding, Kind, Migrated};
use crate::diff::unified;

/// A file with what became of it.
#[derive(Clone, Debug)]
pub struct Report<'m> {
    /// Its name.
    pub name: &'m str,
    /// What became of it.
    pub migrated: &'m Migrated,
    /// What the target still refuses of the new text.
    pub refused: &'m [Refused],
}

/// A line of the new text that the target refuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Counted from 1, in the new text; none when the whole is refused.
    pub line: Option<u32>,
    /// Why, in the target's words.
    pub message: String,
}

impl Refused {
    fn place(&self) -> String {
        self.line
            .map_or_else(|| "whole file".to_owned(), |line| format!("line {line}"))
    }
}

/// Title of what [`Report::refused`] has.
const REFUSED: &str = "What the target would still refuse in the new file, as read here";

/// The parts of a report in their order, each with its title.
const PARTS: &[(Kind, &str)] = &[
    (Kind::Decide, "To be decided by a person"),
    (Kind::Rewritten, "Rewritten"),
    (Kind::Pinned, "Kept as it was"),
    (Kind::Changed, "Changes although the file stays"),
];

impl Report<'_> {
    fn parts(&self) -> impl Iterator<Item = (&'static str, Vec<&Finding>)> {
        PARTS.iter().filter_map(|(kind, title)| {
            let of: Vec<&Finding> = self
                .migrated
                .findings
                .iter()
                .filter(|finding| finding.kind == *kind)
                .collect();
            (!of.is_empty()).then_some((*title, of))
        })
    }

    /// The new file as a difference.
    #[must_use]
    pub fn diff(&self) -> String {
        let after = format!("{} (for {})", self.name, self.migrated.to);
        unified(&self.migrated.before, &self.migrated.after, self.name, &after)
    }

    fn from(&self) -> String {
        let migrated = self.migrated;
        match &migrated.guess {
            None => migrated.from.to_string(),
            Some(guess) => format!("{} (guessed: {})", migrated.from, guess.why),
        }
    }

    fn sums(&self) -> String {
        let count = |kind| self.migrated.count(kind);
        let mut out = format!(
            "{} to decide, {} rewritten, {} that change",
            count(Kind::Decide),
            count(Kind::Rewritten),
            count(Kind::Changed)
        );
        if count(Kind::Pinned) > 0 {
            out.push_str(&format!(", {} kept as it was", count(Kind::Pinned)));
        }
        out
    }
}

/// The lines of a finding: `line 3`, `lines 3, 7`, or nothing.
fn place(finding: &Finding) -> String {
    let numbers: Vec<String> = finding.lines.iter().take(6).map(u32::to_string).collect();
    let more = if finding.lines.len() > 6 { " and more" } else { "" };
    match numbers.len() {
        0 => "whole file".to_owned(),
        1 => format!("line {}", numbers[0]),
        _ => format!("lines {}{more}", numbers.join(", ")),
    }
}

/// What a finding would write, when it wrote nothing.
fn offered(finding: &Finding) -> Option<String> {
    (finding.kind == Kind::Changed && !finding.written.is_empty())
        .then(|| format!("--pin writes: {}", finding.written.join("; ")))
}
