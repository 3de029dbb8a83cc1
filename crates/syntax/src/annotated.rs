//! Fixtures whose comments say what must be told of the line above them, for the tests of grammars.
//!
//! `#   ^^^^ warning[code]: text` asks for a finding that covers exactly the columns of the carets, of that severity and code,
//! whose message holds the text. A run of carets right behind the `#` begins at column 1, and `#|` is column 1 alone; elsewhere
//! a `|` stands for the empty place in front of its column.

use crate::{Diagnostic, Severity, SourceMap};

#[derive(Debug, PartialEq, Eq)]
struct Expected {
    line: u32,
    start: u32,
    end: u32,
    severity: String,
    code: String,
    text: String,
}

fn expectations(text: &str) -> Result<Vec<Expected>, String> {
    let mut out = Vec::new();
    let mut above = 0;
    for (index, line) in text.lines().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let mark = line
            .strip_prefix('#')
            .map(str::trim_start)
            .filter(|rest| rest.starts_with(['^', '|']));
        let Some(mark) = mark else {
            above = number;
            continue;
        };
        let carets = line.len() - mark.len();
        let length = mark.bytes().take_while(|byte| *byte == b'^').count();
        let rest = mark.trim_start_matches(['^', '|']).trim();
        let parts = rest
            .split_once('[')
            .and_then(|(severity, rest)| Some((severity, rest.split_once("]: ")?)));
        let Some((severity, (code, text))) = parts else {
            return Err(format!(
                "line {number}: write `severity[code]: text` behind the mark"
            ));
        };
        let first = if carets == 1 { 0 } else { carets };
        out.push(Expected {
            line: above,
            start: u32::try_from(first + 1).unwrap_or(u32::MAX),
            end: u32::try_from(carets + length + 1).unwrap_or(u32::MAX),
            severity: severity.to_owned(),
            code: code.to_owned(),
            text: text.to_owned(),
        });
    }
    Ok(out)
}

/// What of `diagnostics` nothing in `text` asks for, and what it asks for and is not told; empty when they agree.
///
/// # Errors
/// An expectation that cannot be read, or a finding without a place.
pub fn differences(text: &str, sources: &SourceMap, diagnostics: &[Diagnostic]) -> Result<String, String> {
    let mut wanted = expectations(text)?;
    let mut unasked = Vec::new();
    for diagnostic in diagnostics {
        let found = found(sources, diagnostic)?;
        let at = wanted.iter().position(|wanted| {
            (wanted.line, wanted.start, wanted.end) == (found.line, found.start, found.end)
                && wanted.severity == found.severity
                && wanted.code == found.code
                && found.text.contains(&wanted.text)
        });
        match at {
            Some(at) => drop(wanted.remove(at)),
            None => unasked.push(found),
        }
    }
    if unasked.is_empty() && wanted.is_empty() {
        Ok(String::new())
    } else {
        Ok(format!("not asked for {unasked:#?}, not told {wanted:#?}"))
    }
}

fn found(sources: &SourceMap, diagnostic: &Diagnostic) -> Result<Expected, String> {
    let placed = diagnostic
        .span
        .and_then(|span| Some((span, sources.file(span.file)?)));
    let Some((span, file)) = placed else {
        return Err(format!("it has no place: {}", diagnostic.message));
    };
    let (start, end) = (file.position(span.start), file.position(span.end));
    let severity = match diagnostic.severity {
        Severity::Alert => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
        Severity::Diag => "diag",
    };
    Ok(Expected {
        line: start.line,
        start: start.column,
        end: end.column,
        severity: severity.to_owned(),
        code: diagnostic.code.to_owned(),
        text: diagnostic.message.lines().next().unwrap_or_default().to_owned(),
    })
}
