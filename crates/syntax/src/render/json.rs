//! One JSON object for each diagnostic, on a line of its own.

use bstr::ByteSlice as _;
use serde_json::{Value, json};

use crate::{Diagnostic, SourceMap, Span};

/// One diagnostic as one line of JSON with its final newline. Lines and columns count from 1, columns in bytes.
#[must_use]
pub fn json(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| json!({ "at": place(sources, label.span), "text": label.text }))
        .collect();
    let fixes: Vec<Value> = diagnostic
        .fixes
        .iter()
        .map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .map(|edit| json!({ "at": place(sources, edit.span), "text": edit.text.to_str_lossy() }))
                .collect();
            json!({ "title": fix.title, "applicability": fix.applicability, "edits": edits })
        })
        .collect();
    let object = json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "at": diagnostic.span.map(|span| place(sources, span)),
        "labels": labels,
        "help": diagnostic.help,
        "notes": diagnostic.notes,
        "fixes": fixes,
    });
    format!("{object}\n")
}

fn place(sources: &SourceMap, span: Span) -> Value {
    let (file, start) = sources.locate(span);
    let end = sources
        .file(span.file)
        .map_or(start, |file| file.position(span.end));
    json!({
        "file": file,
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
    })
}
