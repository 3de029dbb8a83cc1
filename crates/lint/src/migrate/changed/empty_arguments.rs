//! Empty arguments since 3.3.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "empty-arguments",
    about: "an empty argument is refused",
    when: When::From(Version::new(3, 3)),
    docs: "An argument that is empty, or becomes so as a variable is not set, is an error since 3.3; before, what stood behind it was passed over.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in &task.file.lines {
        for at in 0..line.words.len() {
            let raw = task.file.raw(line, at, at);
            let unset = raw.starts_with("\"${")
                && raw.ends_with("}\"")
                && !raw.contains('-')
                && raw.matches('$').count() == 1;
            if matches!(raw.as_str(), "\"\"" | "''") {
                let told = Found::new([line], "an empty argument is refused since 3.3");
                found.push(told.advice("take it away, or write what was meant").decide());
            } else if unset {
                let message = format!("{raw} is refused since 3.3 where the variable is not set or empty");
                found.push(
                    Found::new([line], message)
                        .advice("see that it is always set, or give a default: ${NAME-value}"),
                );
            }
        }
    }
}
