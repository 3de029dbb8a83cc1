//! The support matrix: how many keywords of each kind are read, how many acted on, and which are left.

use syntax::Status;

use super::Family;

/// The matrix as a page.
pub(super) fn matrix(families: &[Family]) -> String {
    let mut out = String::from(
        "# What of haproxy.cfg works\n\n\
         Made from the tables that the parser reads by; do not edit. Every keyword is read and its arguments are judged. \
         *Acted on* counts those whose meaning is carried out; a file that uses another one is warned of it, once for each, \
         and a command of a socket that is not acted on says so there. \
         [All keywords](haproxy-keywords.md) has a page for each.\n\n\
         | kind | read | acted on | left |\n| --- | ---: | ---: | ---: |\n",
    );
    let (mut read, mut acted) = (0, 0);
    for family in families {
        let works = family
            .entries
            .iter()
            .filter(|entry| entry.status == Status::Implemented)
            .count();
        let all = family.entries.len();
        out += &format!("| {} | {all} | {works} | {} |\n", family.title, all - works);
        read += all;
        acted += works;
    }
    out += &format!("| **all** | {read} | {acted} | {} |\n", read - acted);

    out += "\n## Read, not acted on\n";
    for family in families {
        let left: Vec<_> = family
            .entries
            .iter()
            .filter(|entry| entry.status == Status::ReadOnly)
            .map(|entry| format!("`{}`", entry.name))
            .collect();
        if !left.is_empty() {
            out += &format!("\n**{}** ({}): {}.\n", family.title, left.len(), left.join(", "));
        }
    }
    out
}
