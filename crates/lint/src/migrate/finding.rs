//! What a migration found, as reports show it.

use serde::Serialize;

/// What is to be done about a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The file is rewritten; nothing is left to do.
    Rewritten,
    /// Something changes although the file stays; `--pin` can keep it as it was, or nothing can.
    Changed,
    /// What changed is kept as it was, by a line that was written for it.
    Pinned,
    /// A person has to decide or to do something.
    Decide,
}

impl Kind {
    /// In a report.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Rewritten => "rewritten",
            Self::Changed => "changes",
            Self::Pinned => "pinned",
            Self::Decide => "decide",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The migration that found it.
    pub migration: &'static str,
    /// What is to be done.
    pub kind: Kind,
    /// The lines that it is about, counted from 1, in the file as it was.
    pub lines: Vec<u32>,
    /// What it is, in a line.
    pub message: String,
    /// What to know or to do; empty when nothing.
    pub advice: String,
    /// What is written, or would be with `--pin`; empty when nothing is.
    pub written: Vec<String>,
}
