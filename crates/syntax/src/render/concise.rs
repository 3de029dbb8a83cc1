//! One line for each diagnostic, `FILE:LINE:COLUMN: severity[code]: message`, as compilers print for editors.

use crate::{Diagnostic, Severity, SourceMap};

/// One diagnostic with its final newline.
#[must_use]
pub fn concise(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let severity = match diagnostic.severity {
        Severity::Diag => "diag",
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Alert => "error",
    };
    let message = diagnostic
        .message
        .lines()
        .next()
        .unwrap_or("")
        .trim_end_matches(':');
    let help = diagnostic
        .help
        .as_deref()
        .map(|help| format!("; {help}"))
        .unwrap_or_default();
    let code = diagnostic.code;
    match diagnostic.span.map(|span| sources.locate(span)) {
        Some((file, at)) => format!(
            "{file}:{}:{}: {severity}[{code}]: {message}{help}\n",
            at.line, at.column
        ),
        None => format!("{severity}[{code}]: {message}{help}\n"),
    }
}
