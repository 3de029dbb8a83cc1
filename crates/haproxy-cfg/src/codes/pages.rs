//! A page for each code, and one that lists them.

use syntax::reference::Document;

use super::{CODES, CodeRow};

/// The folder of the codes' own pages.
const FOLDER: &str = "findings";

/// The pages in Markdown. Paths are relative to the folder of generated pages.
#[must_use]
pub fn pages() -> Vec<Document> {
    let mut rows: Vec<&CodeRow> = CODES.iter().flat_map(|rows| rows.iter()).collect();
    rows.sort_by_key(|row| row.code);
    let mut list = String::from(
        "# Findings\n\n\
         What may be told of a haproxy.cfg, by the code that stands with each message in the lists of `holdfast lint`. Made from \
         the table of codes; do not edit.\n\n| code | what is found |\n| --- | --- |\n",
    );
    for row in &rows {
        list += &format!("| [`{}`]({FOLDER}/{}.md) | {} |\n", row.code, row.code, row.title);
    }
    let mut out = vec![Document {
        path: "haproxy-findings.md".to_owned(),
        text: list,
    }];
    out.extend(rows.into_iter().map(|row| Document {
        path: format!("{FOLDER}/{}.md", row.code),
        text: page(row),
    }));
    out
}

fn page(row: &CodeRow) -> String {
    let mut out = format!("# {}\n\n{}.\n\n{}\n", row.code, row.title, row.text);
    for (title, text) in [("This is told so", row.wrong), ("This is not", row.right)] {
        if !text.is_empty() {
            out += &format!("\n{title}:\n\n```haproxy\n{}\n```\n", shown(text));
        }
    }
    out
}

/// An example as it can be printed: what cannot be seen is named.
fn shown(text: &str) -> String {
    text.trim_end_matches('\n')
        .replace('\u{feff}', "<byte order mark>")
        .replace('\r', "<carriage return>")
        .replace('\0', "<zero byte>")
}
