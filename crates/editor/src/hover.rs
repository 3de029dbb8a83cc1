//! What a word means.

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use crate::document::Document;
use crate::language::Language;
use crate::name::{Kind, definitions, find, occurrences, same};
use crate::{haproxy, heartbeat, keepalived};

/// What is known of the word at a position: of a name, where it comes from and how often it is used; of a keyword, its row.
#[must_use]
pub fn hover(document: &Document, position: Position) -> Option<Hover> {
    let at = document.offset(position);
    let all = occurrences(document);
    let text = document.text();
    let letter = |letter: char| letter.is_whitespace() || matches!(letter, '{' | '}');
    let start = text.get(..at)?.rfind(letter).map_or(0, |end| end + 1);
    let end = text
        .get(at..)?
        .find(letter)
        .map_or(text.len(), |length| at + length);
    let word = text.get(start..end).filter(|word| !word.is_empty())?;
    let (value, span) = if let Some(one) = find(&all, at) {
        (name(document, &all, one), one.span.clone())
    } else {
        let known = match document.language() {
            Language::Haproxy => haproxy::known(document, start, word),
            Language::Keepalived => keepalived::known(document, start, word),
            Language::HeartbeatConfiguration | Language::HeartbeatResources | Language::HeartbeatKeys => {
                heartbeat::known(document, start, word)
            }
        }?;
        (
            format!("`{}{}`\n\n{}", known.text, known.arguments, known.about),
            start..end,
        )
    };
    Some(Hover {
        contents: HoverContents::Markup(MarkupContent {
            kind: MarkupKind::Markdown,
            value,
        }),
        range: Some(document.range(span)),
    })
}

fn name(document: &Document, all: &[crate::Occurrence], one: &crate::Occurrence) -> String {
    let kind = match one.kind {
        Kind::Backend => "backend",
        Kind::Frontend => "frontend",
        Kind::Defaults => "defaults",
        Kind::Server => "server",
        Kind::Acl => "acl",
        Kind::File => "file",
        Kind::Other(kind) => kind,
        Kind::Parameter => "parameter",
        Kind::Node => "node",
    };
    let mut out = format!("**{kind}** `{}`", one.name);
    let lines: Vec<String> = definitions(all, one)
        .map(|given| {
            let line = document.position(given.span.start).line as usize;
            document
                .text()
                .lines()
                .nth(line)
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .collect();
    if !lines.is_empty() {
        out.push_str(&format!("\n\n```text\n{}\n```", lines.join("\n")));
    }
    let uses = same(all, one).filter(|other| !other.definition).count();
    let used = match uses {
        0 => "Not used by name.".to_owned(),
        1 => "Used once.".to_owned(),
        _ => format!("Used {uses} times."),
    };
    out.push_str(&format!("\n\n{used}"));
    out
}
