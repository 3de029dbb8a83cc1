//! `email_faults`.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "email-faults",
    about: "`email_faults` goes",
    when: When::From(Version::new(2, 0)),
    docs: "Changes to FAULT are mailed unless `no_email_faults` says otherwise, so asking for them is not needed, and refused.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for at in task.text.all("global_defs", "email_faults") {
        let told = task
            .text
            .found(&[at], "'email_faults' is refused since 2.0")
            .advice("changes to FAULT are mailed without being asked for");
        found.push(told.edits(task.text.delete(at)));
    }
}
