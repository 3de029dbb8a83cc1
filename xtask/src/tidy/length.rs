//! Rule: a source file has at most 1,200 lines, or a listed reason.

use super::Violation;
use super::config::Config;
use super::source::Tree;

/// Lines beyond which a file needs a reason.
const LIMIT: usize = 1200;

/// Source files beyond the limit without a reason, and reasons that no file needs.
pub(super) fn check(tree: &Tree, config: &Config) -> Vec<Violation> {
    let long: Vec<_> = tree
        .rust()
        .map(|file| (&file.path, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LIMIT)
        .collect();
    let unlisted = long
        .iter()
        .filter(|(path, _)| config.long_file.iter().all(|listed| listed.path != **path))
        .map(|(path, lines)| {
            Violation::in_file(
                path,
                0,
                format!("{lines} lines, more than {LIMIT}: split it, or give the reason in tidy.toml"),
            )
        });
    let stale = config
        .long_file
        .iter()
        .filter(|listed| long.iter().all(|(path, _)| **path != listed.path))
        .map(|listed| {
            Violation::in_file(
                &listed.path,
                0,
                "stale [[long-file]] in tidy.toml: it is not that long",
            )
        });
    unlisted.chain(stale).collect()
}

#[cfg(test)]
mod tests {
    use super::super::config::FileException;
    use super::super::source::tree_of;
    use super::*;

    fn reason_for(path: &str) -> Config {
        Config {
            long_file: vec![FileException {
                path: path.into(),
                reason: "one table, one file".to_owned(),
            }],
            ..Config::default()
        }
    }

    #[test]
    fn a_long_file_needs_a_reason_and_a_short_one_must_have_none() {
        let tree = tree_of(&[
            ("a.rs", &"//\n".repeat(LIMIT)),
            ("b.rs", &"//\n".repeat(LIMIT + 1)),
            ("c.md", &"\n".repeat(9999)),
        ]);
        let found = |config: &Config| -> Vec<String> {
            check(&tree, config)
                .into_iter()
                .map(|violation| violation.to_string())
                .collect()
        };
        assert_eq!(
            found(&Config::default()),
            ["b.rs: 1201 lines, more than 1200: split it, or give the reason in tidy.toml"]
        );
        assert_eq!(found(&reason_for("b.rs")), Vec::<String>::new());
        assert_eq!(
            found(&reason_for("a.rs")).len(),
            2,
            "b.rs unlisted and a.rs stale"
        );
    }
}
