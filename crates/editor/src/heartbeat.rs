//! heartbeat's files: which names stand where, and what may be written at a place.

use crate::document::Document;
use crate::language::Language;
use crate::name::{Kind, Occurrence};
use crate::{Wanted, wanted};

/// All names of a file: the nodes.
pub(crate) fn occurrences(language: Language, text: &str) -> Vec<Occurrence> {
    let mut out = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let words = words(line);
        let nodes = match (language, words.first().map(|(word, _)| *word)) {
            (Language::HeartbeatConfiguration, Some("node")) => words.get(1..).unwrap_or_default(),
            (Language::HeartbeatResources, Some(first)) if !first.starts_with('#') => {
                words.get(..1).unwrap_or_default()
            }
            _ => &[],
        };
        for (name, at) in nodes {
            let span = start + at..start + at + name.len();
            out.push(Occurrence {
                kind: Kind::Node,
                scope: String::new(),
                name: (*name).to_owned(),
                span,
                definition: true,
            });
        }
        start += line.len();
    }
    out
}

/// The words of a line up to its comment, with their offsets.
fn words(line: &str) -> Vec<(&str, usize)> {
    let text = line.split('#').next().unwrap_or_default();
    let mut out = Vec::new();
    let mut at = 0;
    for word in text.split([' ', '\t', '\r', '\n']) {
        if !word.is_empty() {
            out.push((word, at));
        }
        at += word.len() + 1;
    }
    out
}

/// What may be written at a byte.
pub(crate) fn wanted_at(document: &Document, at: usize) -> Vec<Wanted> {
    let text = document.text();
    let line_start = text
        .get(..at)
        .and_then(|before| before.rfind('\n'))
        .map_or(0, |end| end + 1);
    let line = text.get(line_start..at).unwrap_or_default();
    if document.language() != Language::HeartbeatConfiguration || line.trim_start().contains([' ', '\t']) {
        return Vec::new();
    }
    heartbeat_conf::rows().map(|row| wanted(row, "")).collect()
}

/// What is known of a word.
pub(crate) fn known(document: &Document, start: usize, word: &str) -> Option<Wanted> {
    wanted_at(document, start)
        .into_iter()
        .find(|one| one.text == word)
}
