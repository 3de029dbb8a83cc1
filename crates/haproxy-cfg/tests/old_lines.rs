//! Lines as versions read them that had other rules for words: asked for with a strict dialect.

use haproxy_cfg::Dialect;
use haproxy_cfg::testing::{FakeHost, load_on};
use syntax::Severity;

/// The first lines of the alerts.
fn alerts(text: &str, dialect: Dialect) -> Vec<String> {
    load_on(text, dialect, &FakeHost::new())
        .diagnostics
        .iter()
        .filter(|told| told.severity == Severity::Alert)
        .map(|told| told.message.lines().next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn an_apostrophe_was_a_letter_before_1_6() {
    let text = "global\n    description it's a proxy\n";
    assert_eq!(alerts(text, Dialect::exactly(1, 5)), [""; 0]);
    assert_eq!(
        alerts(text, Dialect::exactly(1, 6)),
        ["unmatched quote at position 19:"]
    );
    // Without a version it is read, and told.
    let loaded = load_on(text, Dialect::default(), &FakeHost::new());
    let [told] = &loaded.diagnostics[..] else {
        panic!("{:?}", loaded.diagnostics);
    };
    assert_eq!((told.code, told.severity), ("unmatched-quote", Severity::Warning));
    assert!(
        told.help
            .as_ref()
            .is_some_and(|help| help.contains("before that"))
    );
}

#[test]
fn a_line_that_cannot_be_read_with_quotes_means_what_its_letters_meant() {
    for (text, wanted) in [
        // It was refused by every version, for what its letters mean.
        ("defaults\n    timeout client \"5s\n", 1),
        ("defaults\n    errorloc 503 http://h/it's\n", 0),
        ("defaults\n    errorloc 503 \"http://${HOST\"\n", 0),
        // No version read that.
        ("global\n    description it's\\x4\n", 1),
    ] {
        assert_eq!(alerts(text, Dialect::default()).len(), wanted, "{text}");
    }
}

#[test]
fn lines_had_a_limit_before_2_2() {
    let text = format!("global\n    description {}\n", "x".repeat(2100));
    assert_eq!(
        alerts(&text, Dialect::exactly(2, 1)),
        ["line too long, limit: 2047."]
    );
    assert_eq!(alerts(&text, Dialect::exactly(2, 2)), [""; 0]);
    let words = format!("global\n    description {}\n", "x ".repeat(64));
    assert_eq!(
        alerts(&words, Dialect::exactly(2, 1)),
        ["line too long, truncating at word 65, position 143: <x >."]
    );
    assert_eq!(
        alerts(&words, Dialect::exactly(2, 2)),
        ["too many words, truncating after word 64, position 137: <x>."]
    );
}

#[test]
fn conditions_came_with_2_4() {
    let text = "global\n    .if 1\n    .endif\n";
    assert_eq!(alerts(text, Dialect::exactly(2, 4)), [""; 0]);
    assert_eq!(
        alerts(text, Dialect::exactly(2, 3)),
        [
            "unknown keyword '.if' in 'global' section",
            "unknown keyword '.endif' in 'global' section"
        ]
    );
}

#[test]
fn a_line_ends_at_a_carriage_return_and_what_is_behind_it_is_told() {
    let text = "global\r\n    maxconn 10\r maxconn 20\n    daemon\r\n";
    let loaded = load_on(text, Dialect::default(), &FakeHost::new());
    assert_eq!(loaded.config.global.maxconn, Some(10));
    let told: Vec<_> = loaded
        .diagnostics
        .iter()
        .map(|told| (told.code, told.severity))
        .collect();
    assert_eq!(told, [("carriage-return", Severity::Warning)]);
    let strict = load_on(text, Dialect::exactly(2, 6), &FakeHost::new());
    assert_eq!(strict.diagnostics, []);
}
