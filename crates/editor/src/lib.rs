//! What an editor asks of a configuration file that is being written: what is wrong and how to mend it, what may stand here, what
//! a word means, where a name comes from and where it is used. Pure: texts come in, answers in the language server protocol's
//! terms go out.
//!
//! What it must not know: how messages come and go, files, the clock. A text may be broken anywhere: nothing here reads it as a
//! configuration but the diagnostics, and whatever is asked is answered from what stands there.
//!
//! [`Document`] is a text that changes, with positions as the protocol has them. `haproxy`, `keepalived` and `heartbeat` say for each
//! language which names stand where ([`Occurrence`]) and what may be written at a place ; all else is the same for all.

mod completion;
mod diagnostics;
mod document;
mod haproxy;
mod heartbeat;
mod hover;
mod keepalived;
mod language;
mod name;
mod outline;

pub use completion::complete;
pub use diagnostics::{Machine, Report, fixes, judge};
pub use document::Document;
pub use hover::hover;
pub use language::Language;
pub use name::{Kind, Occurrence, definitions, find, occurrences, rename, same};
pub use outline::outline;

/// What may be written at a place, with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The word itself.
    pub(crate) text: String,
    /// What is written behind it.
    pub(crate) arguments: String,
    /// What it is, in Markdown.
    pub(crate) about: String,
    /// Whether it is a name that the file gives, and not a keyword.
    pub(crate) name: bool,
    /// Whether later versions refuse it or warn of it.
    pub(crate) old: bool,
}

impl Wanted {
    /// A word of which nothing more is to be said.
    pub(crate) fn word(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            arguments: String::new(),
            about: String::new(),
            name: false,
            old: false,
        }
    }

    /// A name that the file gives.
    pub(crate) fn name(text: &str) -> Self {
        Self {
            name: true,
            ..Self::word(text)
        }
    }
}

/// A text with its indentation set.
#[must_use]
pub fn formatted(document: &Document) -> Option<Vec<u8>> {
    let text = document.text().as_bytes();
    match document.language() {
        Language::Haproxy => Some(lint::fmt::haproxy(text)),
        Language::Keepalived => Some(lint::fmt::keepalived(text)),
        Language::HeartbeatConfiguration | Language::HeartbeatResources | Language::HeartbeatKeys => None,
    }
}

/// The keyword's row in words: what it is for, since when it is there, what to write instead.
pub(crate) fn about(row: &syntax::KeywordRow) -> String {
    let mut out = format!("{}.", upper(row.help));
    if let Some(since) = row.since {
        out.push_str(&format!(" Since {since}."));
    }
    if let Some(warned) = row.deprecated_since {
        out.push_str(&format!(" Warned of since {warned}."));
    }
    if let Some(removed) = row.removed_in {
        out.push_str(&format!(" Refused since {removed}."));
    }
    if !row.replacement.is_empty() {
        out.push_str(&format!(" Write instead: {}.", row.replacement));
    }
    if row.status == syntax::Status::ReadOnly {
        out.push_str(" Holdfast reads it and does not act on it.");
    }
    out
}

/// A keyword of a row.
pub(crate) fn wanted(row: &syntax::KeywordRow, arguments: &str) -> Wanted {
    Wanted {
        text: row.name.to_owned(),
        arguments: arguments.to_owned(),
        about: about(row),
        name: false,
        old: row.deprecated_since.is_some() || row.removed_in.is_some(),
    }
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
