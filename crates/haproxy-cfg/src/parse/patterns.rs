//! Who uses which patterns: files are read once and shared by all that name them (manual, section 7.1).

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::reading::Reading;
use super::sample::pattern;
use crate::model::{
    PatternContent, PatternExpression, PatternPlace, PatternReference, PatternReferences, PatternUser, Word,
};

/// How a file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// Lines are patterns.
    One,
    /// Lines are keys and values.
    Two,
}

/// A file that is about to be used.
pub(super) struct Opened {
    pub(super) content: Arc<[u8]>,
    /// Its reference, when it was named before.
    known: Option<usize>,
    column: Column,
}

impl Opened {
    /// Whether its patterns were read for that expression before: they need not be checked again.
    pub(super) fn has(&self, reading: &Reading<'_>, expression: PatternExpression) -> bool {
        self.known
            .is_some_and(|at| reading.written.patterns[at].expressions.contains(&expression))
    }
}

/// Reads the file, unless that was done.
///
/// # Errors
/// The original's words for what is wrong, without a full stop.
pub(super) fn open(reading: &Reading<'_>, path: &str, column: Column) -> Result<Opened, String> {
    let known = reading.written.patterns.iter().position(|reference| {
        reference
            .file
            .as_deref()
            .is_some_and(|file| *file == *path.as_bytes())
    });
    let Some(at) = known else {
        let content = pattern::file(reading, path)?;
        return Ok(Opened {
            content,
            known,
            column,
        });
    };
    let reference = &reading.written.patterns[at];
    let (is, wanted) = match (reference.two_columns, column) {
        (true, Column::One) => ("two", "one"),
        (false, Column::Two) => ("one", "two"),
        _ => {
            let content = reference.content.share().unwrap_or_default();
            return Ok(Opened {
                content,
                known,
                column,
            });
        }
    };
    Err(format!(
        "The file \"{path}\" is already used as {is} column file and cannot be used by as {wanted} column file."
    ))
}

/// Notes that the line at hand uses a file, of an ACL or as a map alone.
pub(super) fn uses(
    reading: &mut Reading<'_>,
    path: &[u8],
    opened: Opened,
    expression: PatternExpression,
    by_acl: bool,
) -> PatternPlace {
    let user = PatternUser {
        as_map: opened.column == Column::Two,
        file: reading.here.file.clone(),
        line: reading.here.line,
    };
    let references = &mut reading.written.patterns;
    let at = opened.known.unwrap_or_else(|| {
        references.push(PatternReference {
            file: Some(path.to_vec().into()),
            two_columns: opened.column == Column::Two,
            content: PatternContent::new(opened.content),
            ..PatternReference::default()
        });
        reading.written.pattern_ids.push(None);
        references.len() - 1
    });
    let reference = &mut references[at];
    reference.users.push(user);
    reference.of_acl |= by_acl;
    reference.of_map |= opened.column == Column::Two;
    PatternPlace {
        reference: at,
        expression: expression_of(reference, expression),
    }
}

/// Notes the patterns that an ACL line holds itself.
pub(super) fn of_line(
    reading: &mut Reading<'_>,
    keyword: &Word,
    id: Option<u32>,
    patterns: Vec<Word>,
    expression: PatternExpression,
) -> PatternPlace {
    let user = PatternUser {
        as_map: false,
        file: reading.here.file.clone(),
        line: reading.here.line,
    };
    reading.written.patterns.push(PatternReference {
        of_acl: true,
        users: vec![user],
        keyword: keyword.clone(),
        patterns,
        expressions: vec![expression],
        ..PatternReference::default()
    });
    reading.written.pattern_ids.push(id);
    PatternPlace {
        reference: reading.written.patterns.len() - 1,
        expression: 0,
    }
}

fn expression_of(reference: &mut PatternReference, expression: PatternExpression) -> usize {
    let known = reference
        .expressions
        .iter()
        .position(|known| *known == expression);
    known.unwrap_or_else(|| {
        reference.expressions.push(expression);
        reference.expressions.len() - 1
    })
}

/// Takes the references out of a reading, each with its number: the one asked for, or the first that nobody has.
pub(crate) fn numbered(reading: &mut Reading<'_>) -> PatternReferences {
    let asked = std::mem::take(&mut reading.written.pattern_ids);
    let mut list = std::mem::take(&mut reading.written.patterns);
    let taken: FxHashSet<u32> = asked.iter().flatten().copied().collect();
    let mut next = 0;
    for (reference, id) in list.iter_mut().zip(asked) {
        reference.id = id.unwrap_or_else(|| {
            while taken.contains(&next) {
                next += 1;
            }
            next += 1;
            next - 1
        });
    }
    PatternReferences {
        list,
        names: reading.written.pattern_names.take(),
    }
}
