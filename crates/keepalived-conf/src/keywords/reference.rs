//! The tables as a page for readers: which keyword may stand where, since when, and whether Holdfast acts on it.

use syntax::Version;
use syntax::reference::Page;

use super::{TABLES, place};

/// The reference of all keywords in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Keywords of keepalived.conf\n\n\
         Made from the tables that the parser reads by; do not edit. *Works* says whether Holdfast acts on a keyword. One that it \
         does not act on is read, and a file that uses it is warned of it. Of the LVS part, of BFD and of other blocks that are \
         only read, the block's own keyword is warned of, not each line in it.\n",
    );
    let page = Page {
        sometime_since: Some(Version::new(2, 3)),
    };
    for (place, name, tables) in TABLES {
        let title = if *place == place::TOP {
            (*name).to_owned()
        } else if *place == place::HTTP_GET {
            "`HTTP_GET` and `SSL_GET`".to_owned()
        } else {
            format!("`{name}`")
        };
        out += &page.table(&title, "", tables, &[]);
    }
    out
}
