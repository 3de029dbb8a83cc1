//! What may be written at a place.

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionItemTag, CompletionTextEdit, Documentation, MarkupContent,
    MarkupKind, Position, TextEdit,
};

use crate::document::Document;
use crate::language::Language;
use crate::{haproxy, heartbeat, keepalived};

/// Where the word before a byte begins.
fn word_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let letter =
        |letter: char| letter.is_whitespace() || matches!(letter, '{' | '}' | '!' | '(' | ',' | '"' | '[');
    before.rfind(letter).map_or(0, |end| {
        end + before
            .get(end..)
            .and_then(|rest| rest.chars().next())
            .map_or(1, char::len_utf8)
    })
}

/// What may be written at a position, in the place of the word that stands before it.
#[must_use]
pub fn complete(document: &Document, position: Position) -> Vec<CompletionItem> {
    let at = document.offset(position);
    let start = word_start(document.text(), at);
    let typed = document.text().get(start..at).unwrap_or_default();
    let wanted = match document.language() {
        Language::Haproxy => haproxy::wanted_at(document, start),
        Language::Keepalived => keepalived::wanted_at(document, start),
        Language::HeartbeatConfiguration | Language::HeartbeatResources | Language::HeartbeatKeys => {
            heartbeat::wanted_at(document, start)
        }
    };
    let range = document.range(start..at);
    let begins = |one: &crate::Wanted| one.text.starts_with(typed);
    let mut out: Vec<CompletionItem> = Vec::new();
    for one in wanted.into_iter().filter(begins) {
        if out.iter().any(|other| other.label == one.text) {
            continue;
        }
        let tags = one.old.then(|| vec![CompletionItemTag::DEPRECATED]);
        let about = (!one.about.is_empty()).then(|| {
            Documentation::MarkupContent(MarkupContent {
                kind: MarkupKind::Markdown,
                value: one.about.clone(),
            })
        });
        // What is out of use comes last.
        let rank = match (one.name, one.old) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 2,
        };
        out.push(CompletionItem {
            sort_text: Some(format!("{rank}{}", one.text)),
            kind: Some(if one.name {
                CompletionItemKind::REFERENCE
            } else {
                CompletionItemKind::KEYWORD
            }),
            detail: (!one.arguments.is_empty()).then(|| format!("{}{}", one.text, one.arguments)),
            documentation: about,
            tags,
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, one.text.clone()))),
            label: one.text,
            ..CompletionItem::default()
        });
    }
    out
}
