//! Migrations of keepalived.conf, a file each: `removed` has keywords that are warned of or refused, `changed` what is otherwise
//! although the file stays.

mod changed;
mod file;
mod guess;
mod removed;

use syntax::{Edit, Version};

use self::file::{Task, Text};
use super::found::{Found, PinAt, Rewrite, replace};
use super::{Guess, Language, Migrated, Options, When};
use crate::edit::EditError;
pub use guess::guess_version;

/// All versions that a file may come from or go to, in order.
pub const VERSIONS: &[Version] = &[
    Version::new(1, 2),
    Version::new(1, 3),
    Version::new(1, 4),
    Version::new(2, 0),
    Version::new(2, 1),
    Version::new(2, 2),
    Version::new(2, 3),
    Version::new(2, 4),
];

/// keepalived.conf.
pub(super) struct Keepalived;

type Migration = super::Migration<Keepalived>;

impl Language for Keepalived {
    type Task<'f> = Task<'f>;
    const PROGRAM: &'static str = "keepalived";

    fn all() -> impl Iterator<Item = &'static Migration> {
        removed::ALL.iter().chain(changed::ALL).copied()
    }

    fn look<R>(text: &[u8], _to: Version, by: impl FnOnce(&Task<'_>) -> R) -> R {
        by(&Task {
            text: Text::new(text),
        })
    }

    fn pin(task: &Task<'_>, at: PinAt, lines: &[String]) -> Edit {
        task.text.write(at, lines)
    }

    fn guess(text: &[u8]) -> Guess {
        guess_version(text)
    }
}

/// Migrates a keepalived.conf.
///
/// # Errors
/// When the edits of one round cannot be put together, which is a fault of a migration and not of the file.
pub fn migrate(text: &[u8], options: Options) -> Result<Migrated, EditError> {
    super::migrated::<Keepalived>(text, options)
}

/// The page of all migrations, in Markdown.
#[must_use]
pub fn reference() -> String {
    super::reference::page::<Keepalived>(
        "keepalived.conf",
        "crates/lint/src/migrate/keepalived",
        removed::ALL,
        changed::ALL,
    )
}
