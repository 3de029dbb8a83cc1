//! The letter case of headers.

use syntax::{Context, Diagnostic, Span};

use super::super::line::Line;
use super::super::reading::Reading;
use super::given;
use crate::model::Word;
use crate::signature::Value;

const SAME_BUT_CASE: &str = "<from> and <to> must not differ execpt the case";

/// `h1-case-adjust FROM TO`.
pub(crate) fn case_adjust(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let (Some(Value::Text(from)), Some(Value::Text(to))) = (given.get("from"), given.get("to")) else {
        return;
    };
    if !from.eq_ignore_ascii_case(to) {
        let told = Diagnostic::alert("bad-argument", SAME_BUT_CASE).at(line.span());
        return reading.tell(told.help("write the same name twice, the second as it is to be sent"));
    }
    if let Some(before) = reading.written.header_cases.iter().find(|(name, _)| name == from) {
        let before = before.1;
        let told = Diagnostic::alert("given-twice", format!("duplicate entry '{from}'")).at(line.span());
        return reading.tell(told.label(before, "given here before").help("remove one of them"));
    }
    reading.written.header_cases.push((from.clone(), line.span()));
    reading
        .written
        .global
        .header_cases
        .push((from.clone(), to.clone()));
}

/// `h1-case-adjust-file PATH`.
pub(crate) fn case_adjust_file(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(Value::Text(path)) = given.get("path") else {
        return;
    };
    let path = path.to_string();
    let whole = |message: String, span: Span, help: &str| {
        Diagnostic::alert("bad-file", message)
            .at(span)
            .context(Context::Whole)
            .help(help)
    };
    let Ok(text) = reading.host.read_file(&path) else {
        let message = format!("h1-headers-case-adjust-file '{path}': failed to open file.");
        return reading.tell(whole(message, line.span(), "check the path"));
    };
    let mut cases = Vec::new();
    for (index, row) in text.split(|byte| *byte == b'\n').enumerate() {
        let mut words = row.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        let Some(from) = words.next().filter(|word| !word.starts_with(b"#")) else {
            continue;
        };
        let to: Word = words.next().unwrap_or(b"").to_vec().into();
        if !from.eq_ignore_ascii_case(&to) {
            let message = format!(
                "h1-headers-case-adjust-file '{path}' : {SAME_BUT_CASE} at line {}.",
                index + 1
            );
            return reading.tell(whole(message, line.span(), "write a name twice on each line"));
        }
        cases.push((from.to_vec().into(), to));
    }
    // Of several files the last one counts.
    reading.written.global.file_header_cases = cases;
}
