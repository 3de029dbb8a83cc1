//! Which version a file was written for, from what it uses.

use haproxy_cfg::keywords::{Table, row};
use serde::Serialize;
use syntax::{KeywordRow, Version};

use super::VERSIONS;
use super::file::{File, Line};

/// The version taken when nothing in a file tells: the oldest that a distribution still looks after.
const WITHOUT_A_SIGN: Version = Version::new(1, 8);

/// A guess with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    /// The version.
    pub version: Version,
    /// Why, as a sentence without its end.
    pub why: String,
}

impl Serialize for Guess {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.why)
    }
}

/// Guesses the version that a text was written for: the newest that still takes all of it.
#[must_use]
pub fn guess_version(text: &[u8]) -> Guess {
    let file = File::new(text);
    let mut oldest: Option<(Version, &'static str, u32)> = None;
    let mut refused: Option<(Version, String, u32)> = None;
    for line in &file.lines {
        for (row, shown) in rows_of(&file, line) {
            if let Some(since) = row.since
                && oldest.is_none_or(|(known, ..)| known < since)
            {
                oldest = Some((since, row.name, line.number));
            }
            if let Some(removed) = row.removed_in
                && refused.as_ref().is_none_or(|(known, ..)| removed < *known)
            {
                refused = Some((removed, shown, line.number));
            }
        }
        if line.words.len() > 2
            && matches!(line.word(0), "listen" | "frontend")
            && line.word(2) != "from"
            && refused
                .as_ref()
                .is_none_or(|(known, ..)| Version::new(1, 6) < *known)
        {
            refused = Some((
                Version::new(1, 6),
                format!("an address behind '{}'", line.word(0)),
                line.number,
            ));
        }
    }
    let before = |version: Version| {
        let earlier = VERSIONS.iter().copied().filter(|known| *known < version);
        earlier.max().unwrap_or(version)
    };
    match (refused, oldest) {
        (Some((removed, what, line)), oldest) => {
            let version = oldest.map_or(before(removed), |(since, ..)| since.max(before(removed)));
            let why = if version == before(removed) {
                format!("line {line} has {what}, which {removed} refuses")
            } else {
                format!(
                    "line {line} has {what}, which {removed} refuses, and other lines have what came with {version}: no version takes all of it"
                )
            };
            Guess { version, why }
        }
        (None, Some((since, name, line))) if since > WITHOUT_A_SIGN => Guess {
            version: since,
            why: format!("line {line} has '{name}', which came with {since}"),
        },
        (None, _) => Guess {
            version: WITHOUT_A_SIGN,
            why: format!(
                "nothing in it tells, and {WITHOUT_A_SIGN} is the oldest version that is still looked after"
            ),
        },
    }
}

/// The rows of a line's keywords, each with how it is shown.
fn rows_of(file: &File<'_>, line: &Line) -> Vec<(&'static KeywordRow, String)> {
    let mut out = Vec::new();
    let mut take = |table: Table<'_>, name: &str, before: &str| {
        if let Some(row) = row(table, name) {
            out.push((row, format!("'{before}{name}'")));
        }
    };
    let Some(section) = file.section_of(line) else {
        return out;
    };
    let is_header = file
        .lines
        .get(section.header)
        .is_some_and(|header| header.number == line.number);
    let (keyword, at) = line.keyword();
    if is_header {
        take(Table::Section, keyword, "");
        return out;
    }
    if section.kind == "global" {
        take(Table::Global, keyword, "");
    } else if section.is_proxy() || section.kind == "defaults" {
        take(Table::Proxy, keyword, "");
        match keyword {
            "option" => take(Table::Option, line.word(at), "option "),
            "timeout" => take(Table::Timeout, line.word(at), "timeout "),
            "bind" => line.rest(2).for_each(|word| take(Table::Bind, word, "")),
            "server" => line.rest(3).for_each(|word| take(Table::Server, word, "")),
            "default-server" => line.rest(1).for_each(|word| take(Table::Server, word, "")),
            "http-request" | "http-response" | "http-after-response" => {
                let action = line.word(1).split('(').next().unwrap_or_default();
                take(Table::Action, action, "");
            }
            _ => {}
        }
    } else {
        take(Table::In(&section.kind), keyword, "");
    }
    out
}
