//! ha.cf, haresources and authkeys, each from the same bytes: reading never panics, and what is told has its place in the file.
#![no_main]

use heartbeat_conf::testing::FakeHost;
use heartbeat_conf::{Input, Inputs, Source, load};
use libfuzzer_sys::fuzz_target;
use syntax::render::{concise, full, json};

fuzz_target!(|data: &[u8]| {
    let source = |name: &str| Source::File(Input::new(name, data));
    let inputs = Inputs {
        ha_cf: source("ha.cf"),
        haresources: source("haresources"),
        authkeys: source("authkeys"),
    };
    let loaded = load(&inputs, &FakeHost::new("lb1"));
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
