//! The source line with a pointer under it, for a person at a terminal.

use annotate_snippets::{AnnotationKind, Group, Level, Patch, Renderer, Snippet};
use bstr::ByteSlice as _;

use super::is_excerpt;
use crate::{Diagnostic, Severity, SourceMap, Span};

/// One diagnostic with its source, in several lines, with its final newline. `colors` adds terminal escapes.
#[must_use]
pub fn full(diagnostic: &Diagnostic, sources: &SourceMap, colors: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Diag | Severity::Note => Level::NOTE,
        Severity::Warning => Level::WARNING,
        Severity::Alert => Level::ERROR,
    };
    // The source is shown below: what the message itself shows of it is left out.
    let lines: Vec<&str> = diagnostic
        .message
        .lines()
        .filter(|line| !is_excerpt(line))
        .collect();
    let message = lines.join("\n");
    let title = level
        .primary_title(message.trim_end_matches(':'))
        .id(diagnostic.code);
    let mut groups = vec![Group::with_title(title)];
    let excerpts: Vec<(Excerpt, &str, AnnotationKind)> = diagnostic
        .span
        .iter()
        .map(|span| (*span, "", AnnotationKind::Primary))
        .chain(
            diagnostic
                .labels
                .iter()
                .map(|label| (label.span, label.text.as_str(), AnnotationKind::Context)),
        )
        .filter_map(|(span, text, kind)| Some((Excerpt::of(sources, span)?, text, kind)))
        .collect();
    let mut first = groups.remove(0);
    for (excerpt, text, kind) in &excerpts {
        let mark = kind.span(excerpt.start..excerpt.end);
        let mark = if text.is_empty() { mark } else { mark.label(*text) };
        first = first.element(
            Snippet::source(excerpt.line.as_str())
                .line_start(excerpt.number)
                .path(excerpt.file.as_str())
                .annotation(mark),
        );
    }
    for note in &diagnostic.notes {
        first = first.element(Level::NOTE.message(note.as_str()));
    }
    if let Some(help) = &diagnostic.help {
        first = first.element(Level::HELP.message(help.as_str()));
    }
    groups.push(first);
    let patched: Vec<(&str, Excerpt, String)> = diagnostic
        .fixes
        .iter()
        .filter_map(|fix| {
            // A fix of one edit is shown in place; one of several is told by its title.
            let [edit] = fix.edits.as_slice() else { return None };
            let excerpt = Excerpt::of(sources, edit.span)?;
            Some((fix.title.as_str(), excerpt, edit.text.to_str_lossy().into_owned()))
        })
        .collect();
    for (title, excerpt, text) in &patched {
        let patch = Patch::new(excerpt.start..excerpt.end, text.as_str());
        let snippet = Snippet::source(excerpt.line.as_str())
            .line_start(excerpt.number)
            .path(excerpt.file.as_str())
            .patch(patch);
        groups.push(Level::HELP.secondary_title(*title).element(snippet));
    }
    let renderer = if colors {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut text = renderer.render(&groups);
    text.push('\n');
    text
}

/// The line of a span as text; bytes that are not UTF-8 are replaced, and the range moved with them.
struct Excerpt {
    file: String,
    number: usize,
    line: String,
    start: usize,
    end: usize,
}

impl Excerpt {
    fn of(sources: &SourceMap, span: Span) -> Option<Self> {
        let file = sources.file(span.file)?;
        let at = file.position(span.start);
        let bytes = file.line(at.line);
        let start = (at.column as usize - 1).min(bytes.len());
        let end = (start + span.len() as usize).min(bytes.len());
        let before = bytes[..start].to_str_lossy();
        let inside = bytes[start..end].to_str_lossy();
        let behind = bytes[end..].to_str_lossy();
        Some(Self {
            file: file.name().to_owned(),
            number: at.line as usize,
            line: format!("{before}{inside}{behind}"),
            start: before.len(),
            end: before.len() + inside.len(),
        })
    }
}
