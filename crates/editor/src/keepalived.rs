//! keepalived.conf: which names stand where, and what may be written at a place.

use keepalived_conf::block_rows;
use keepalived_conf::tree::Tree;

use crate::document::Document;
use crate::name::{Kind, Occurrence, occurrences as all_occurrences};
use crate::{Wanted, wanted};

/// Blocks with names that others use, by the kind of the name.
const NAMED: &[(&str, &str)] = &[
    ("vrrp_instance", "vrrp_instance"),
    ("vrrp_sync_group", "vrrp_sync_group"),
    ("vrrp_script", "vrrp_script"),
    ("track_file", "track_file"),
    ("vrrp_track_file", "track_file"),
    ("vrrp_track_process", "vrrp_track_process"),
    ("bfd_instance", "bfd_instance"),
    ("track_group", "track_group"),
    ("virtual_server_group", "virtual_server_group"),
];

/// Lists whose lines begin with a name: the list, the block around it (empty: any), the kind.
const LISTS: &[(&str, &[&str], &str)] = &[
    (
        "track_script",
        &["vrrp_instance", "vrrp_sync_group"],
        "vrrp_script",
    ),
    ("track_file", &["vrrp_instance", "vrrp_sync_group"], "track_file"),
    (
        "track_process",
        &["vrrp_instance", "vrrp_sync_group"],
        "vrrp_track_process",
    ),
    ("track_bfd", &["vrrp_instance", "vrrp_sync_group"], "bfd_instance"),
    ("group", &["vrrp_sync_group", "track_group"], "vrrp_instance"),
];

/// All names of a file.
pub(crate) fn occurrences(text: &str) -> Vec<Occurrence> {
    let tree = Tree::new(text.as_bytes());
    let mut out = Vec::new();
    let mut add = |kind: Kind, raw: &str, start: usize, definition: bool| {
        let name = raw.trim_matches('"');
        if name.is_empty() || name.starts_with('$') && kind != Kind::Parameter {
            return;
        }
        let start = start + usize::from(raw.starts_with('"'));
        out.push(Occurrence {
            kind,
            scope: String::new(),
            name: name.to_owned(),
            span: start..start + name.len(),
            definition,
        });
    };
    let slice = |start: u32, end: u32| text.get(start as usize..end as usize).unwrap_or_default();
    for (index, node) in tree.nodes.iter().enumerate() {
        for (at, word) in node.words.iter().enumerate() {
            let raw = slice(word.start, word.end);
            let gives = node.definition && at == 0;
            for (name, offset) in parameters(raw) {
                add(
                    Kind::Parameter,
                    name,
                    word.start as usize + offset,
                    gives && offset == 1,
                );
            }
        }
        if node.definition {
            continue;
        }
        let first = node.keyword_at(text.as_bytes());
        let keyword = tree.word(text.as_bytes(), index, first);
        let parent = node
            .parent
            .map(|parent| (parent, keyword_of(&tree, text, parent)));
        let argument = node.words.get(first + 1);
        match &parent {
            None => {
                let named = NAMED.iter().find(|(block, _)| *block == keyword);
                if let Some(((_, kind), word)) = named.zip(argument) {
                    add(
                        Kind::Other(kind),
                        slice(word.start, word.end),
                        word.start as usize,
                        true,
                    );
                }
            }
            Some((parent, list)) => {
                let around = tree.nodes.get(*parent).and_then(|node| node.parent);
                let around = around.map_or_else(String::new, |around| keyword_of(&tree, text, around));
                let of = LISTS
                    .iter()
                    .find(|(name, blocks, _)| name == list && blocks.contains(&around.as_str()));
                if let Some((_, _, kind)) = of {
                    let all = if *kind == "vrrp_instance" {
                        node.words.len()
                    } else {
                        first + 1
                    };
                    for word in node.words.get(first..all).unwrap_or_default() {
                        add(
                            Kind::Other(kind),
                            slice(word.start, word.end),
                            word.start as usize,
                            false,
                        );
                    }
                }
                let follows = list == "global_defs" && keyword == "lvs_sync_daemon";
                if let Some(word) = node.words.get(first + 2).filter(|_| follows) {
                    add(
                        Kind::Other("vrrp_instance"),
                        slice(word.start, word.end),
                        word.start as usize,
                        false,
                    );
                }
            }
        }
    }
    out
}

fn keyword_of(tree: &Tree, text: &str, node: usize) -> String {
    let first = tree
        .nodes
        .get(node)
        .map_or(0, |node| node.keyword_at(text.as_bytes()));
    tree.word(text.as_bytes(), node, first)
}

/// Parameters in a word, with their offsets: `$NAME`, `${NAME}`.
fn parameters(word: &str) -> Vec<(&str, usize)> {
    let mut out = Vec::new();
    for (at, _) in word.match_indices('$') {
        let rest = word.get(at + 1..).unwrap_or_default();
        let brace = usize::from(rest.starts_with('{'));
        let rest = rest.get(brace..).unwrap_or_default();
        let end = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
            .unwrap_or(rest.len());
        if end > 0 {
            out.push((rest.get(..end).unwrap_or_default(), at + 1 + brace));
        }
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
    let mut before: Vec<&str> = line
        .split([' ', '\t', '{', '}'])
        .filter(|word| !word.is_empty())
        .collect();
    if !line.ends_with([' ', '\t', '{', '}']) {
        before.pop();
    }
    let tree = Tree::new(text.as_bytes());
    let block = tree.block_at(u32::try_from(at).unwrap_or(u32::MAX));
    let keyword = block.map_or_else(String::new, |block| keyword_of(&tree, text, block));
    let around = block.and_then(|block| tree.nodes.get(block)?.parent);
    let around = around.map_or_else(String::new, |around| keyword_of(&tree, text, around));
    // What stands before on the line may have opened the block.
    let opened = line.rfind(['{', '}']).map_or(before.len(), |brace| {
        line.get(brace..)
            .unwrap_or_default()
            .split_ascii_whitespace()
            .skip(1)
            .count()
    });
    if opened > 0 && !before.is_empty() {
        return match before.last().copied() {
            Some("state") => words(&["MASTER", "BACKUP"]),
            Some("auth_type") => words(&["PASS", "AH"]),
            _ => Vec::new(),
        };
    }
    let list = LISTS
        .iter()
        .find(|(name, blocks, _)| *name == keyword && blocks.contains(&around.as_str()));
    if let Some((_, _, kind)) = list {
        return names(document, Kind::Other(kind));
    }
    block_rows(&keyword)
        .into_iter()
        .map(|row| wanted(row, ""))
        .collect()
}

fn words(words: &[&str]) -> Vec<Wanted> {
    words.iter().map(|word| Wanted::word(word)).collect()
}

fn names(document: &Document, kind: Kind) -> Vec<Wanted> {
    let given = all_occurrences(document)
        .into_iter()
        .filter(|one| one.definition && one.kind == kind);
    given.map(|one| Wanted::name(&one.name)).collect()
}

/// What is known of a word that begins at `start`.
pub(crate) fn known(document: &Document, start: usize, word: &str) -> Option<Wanted> {
    let text = document.text();
    let tree = Tree::new(text.as_bytes());
    let of_line = tree.nodes.iter().find(|node| {
        let keyword = node.words.get(node.keyword_at(text.as_bytes()));
        keyword.is_some_and(|keyword| keyword.start as usize == start)
    })?;
    let block = of_line
        .parent
        .map_or_else(String::new, |parent| keyword_of(&tree, text, parent));
    block_rows(&block)
        .into_iter()
        .find(|row| row.name == word)
        .map(|row| wanted(row, ""))
}
