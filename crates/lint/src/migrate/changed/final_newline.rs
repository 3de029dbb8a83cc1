//! A last line without its end since 2.3.

use syntax::Version;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "final-newline",
    about: "a last line must have its end",
    when: When::From(Version::new(2, 3)),
    docs: "Since 2.3 a file whose last line has no newline is refused, as it may have been cut off.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    if let Some(line) = task
        .file
        .lines
        .last()
        .filter(|line| line.newline.is_empty() && line.end > line.start)
    {
        let edit = syntax::Edit {
            span: syntax::Span::new(syntax::FileId(0), line.end, line.end),
            text: task.file.newline().into(),
        };
        let told = Found::new([line], "a last line without its newline is refused since 2.3");
        found.push(told.edits((vec![edit], vec!["(a newline at the end)".to_owned()])));
    }
}
