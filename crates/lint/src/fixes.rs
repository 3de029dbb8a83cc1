//! Which fixes of findings go into a file together.

use std::collections::BTreeMap;

use syntax::{Applicability, Diagnostic, Edit, FileId, Fix};

use crate::edit::apply;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edited {
    /// Its bytes with the fixes.
    pub bytes: Vec<u8>,
    /// How many fixes are in them. A fix that touches what another one changes is left out; it comes with the next run.
    pub applied: usize,
}

/// Puts the safe fixes of `findings` that concern `file` into its bytes.
///
/// Of each finding the first safe fix counts, and only where all of its edits lie in this file and touch nothing that an earlier
/// finding's fix changes.
#[must_use]
pub fn apply_safe(bytes: &[u8], file: FileId, findings: &[Diagnostic]) -> Edited {
    // By their places; they do not overlap.
    let mut taken: BTreeMap<(u32, u32), &Edit> = BTreeMap::new();
    let mut applied = 0;
    for finding in findings {
        let safe = |fix: &&Fix| fix.applicability == Applicability::Safe;
        let Some(fix) = finding.fixes.iter().find(safe) else {
            continue;
        };
        let fits = |edit: &&Edit| edit.span.file == file && edit.span.end as usize <= bytes.len();
        let free = |edit: &&Edit| {
            let (start, end) = (edit.span.start, edit.span.end);
            let before = taken.range(..=(start, u32::MAX)).next_back();
            let behind = taken.range((start, u32::MAX)..).next();
            before.is_none_or(|((first, last), _)| *last <= start && *first != start)
                && behind.is_none_or(|((first, _), _)| *first >= end)
        };
        // The same edit of two findings is made once.
        let known = |edit: &&Edit| taken.get(&(edit.span.start, edit.span.end)) == Some(edit);
        if fix.edits.is_empty()
            || !fix
                .edits
                .iter()
                .all(|edit| fits(&edit) && (free(&edit) || known(&edit)))
        {
            continue;
        }
        for edit in &fix.edits {
            taken.insert((edit.span.start, edit.span.end), edit);
        }
        applied += 1;
    }
    let edits: Vec<Edit> = taken.into_values().cloned().collect();
    let bytes = apply(bytes, file, &edits).expect("the edits taken lie in the text and do not overlap");
    Edited { bytes, applied }
}

#[cfg(test)]
mod tests {
    use syntax::Span;

    use super::*;

    fn finding(start: u32, end: u32, text: &str, applicability: Applicability) -> Diagnostic {
        let span = Span::new(FileId(0), start, end);
        Diagnostic::warning("c", "m")
            .at(span)
            .fix("f", span, text, applicability)
    }

    #[test]
    fn safe_fixes_that_do_not_touch_each_other_are_applied() {
        let safe = Applicability::Safe;
        let findings = [
            finding(4, 6, "", safe),
            finding(0, 1, "AA", safe),
            finding(5, 8, "x", safe),
            finding(8, 9, "y", Applicability::MaybeIncorrect),
            finding(10, 10, "!", safe),
            finding(4, 6, "", safe),
        ];
        let edited = apply_safe(b"0123456789", FileId(0), &findings);
        assert_eq!(edited.bytes, b"AA1236789!");
        assert_eq!(edited.applied, 4);
    }

    #[test]
    fn fixes_of_other_files_are_left_alone() {
        let findings = [finding(0, 1, "", Applicability::Safe)];
        let edited = apply_safe(b"ab", FileId(1), &findings);
        assert_eq!((edited.bytes.as_slice(), edited.applied), (b"ab".as_slice(), 0));
    }
}
