//! What may be told of a configuration: each code with its meaning, what to do, and a file that shows it with its correction.
//! The reference has a page for each, and an alert that has no help of its own gives that of its code.

mod arguments;
mod files;
mod keywords;
mod names;
mod pages;
mod proxies;
mod rules;
mod sections;

pub use pages::pages;

use std::collections::HashMap;
use std::sync::LazyLock;

/// A code.
#[derive(Clone, Copy, Debug)]
pub struct CodeRow {
    /// As it stands in findings.
    pub code: &'static str,
    /// What is found, in a few words.
    pub title: &'static str,
    /// Why it matters, and what to do.
    pub text: &'static str,
    /// What an alert of it says to do when it has nothing better to say; empty where each has its own help.
    pub help: &'static str,
    /// A file that is told so.
    pub wrong: &'static str,
    /// The same without the fault; empty where nothing shorter than the manual would do, or nothing is to be mended.
    pub right: &'static str,
}

/// A code whose findings have help of their own.
const fn code(
    code: &'static str,
    title: &'static str,
    text: &'static str,
    wrong: &'static str,
    right: &'static str,
) -> CodeRow {
    CodeRow {
        code,
        title,
        text,
        help: "",
        wrong,
        right,
    }
}

impl CodeRow {
    /// What an alert of it says to do when it has nothing better to say.
    const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }
}

/// All codes, by kind.
pub const CODES: &[&[CodeRow]] = &[
    files::ROWS,
    keywords::ROWS,
    arguments::ROWS,
    names::ROWS,
    proxies::ROWS,
    rules::ROWS,
    sections::ROWS,
];

static INDEX: LazyLock<HashMap<&'static str, &'static CodeRow>> = LazyLock::new(|| {
    CODES
        .iter()
        .flat_map(|rows| rows.iter())
        .map(|row| (row.code, row))
        .collect()
});

/// The row of a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static CodeRow> {
    INDEX.get(code).copied()
}
