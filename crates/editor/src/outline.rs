//! What a file is made of: sections with their listeners, ACLs and servers; blocks with their blocks.

use std::ops::Range;

use haproxy_cfg::TokenKind;
use haproxy_cfg::keywords::{Table, row};
use lsp_types::{DocumentSymbol, SymbolKind};

use crate::document::Document;
use crate::language::Language;
use crate::name::occurrences;

/// The outline of a file.
#[must_use]
pub fn outline(document: &Document) -> Vec<DocumentSymbol> {
    match document.language() {
        Language::Haproxy => haproxy(document),
        Language::Keepalived => keepalived(document),
        Language::HeartbeatConfiguration | Language::HeartbeatResources | Language::HeartbeatKeys => {
            occurrences(document)
                .into_iter()
                .map(|one| symbol(document, one.name, SymbolKind::CLASS, one.span.clone(), one.span))
                .collect()
        }
    }
}

#[allow(
    deprecated,
    reason = "the structure has a field that it no longer wants, and no other way to be made"
)]
fn symbol(
    document: &Document,
    name: String,
    kind: SymbolKind,
    whole: Range<usize>,
    own: Range<usize>,
) -> DocumentSymbol {
    DocumentSymbol {
        name,
        detail: None,
        kind,
        tags: None,
        deprecated: None,
        range: document.range(whole),
        selection_range: document.range(own),
        children: None,
    }
}

fn haproxy(document: &Document) -> Vec<DocumentSymbol> {
    let text = document.text();
    let tree = haproxy_cfg::tree::Tree::new(text.as_bytes());
    let mut out: Vec<DocumentSymbol> = Vec::new();
    for line in &tree.lines {
        let words: Vec<Range<usize>> = line
            .tokens
            .iter()
            .filter(|token| token.kind == TokenKind::Word)
            .map(|token| token.start as usize..token.end as usize)
            .collect();
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            continue;
        };
        let word = |at: usize| {
            words
                .get(at)
                .and_then(|span| text.get(span.clone()))
                .unwrap_or_default()
        };
        let whole = first.start..last.end;
        if row(Table::Section, word(0)).is_some() {
            let name = format!("{} {}", word(0), word(1));
            out.push(symbol(
                document,
                name.trim_end().to_owned(),
                SymbolKind::MODULE,
                whole.clone(),
                whole,
            ));
            continue;
        }
        let Some(section) = out.last_mut() else { continue };
        section.range.end = document.position(whole.end);
        let kind = match word(0) {
            "server" | "server-template" => SymbolKind::OBJECT,
            "acl" => SymbolKind::BOOLEAN,
            "bind" => SymbolKind::INTERFACE,
            "use_backend" | "default_backend" => SymbolKind::EVENT,
            _ => continue,
        };
        let name = format!("{} {}", word(0), word(1));
        let child = symbol(document, name.trim_end().to_owned(), kind, whole.clone(), whole);
        section.children.get_or_insert_default().push(child);
    }
    out
}

fn keepalived(document: &Document) -> Vec<DocumentSymbol> {
    let text = document.text();
    let tree = keepalived_conf::tree::Tree::new(text.as_bytes());
    let block = |parent| -> Vec<(usize, &keepalived_conf::tree::Node)> {
        tree.block(parent)
            .filter(|(_, node)| node.open.is_some() && !node.words.is_empty())
            .collect()
    };
    let of = |node: &keepalived_conf::tree::Node| {
        let words: Vec<&str> = node
            .words
            .iter()
            .filter_map(|word| text.get(word.start as usize..word.end as usize))
            .collect();
        let range = node.range();
        let (start, end) = (
            range.start as usize,
            if node.close.is_some() {
                range.end as usize
            } else {
                text.len()
            },
        );
        let own = start..node.words.last().map_or(end, |word| word.end as usize);
        symbol(document, words.join(" "), SymbolKind::MODULE, start..end, own)
    };
    block(None)
        .into_iter()
        .map(|(index, node)| {
            let inner: Vec<DocumentSymbol> =
                block(Some(index)).into_iter().map(|(_, node)| of(node)).collect();
            DocumentSymbol {
                children: (!inner.is_empty()).then_some(inner),
                ..of(node)
            }
        })
        .collect()
}
