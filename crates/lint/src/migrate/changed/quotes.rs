//! Quotes since 1.6.

use syntax::{Edit, FileId, Span, Version};

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "quotes",
    about: "a quote that is not closed gets a backslash",
    when: When::From(Version::new(1, 6)),
    docs: "Quotes were letters before 1.6. Since then they hold words together, and a line with one that is not closed, such as an \
           apostrophe, is refused. A backslash makes it a letter again.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in &task.file.lines {
        let Some(last) = line.words.last() else {
            continue;
        };
        let raw = task
            .file
            .text
            .get(last.start as usize..last.end as usize)
            .unwrap_or_default();
        if !is_open(raw) {
            continue;
        }
        let mut edits = Vec::new();
        let (mut escaped, mut before) = (false, b' ');
        for (at, byte) in raw.iter().copied().enumerate() {
            if byte == b'#' && before.is_ascii_whitespace() {
                break;
            }
            if matches!(byte, b'"' | b'\'') && !escaped {
                let place = last.start + u32::try_from(at).unwrap_or(0);
                edits.push(Edit {
                    span: Span::new(FileId(0), place, place),
                    text: b"\\".to_vec(),
                });
            }
            escaped = byte == b'\\' && !escaped;
            before = byte;
        }
        let told = Found::new([line], "a quote that is not closed is refused since 1.6");
        let shown = "(a backslash in front of each quote)".to_owned();
        found.push(told.edits((edits, vec![shown])));
    }
}

/// Whether a quote of a word is not closed.
fn is_open(raw: &[u8]) -> bool {
    let (mut quote, mut escaped) = (None, false);
    for byte in raw.iter().copied() {
        match quote {
            _ if escaped => escaped = false,
            Some(open) if byte == open => quote = None,
            Some(b'\'') => {}
            _ if byte == b'\\' => escaped = true,
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            _ => {}
        }
    }
    quote.is_some()
}
