//! haproxy.cfg: the tree's tokens joined are the file, reading it never panics, and what is told has its place inside it.
#![no_main]

use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::tree::Tree;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use libfuzzer_sys::fuzz_target;
use syntax::render::{concise, full, json};

fuzz_target!(|data: &[u8]| {
    let mut end = 0;
    for token in Tree::new(data).tokens() {
        assert_eq!(token.start, end, "no byte is lost or read twice");
        assert!(token.end > token.start, "no token is empty");
        end = token.end;
    }
    assert_eq!(end as usize, data.len());

    let host = FakeHost::new().with_file("/certs/a.pem", "").with_env("X", "a b");
    let input = Input::Text {
        name: "fuzz.cfg".to_owned(),
        bytes: data.to_vec(),
    };
    let options = LoadOptions {
        diagnostics: true,
        ..LoadOptions::default()
    };
    let loaded = load(&[input], Dialect::default(), &host, options);
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
});
