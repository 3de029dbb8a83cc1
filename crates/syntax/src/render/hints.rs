//! Continuation lines that are added to what an original prints: other places, notes, and what to write.

use std::fmt::Write as _;

use crate::{Diagnostic, SourceMap};

/// The lines, each with its final newline. `column`: whether a place without advice is worth a line for its column alone.
pub(super) fn hints(diagnostic: &Diagnostic, sources: &SourceMap, column: bool) -> String {
    let mut out = String::new();
    let place = diagnostic.span.map(|span| sources.locate(span));
    // A string takes everything that is written to it.
    for label in &diagnostic.labels {
        let (file, at) = sources.locate(label.span);
        let _ = writeln!(out, "   | {file}:{}:{}: {}", at.line, at.column, label.text);
    }
    for note in &diagnostic.notes {
        let _ = writeln!(out, "   | note: {note}");
    }
    let help = diagnostic
        .help
        .as_deref()
        .or_else(|| diagnostic.fixes.first().map(|fix| fix.title.as_str()));
    let _ = match (help, place) {
        (Some(help), Some((file, at))) => writeln!(out, "   | {file}:{}:{}: {help}", at.line, at.column),
        (Some(help), None) => writeln!(out, "   | {help}"),
        (None, Some((file, at))) if column && at.column > 1 => {
            writeln!(out, "   | {file}:{}:{}", at.line, at.column)
        }
        (None, _) => Ok(()),
    };
    out
}
