//! Rule: a source file opens with `//!` and says what it is for.

use super::Violation;
use super::source::Tree;

/// Source files whose first line is not a `//!` with words behind it.
pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    tree.rust()
        .filter(|file| {
            let first = file.text.lines().next().unwrap_or_default();
            first
                .strip_prefix("//!")
                .is_none_or(|words| words.trim().is_empty())
        })
        .map(|file| {
            Violation::in_file(
                &file.path,
                1,
                "must open with '//! ' and say what the file is for",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::source::tree_of;
    use super::*;

    #[test]
    fn a_file_without_its_opening_line_is_found() {
        let tree = tree_of(&[
            ("src/good.rs", "//! What it is for.\n\nfn a() {}\n"),
            ("src/bare.rs", "fn a() {}\n"),
            ("src/empty.rs", ""),
            ("src/wordless.rs", "//!\n//! Late.\n"),
            ("notes.md", "fn a() {}\n"),
        ]);
        let found: Vec<_> = check(&tree)
            .into_iter()
            .map(|violation| violation.to_string())
            .collect();
        assert_eq!(
            found,
            ["src/bare.rs", "src/empty.rs", "src/wordless.rs"]
                .map(|path| format!("{path}:1: must open with '//! ' and say what the file is for"))
        );
    }
}
