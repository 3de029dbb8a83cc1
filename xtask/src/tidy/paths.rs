//! Rule: nothing in the tree names a folder that only one machine has.

use super::Violation;
use super::source::Tree;

/// Beginnings of paths in one person's or one machine's folders. Written in two pieces so that this file keeps its rule.
const MACHINE_PATHS: [&str; 4] = [
    concat!("/wo", "rk/"),
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("../sha", "red"),
];

/// Lines that hold such a path.
pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in &tree.files {
        for (index, line) in file.text.lines().enumerate() {
            for path in MACHINE_PATHS.iter().filter(|path| holds(line, path)) {
                let message = format!("'{path}…' is a folder of one machine");
                violations.push(Violation::in_file(&file.path, index + 1, message));
            }
        }
    }
    violations
}

/// Whether `path` begins somewhere in the line; behind a name it is the inside of another path or of an address.
fn holds(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        !line[..at].ends_with(|before: char| {
            before.is_alphanumeric() || matches!(before, '.' | '_' | '-' | '}' | '*')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::source::tree_of;
    use super::*;

    #[test]
    fn machine_paths_are_found_in_any_file_and_other_paths_are_not() {
        let tree = tree_of(&[
            (
                "notes.md",
                concat!("see /ho", "me/anna/notes and\n/usr/share/doc\n"),
            ),
            (
                "a.rs",
                concat!(
                    "//! a\nconst A: &str = \"/wo",
                    "rk/tree\";\nconst B: &str = \"http://a/wo",
                    "rk/\";\n"
                ),
            ),
            (".ci/run", "cd \"$(dirname \"$0\")\"\n"),
        ]);
        let found: Vec<_> = check(&tree)
            .into_iter()
            .map(|violation| violation.to_string())
            .collect();
        assert_eq!(
            found,
            [
                concat!("a.rs:2: '/wo", "rk/…' is a folder of one machine"),
                concat!("notes.md:1: '/ho", "me/…' is a folder of one machine"),
            ]
        );
    }
}
