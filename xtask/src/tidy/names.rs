//! Rule: a module is named for the noun it holds, so none is named for holding this and that.

use super::Violation;
use super::source::Tree;
use super::tokens;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] = [
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "managers",
];

/// Files, folders of source and inline modules with such a name.
pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in tree.rust() {
        let parts = file
            .path
            .components()
            .filter_map(|part| part.as_os_str().to_str());
        for part in parts
            .map(|part| part.trim_end_matches(".rs"))
            .filter(|part| EMPTY_NAMES.contains(part))
        {
            violations.push(Violation::in_file(
                &file.path,
                0,
                format!("'{part}' says nothing: name the noun it holds"),
            ));
        }
        for (line, name) in tokens::inline_modules(file) {
            if EMPTY_NAMES.contains(&name.as_str()) {
                violations.push(Violation::in_file(
                    &file.path,
                    line,
                    format!("module '{name}' says nothing: name the noun it holds"),
                ));
            }
        }
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::source::tree_of;
    use super::*;

    #[test]
    fn empty_names_are_found_as_files_folders_and_inline_modules() {
        let tree = tree_of(&[
            ("src/utils.rs", "//! a\n"),
            ("src/common/list.rs", "//! a\n"),
            (
                "src/commonality.rs",
                "//! a\nmod common_prefix { }\n// mod utils {}\n",
            ),
            ("src/x.rs", "//! a\nmod helpers { fn a() {} }\n"),
        ]);
        let found: Vec<_> = check(&tree)
            .into_iter()
            .map(|violation| violation.to_string())
            .collect();
        assert_eq!(
            found,
            [
                "src/common/list.rs: 'common' says nothing: name the noun it holds",
                "src/utils.rs: 'utils' says nothing: name the noun it holds",
                "src/x.rs:2: module 'helpers' says nothing: name the noun it holds",
            ]
        );
    }
}
