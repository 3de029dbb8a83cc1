//! Edits put into a text. Whatever no edit names stays byte for byte: comments, order, spacing, ends of lines.
//!
//! An edit is that of the diagnostics ([`syntax::Edit`]: a span and what comes in its place), so that fixes of findings and
//! rewrites of migrations are carried out by the same code. Files are read and written elsewhere.

pub use syntax::Edit;
use syntax::FileId;

/// Why edits cannot be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits want the same bytes; the offsets are the starts of both, the second being where they meet.
    Overlap(u32, u32),
    /// An edit stands, at least in part, behind the end of the text, or ends before it begins.
    Outside(u32),
}

impl std::fmt::Display for EditError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Overlap(first, second) => {
                write!(out, "the changes at byte {first} and at byte {second} overlap")
            }
            Self::Outside(at) => write!(out, "the change at byte {at} is not inside the text"),
        }
    }
}

impl std::error::Error for EditError {}

/// Puts those of `edits` that are of `file` into `text`, its content.
///
/// They may come in any order. Insertions at one place are made in the order given; an insertion at the start or the end of
/// bytes that are replaced stands before or behind what comes in their place.
///
/// # Errors
/// When two edits overlap, or one is not inside the text; nothing is applied then.
pub fn apply(text: &[u8], file: FileId, edits: &[Edit]) -> Result<Vec<u8>, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().filter(|edit| edit.span.file == file).collect();
    // Stable, so insertions at one place keep their order; and they come before what is replaced there.
    sorted.sort_by_key(|edit| (edit.span.start, !edit.span.is_empty()));
    let mut out = Vec::with_capacity(text.len());
    let mut done: usize = 0;
    let mut before: u32 = 0;
    for edit in sorted {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if end < start || end > text.len() {
            return Err(EditError::Outside(edit.span.start));
        }
        if start < done {
            return Err(EditError::Overlap(before, edit.span.start));
        }
        // `done <= start <= end <= text.len()`, by the checks above.
        out.extend_from_slice(text.get(done..start).unwrap_or_default());
        out.extend_from_slice(&edit.text);
        done = end;
        before = edit.span.start;
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use syntax::Span;

    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit {
            span: Span::new(FileId(0), start, end),
            text: text.into(),
        }
    }

    fn applied(edits: &[Edit]) -> Result<String, EditError> {
        apply(b"one two three", FileId(0), edits).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    }

    #[test]
    fn edits_in_any_order_give_the_same_text() {
        let edits = [edit(8, 13, "3"), edit(0, 3, "first"), edit(4, 7, "")];
        assert_eq!(applied(&edits).as_deref(), Ok("first  3"));
        let mut turned = edits.to_vec();
        turned.reverse();
        assert_eq!(applied(&turned).as_deref(), Ok("first  3"));
    }

    #[test]
    fn insertions_at_one_place_keep_their_order_and_stand_around_what_is_replaced() {
        let edits = [edit(4, 7, "2"), edit(4, 4, "a"), edit(4, 4, "b"), edit(7, 7, "c")];
        assert_eq!(applied(&edits).as_deref(), Ok("one ab2c three"));
    }

    #[test]
    fn edits_that_overlap_or_stand_outside_are_refused() {
        assert_eq!(
            applied(&[edit(0, 5, ""), edit(4, 7, "")]),
            Err(EditError::Overlap(0, 4))
        );
        assert_eq!(
            applied(&[edit(0, 3, "a"), edit(0, 3, "b")]),
            Err(EditError::Overlap(0, 0))
        );
        assert_eq!(
            applied(&[edit(1, 3, "a"), edit(2, 2, "b")]),
            Err(EditError::Overlap(1, 2))
        );
        assert_eq!(applied(&[edit(13, 14, "")]), Err(EditError::Outside(13)));
        assert_eq!(applied(&[edit(5, 4, "")]), Err(EditError::Outside(5)));
    }

    #[test]
    fn edits_of_other_files_are_left_to_those() {
        let mut other = edit(0, 99, "gone");
        other.span.file = FileId(1);
        assert_eq!(applied(&[other, edit(0, 3, "1")]).as_deref(), Ok("1 two three"));
    }
}
