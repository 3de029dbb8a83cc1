//! Tables of keyword rows as Markdown, for the generated references.

use crate::table::{Describe, Keyword};
use crate::{KeywordRow, Status, Version};

/// A generated page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Where it belongs, relative to the folder of generated pages.
    pub path: String,
    /// Its text, in Markdown.
    pub text: String,
}

/// What sets of places are called on a page; empty when all rows of a table stand in the same place.
pub type PlaceNames<'a> = &'a [(u32, &'a str)];

/// How a page words its cells.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The version that stands for "that one or a later one": the tables do not always know when a keyword came.
    pub sometime_since: Option<Version>,
}

impl Page {
    /// A section with a line for each row, in the order of their names. `before` stands in front of each name.
    #[must_use]
    pub fn table<P: Copy, A: Describe + Copy>(
        &self,
        title: &str,
        before: &str,
        tables: &[&[Keyword<P, A>]],
        places: PlaceNames<'_>,
    ) -> String {
        let mut rows: Vec<(KeywordRow, String)> = tables
            .iter()
            .flat_map(|rows| rows.iter())
            .map(|keyword| {
                (
                    keyword.row,
                    keyword.signature.map(A::describe).unwrap_or_default(),
                )
            })
            .collect();
        rows.sort_by_key(|(row, _)| row.name);
        let has_places = !places.is_empty();
        let head = if has_places {
            "| keyword | stands in | works | since | removed in | write instead |\n| --- | --- | --- | --- | --- | --- |"
        } else {
            "| keyword | works | since | removed in | write instead |\n| --- | --- | --- | --- | --- |"
        };
        let mut out = format!("\n## {title}\n\n{head}\n");
        for (row, arguments) in rows {
            let stands = if has_places {
                format!(" {} |", names(row.places, places))
            } else {
                String::new()
            };
            out += &format!(
                "| `{before}{}{}` |{stands} {} | {} | {} | {} |\n",
                row.name,
                arguments.replace('|', "\\|"),
                works(row.status),
                self.since(row.since),
                row.removed_in
                    .map_or_else(String::new, |version| version.to_string()),
                row.replacement.replace('|', "\\|")
            );
        }
        out
    }

    /// The cell for the version that a keyword came with.
    #[must_use]
    pub fn since(&self, version: Option<Version>) -> String {
        match version {
            None => String::new(),
            Some(version) if self.sometime_since == Some(version) => format!("{version} or later"),
            Some(version) => version.to_string(),
        }
    }
}

/// The cell that says whether a keyword is acted on.
#[must_use]
pub fn works(status: Status) -> &'static str {
    match status {
        Status::Implemented => "yes",
        Status::ReadOnly => "read only",
    }
}

fn names(places: u32, known: PlaceNames<'_>) -> String {
    let named: Vec<_> = known
        .iter()
        .filter(|(bits, _)| places & bits != 0)
        .map(|(_, name)| *name)
        .collect();
    named.join(", ")
}
