//! Lines of `acme` (manual, section 12.8): what the settings of a section amount to.

use syntax::{Context, Diagnostic, Span};

use super::super::line::Line;
use super::super::reading::Reading;
use super::given;
use crate::lex::Word;
use crate::signature::{Cursor, Subject, Value};
use crate::written::SectionLines;

/// A line of one value, which is kept for the end.
pub(crate) fn line(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let first = |section: &SectionLines| !section.lines.iter().any(|line| line.name == "challenge");
    let over_http = reading.written.sections.last().is_some_and(first);
    if given.name == "challenge-ready" && over_http {
        let message = "keyword 'challenge-ready' in 'acme' section, \"http-01\" is not compatible with the \
                       \"challenge-ready\" option";
        let told = Diagnostic::alert("bad-acme", message).at(line.span());
        return reading.tell(told.help("write in front of it: challenge dns-01"));
    }
    reading.keep(given);
}

/// Conditions between commas.
pub(crate) fn ready(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word: &Word<'_> = cursor.next()?;
    let known = |part: &[u8]| matches!(part, b"cli" | b"dns" | b"delay" | b"initial-dns" | b"none");
    if word.text.split(|byte| *byte == b',').all(known) {
        return Some(Value::Text(word.text.to_vec().into()));
    }
    let message = format!(
        "keyword '{}' in 'acme' section requires parameter separated by commas: 'cli', 'dns' or 'none'",
        subject.name
    );
    subject.alert(
        reading,
        "unknown-option",
        word.span,
        message,
        "write for example: cli,dns",
    );
    None
}

/// Tells what sections lack.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told: Vec<(String, Span, &str)> = Vec::new();
    let sections = &reading.written.sections;
    for section in sections.iter().filter(|section| section.keyword == "acme") {
        let name = &section.name;
        let has = |keyword: &str| section.lines.iter().any(|line| line.name == keyword);
        if super::is_faulty(reading, section.span) {
            continue;
        }
        if has("eab-key-id") != has("eab-mac-key") {
            let message = format!(
                "acme: section '{name}': EAB MAC key and key id are mutually dependent, specify both or neither."
            );
            told.push((
                message,
                section.span,
                "add the other one: eab-key-id, eab-mac-key",
            ));
        } else if !has("directory") {
            let message = format!("acme: No directory defined in ACME section '{name}'.");
            told.push((message, section.span, "add: directory URL"));
        }
    }
    let named = |name: &crate::model::Word| {
        let mut sections = sections.iter();
        sections.any(|section| section.keyword == "acme" && section.name == *name)
    };
    for store in sections.iter().filter(|section| section.keyword == "crt-store") {
        for line in &store.lines {
            let values = line
                .option("acme")
                .and_then(|values| values.first()?.value.text());
            let Some(name) = values.filter(|name| !named(name)) else {
                continue;
            };
            let (file, at) = reading.sources.locate(line.span);
            let message = format!(
                "acme '{name}' was used on a crt line [{file}:{}], but no '{name}' section exists!",
                at.line
            );
            told.push((message, line.span, "add a section: acme NAME"));
        }
    }
    for (message, span, help) in told {
        let told = Diagnostic::alert("bad-acme", message).at(span);
        reading.tell(told.context(Context::Whole).help(help));
    }
}
