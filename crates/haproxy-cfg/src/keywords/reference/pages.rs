//! A page for each keyword, and the page that lists them.

use std::collections::BTreeMap;

use syntax::Status;
use syntax::reference::{Document, works};

use super::{Entry, Family};

/// The folder of the keywords' own pages.
const FOLDER: &str = "haproxy";

/// A page for each name: what stands in several places has a part for each on one page.
pub(super) fn pages(families: &[Family]) -> Vec<Document> {
    let mut by_file: BTreeMap<String, Vec<(&Family, &Entry)>> = BTreeMap::new();
    for family in families {
        for entry in &family.entries {
            by_file
                .entry(file(&entry.name))
                .or_default()
                .push((family, entry));
        }
    }
    let documents = by_file.into_iter().map(|(file, parts)| Document {
        path: format!("{FOLDER}/{file}"),
        text: page(&parts),
    });
    documents.collect()
}

/// The file of a keyword's page. Names that differ in case alone share one, as some file systems do not tell them apart.
fn file(name: &str) -> String {
    let plain = |byte: char| byte.is_ascii_alphanumeric() || matches!(byte, '.' | '_');
    let dashed: String = name
        .trim_end_matches('*')
        .chars()
        .map(|byte| {
            if plain(byte) {
                byte.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let stem = if name.starts_with('%') {
        format!("alias{dashed}")
    } else {
        dashed
    };
    format!("{}.md", stem.trim_matches('-'))
}

fn page(parts: &[(&Family, &Entry)]) -> String {
    let mut titles: Vec<&str> = parts
        .iter()
        .map(|(_, entry)| entry.name.trim_end_matches('*'))
        .collect();
    titles.dedup();
    let mut out = format!("# {}\n", titles.join(", "));
    for (family, entry) in parts {
        out += &format!(
            "\n## {}\n\n```text\n{}{}\n```\n",
            family.title,
            entry.name.trim_end_matches('*'),
            entry.arguments
        );
        let mut sentences: Vec<String> = Vec::new();
        if !entry.help.is_empty() {
            sentences.push(format!("{}.", capitalized(&entry.help)));
        }
        sentences.extend(entry.facts.iter().cloned());
        if !entry.stands_in.is_empty() {
            sentences.push(format!("It may stand in: {}.", entry.stands_in.join(", ")));
        }
        sentences.push(match entry.status {
            Status::Implemented => "Holdfast acts on it.".to_owned(),
            Status::ReadOnly => {
                "Holdfast reads and checks it, and warns a file that uses it: nothing acts on it yet."
                    .to_owned()
            }
        });
        sentences.extend(entry.since.map(|version| format!("Since version {version}.")));
        sentences.extend(entry.warned.map(|version| format!("Warned of since {version}.")));
        sentences.extend(
            entry
                .removed
                .map(|version| format!("Refused by haproxy since {version}.")),
        );
        if !entry.instead.is_empty() {
            sentences.push(format!("Write instead: {}.", entry.instead.trim_end_matches('.')));
        }
        out += &format!("\n{}\n", sentences.join("\n"));
    }
    out
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The page that lists all keywords.
pub(super) fn index(families: &[Family]) -> String {
    let mut out = String::from(
        "# Keywords of haproxy.cfg\n\n\
         Made from the tables that the parser reads by; do not edit. *Works* says whether Holdfast acts on a keyword. One that it \
         does not act on is read and checked, and a file that uses it is warned of it. [How much works](haproxy-support.md) \
         counts them.\n",
    );
    for family in families {
        let placed = family.entries.iter().any(|entry| !entry.stands_in.is_empty());
        let (head, rule) = if placed {
            (
                "| keyword | stands in | works | since | removed in | write instead |",
                "| --- | --- | --- | --- | --- | --- |",
            )
        } else {
            (
                "| keyword | works | since | removed in | write instead |",
                "| --- | --- | --- | --- | --- |",
            )
        };
        out += &format!("\n## {}\n\n{head}\n{rule}\n", family.title);
        for entry in &family.entries {
            let stands = if placed {
                format!(" {} |", entry.stands_in.join(", "))
            } else {
                String::new()
            };
            out += &format!(
                "| [`{}`]({FOLDER}/{}) |{stands} {} | {} | {} | {} |\n",
                entry.name.replace('|', "\\|"),
                file(&entry.name),
                works(entry.status),
                entry.since.map(|version| version.to_string()).unwrap_or_default(),
                entry
                    .removed
                    .map(|version| version.to_string())
                    .unwrap_or_default(),
                entry.instead.replace('|', "\\|")
            );
        }
    }
    out
}
