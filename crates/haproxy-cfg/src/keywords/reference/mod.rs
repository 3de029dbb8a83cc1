//! The tables as pages for readers: which keyword may stand where, what its arguments are, since when it is there, and
//! whether Holdfast acts on it.

mod entry;
mod pages;
mod support;

use syntax::reference::Document;

use pages::pages;

use entry::{Entry, Family, families};

/// The pages of all keywords with the page that lists them and the support matrix, in Markdown. Paths are relative to the
/// folder of generated pages.
#[must_use]
pub fn reference() -> Vec<Document> {
    let mut families = families();
    let mut out = vec![
        Document {
            path: "haproxy-keywords.md".to_owned(),
            text: pages::index(&families),
        },
        Document {
            path: "haproxy-support.md".to_owned(),
            text: String::new(),
        },
    ];
    out.extend(pages(&families));
    // Commands are of sockets and not of files: they count here alone.
    families.push(entry::commands());
    out[1].text = support::matrix(&families);
    out
}
