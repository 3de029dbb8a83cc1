//! Passwords in dumps, since 2.4.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "masked",
    about: "passwords are masked in what is written down",
    when: When::Since(Version::new(2, 4)),
    docs: "What `SIGUSR1` writes down has the passwords of instances; since 2.4 they are masked.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let passwords: Vec<usize> = task.text.all("authentication", "auth_pass").collect();
    if !passwords.is_empty() {
        found.push(
            task.text
                .found(&passwords, "passwords are masked in dumps since 2.4"),
        );
    }
}
