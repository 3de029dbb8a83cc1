//! haproxy.cfg: the tree's tokens joined are the file, reading it never panics, what is told has its place inside it, and what
//! was read can be written down and read again.
#![no_main]

use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::tree::Tree;
use haproxy_cfg::{Dialect, DumpOptions, Input, LoadOptions, Loaded, load};
use libfuzzer_sys::fuzz_target;
use syntax::render::{concise, full, json};

fn read(data: &[u8], dialect: Dialect, key: u32) -> Loaded {
    let host = FakeHost::new().with_file("/certs/a.pem", "").with_env("X", "a b");
    let input = Input::Text {
        name: "fuzz.cfg".to_owned(),
        bytes: data.to_vec(),
    };
    let options = LoadOptions {
        diagnostics: true,
        dump: Some(DumpOptions { key, numbered: false }),
        ..LoadOptions::default()
    };
    load(&[input], dialect, &host, options)
}

fuzz_target!(|data: &[u8]| {
    let mut end = 0;
    for token in Tree::new(data).tokens() {
        assert_eq!(token.start, end, "no byte is lost or read twice");
        assert!(token.end > token.start, "no token is empty");
        end = token.end;
    }
    assert_eq!(end as usize, data.len());

    // Which of them is the input's own choice.
    let dialect = match data.len() % 4 {
        0 => Dialect::exactly(2, 6),
        1 => Dialect::exactly(1, 5),
        _ => Dialect::default(),
    };
    let loaded = read(data, dialect, 0);
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
    }
    // A few are enough for the renderers, which take most of the time.
    for diagnostic in loaded.diagnostics.iter().take(3) {
        assert!(concise(diagnostic, &loaded.sources).ends_with('\n'));
        assert!(json(diagnostic, &loaded.sources).ends_with("}\n"));
        assert!(full(diagnostic, &loaded.sources, false).ends_with('\n'));
    }
    if dialect == Dialect::default() {
        assert_eq!(
            read(&loaded.dump, dialect, 0).dump,
            loaded.dump,
            "words are written as what they are"
        );
        read(data, dialect, 1);
    }
});
