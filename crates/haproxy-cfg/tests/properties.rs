//! What holds for every input: no byte is lost, nothing panics, every place is inside its file.

use haproxy_cfg::testing::{FakeHost, load_on};
use haproxy_cfg::tree::Tree;
use haproxy_cfg::{Dialect, Input, LoadOptions, Loaded, load};
use proptest::prelude::*;
use syntax::render::{HaproxyShape, concise, full, json};

/// Lines that reach most parsers; mutations of them reach the rest.
const SEED: &str = include_str!("seed.cfg");

fn read(bytes: &[u8], dialect: Dialect) -> Loaded {
    let host = FakeHost::new().with_file("/certs/a.pem", "").with_env("X", "a b");
    let input = Input::Text {
        name: "fuzz.cfg".to_owned(),
        bytes: bytes.to_vec(),
    };
    load(
        &[input],
        dialect,
        &host,
        LoadOptions {
            diagnostics: true,
            ..LoadOptions::default()
        },
    )
}

/// Everything that is told has its place inside the file, and every renderer can show it.
fn check(loaded: &Loaded) {
    for diagnostic in &loaded.diagnostics {
        for span in diagnostic
            .span
            .iter()
            .chain(diagnostic.labels.iter().map(|label| &label.span))
        {
            let file = loaded.sources.file(span.file).expect("the file is known");
            assert!(
                span.start <= span.end && span.end as usize <= file.bytes().len(),
                "{diagnostic:?}"
            );
        }
        assert!(!diagnostic.message.is_empty());
        assert!(concise(diagnostic, &loaded.sources).ends_with('\n'));
        assert!(json(diagnostic, &loaded.sources).ends_with("}\n"));
        assert!(full(diagnostic, &loaded.sources, false).ends_with('\n'));
    }
    let report = loaded.report(HaproxyShape { pid: 1, hints: true });
    assert_eq!(report.contains("Fatal errors found"), loaded.has_errors());
}

fn joined(bytes: &[u8]) -> Vec<u8> {
    let tree = Tree::new(bytes);
    tree.tokens()
        .flat_map(|token| bytes[token.start as usize..token.end as usize].to_vec())
        .collect()
}

/// A line of the seed with words dropped, doubled, swapped or replaced by noise.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let lines = SEED.lines().count();
    let change = (
        0..lines,
        0_usize..8,
        0_u8..6,
        proptest::collection::vec(any::<u8>(), 0..6),
    );
    proptest::collection::vec(change, 1..8).prop_map(|changes| {
        let mut text: Vec<Vec<Vec<u8>>> = SEED
            .lines()
            .map(|line| line.split(' ').map(|word| word.as_bytes().to_vec()).collect())
            .collect();
        for (line, word, kind, noise) in changes {
            let words = &mut text[line];
            let at = word.min(words.len().saturating_sub(1));
            match kind {
                0 => drop(words.remove(at)),
                1 => words.insert(at, noise),
                2 => words[at] = noise,
                3 => {
                    let copy = words[at].clone();
                    words.push(copy);
                }
                4 => words[at].extend(noise),
                _ => words[at].truncate(1),
            }
            if words.is_empty() {
                words.push(Vec::new());
            }
        }
        let lines: Vec<Vec<u8>> = text.into_iter().map(|words| words.join(&b' ')).collect();
        lines.join(&b'\n')
    })
}

proptest! {
    #[test]
    fn the_tokens_of_a_tree_joined_are_the_input(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(joined(&bytes), bytes);
    }

    #[test]
    fn the_tokens_of_lines_joined_are_the_input(text in "([a-z \t\"'\\\\#$\r\n{}]{0,40}\n?){0,8}") {
        prop_assert_eq!(joined(text.as_bytes()), text.as_bytes());
    }

    #[test]
    fn random_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&read(&bytes, Dialect::default()));
    }

    #[test]
    fn mutated_files_are_judged(bytes in mutated()) {
        check(&read(&bytes, Dialect::default()));
        check(&read(&bytes, Dialect::exactly(2, 6)));
        prop_assert_eq!(joined(&bytes), bytes);
    }
}

#[test]
fn the_seed_itself_is_accepted() {
    let loaded = load_on(SEED, Dialect::default(), &FakeHost::new());
    assert!(
        !loaded.has_errors(),
        "{}",
        loaded.report(HaproxyShape { pid: 1, hints: true })
    );
}

#[test]
fn a_line_that_breaks_off_inside_a_variable_is_told_at_its_end() {
    check(&read(b"\"$", Dialect::default()));
    check(&read(b"\"${", Dialect::default()));
    check(&read(b"a\\x", Dialect::default()));
}
