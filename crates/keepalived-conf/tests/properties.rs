//! What holds for every input: nothing panics, every place is inside its file, every finding can be shown.

use keepalived_conf::testing::{FakeHost, load_on};
use keepalived_conf::{Dialect, LoadOptions, Loaded, load_bytes};
use proptest::prelude::*;
use syntax::render::{concise, full, json};

/// Lines that reach most parsers; mutations of them reach the rest.
const SEED: &str = include_str!("seed.conf");

fn read(bytes: &[u8], dialect: Dialect) -> Loaded {
    let host = FakeHost::new().with_file("/etc/keepalived/part.conf", "router_id part\n");
    load_bytes(
        "fuzz.conf",
        bytes.to_vec(),
        dialect,
        &host,
        LoadOptions::default(),
    )
}

fn check(loaded: &Loaded) {
    for diagnostic in &loaded.diagnostics {
        let labels = diagnostic.labels.iter().map(|label| label.span);
        let fixes = diagnostic
            .fixes
            .iter()
            .flat_map(|fix| fix.edits.iter().map(|edit| edit.span));
        for span in diagnostic.span.into_iter().chain(labels).chain(fixes) {
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
    // What runs holds together: entries point at scripts that are there.
    for instance in &loaded.config.instances {
        for entry in &instance.track_scripts {
            assert!(entry.script < loaded.config.scripts.len());
        }
        assert!(instance.virtual_router_id > 0 && instance.priority > 0);
        assert!(!instance.advert_int.is_zero());
    }
    assert_eq!(loaded.report().is_empty(), loaded.diagnostics.is_empty());
}

/// The seed with words dropped, doubled, replaced by noise, cut or joined with braces and quotes.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let lines = SEED.lines().count();
    let change = (
        0..lines,
        0_usize..8,
        0_u8..7,
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
                3 => words.insert(at, b"{".to_vec()),
                4 => words.insert(at, b"}".to_vec()),
                5 => words[at].push(b'"'),
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
    fn random_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&read(&bytes, Dialect::default()));
    }

    #[test]
    fn random_lines_are_judged(text in "([a-z$=@~(){},\" \t]{0,30}\n?){0,8}") {
        check(&read(text.as_bytes(), Dialect::default()));
    }

    #[test]
    fn mutated_files_are_judged(bytes in mutated()) {
        check(&read(&bytes, Dialect::default()));
        check(&read(&bytes, Dialect::strict(2, 2)));
    }
}

#[test]
fn the_seed_itself_is_accepted() {
    let loaded = load_on(SEED, Dialect::default(), &FakeHost::new());
    assert!(!loaded.has_errors(), "{}", loaded.report());
    assert_eq!(loaded.config.instances.len(), 2);
}
