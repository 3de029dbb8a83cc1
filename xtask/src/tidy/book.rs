//! Rule: every page of docs/ is in the book, and every page that the book names is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::Violation;
use super::source::Tree;

/// Pages without an entry in docs/SUMMARY.md, and entries without a page.
pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let summary_path = Path::new("docs/SUMMARY.md");
    let Some(summary) = tree.files.iter().find(|file| file.path == summary_path) else {
        return vec![Violation::in_file(
            summary_path,
            0,
            "the book has no table of contents",
        )];
    };
    let named: BTreeSet<PathBuf> = summary
        .text
        .lines()
        .filter_map(link)
        .map(|page| Path::new("docs").join(page))
        .collect();
    let pages: BTreeSet<PathBuf> = tree
        .files
        .iter()
        .map(|file| &file.path)
        .filter(|path| {
            path.starts_with("docs") && path.extension().is_some_and(|extension| extension == "md")
        })
        .filter(|path| *path != summary_path)
        .cloned()
        .collect();
    let unnamed = pages
        .difference(&named)
        .map(|page| Violation::in_file(page, 0, "not in docs/SUMMARY.md"));
    let missing = named.difference(&pages).map(|page| {
        Violation::in_file(
            summary_path,
            0,
            format!("names {}, which is not there", page.display()),
        )
    });
    unnamed.chain(missing).collect()
}

/// The target of the link in a line of the table of contents.
fn link(line: &str) -> Option<&str> {
    line.split_once("](")?.1.split(')').next()
}

#[cfg(test)]
mod tests {
    use super::super::source::tree_of;
    use super::*;

    #[test]
    fn a_page_outside_the_book_and_an_entry_without_a_page_are_found() {
        let tree = tree_of(&[
            (
                "docs/SUMMARY.md",
                "# Summary\n\n[One](one.md)\n\n- [Two](generated/two.md)\n- [Gone](gone.md)\n",
            ),
            ("docs/one.md", "# One\n"),
            ("docs/generated/two.md", "# Two\n"),
            ("docs/loose.md", "# Loose\n"),
        ]);
        let found: Vec<_> = check(&tree)
            .into_iter()
            .map(|violation| violation.to_string())
            .collect();
        assert_eq!(
            found,
            [
                "docs/loose.md: not in docs/SUMMARY.md",
                "docs/SUMMARY.md: names docs/gone.md, which is not there"
            ]
        );
    }

    #[test]
    fn a_tree_without_a_book_is_found() {
        assert_eq!(check(&tree_of(&[("a.rs", "")])).len(), 1);
    }
}
