//! Files whose comments say what must be told of the line above them; `syntax::annotated` has the notation. Findings that
//! nothing asks for, and questions that nothing answers, fail the test.

use haproxy_cfg::Dialect;
use haproxy_cfg::testing::{FakeHost, load_on};
use syntax::annotated::differences;

fn check(name: &str, dialect: Dialect) {
    let path = format!("{}/tests/annotated/{name}.cfg", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the fixture is part of the repository");
    let host = FakeHost::new()
        .with_file("/dev/null", "")
        .with_env("PORT", "8080");
    let loaded = load_on(&text, dialect, &host);
    let differences = differences(&text, &loaded.sources, &loaded.diagnostics);
    assert_eq!(differences.as_deref(), Ok(""), "{name}");
}

#[test]
fn addresses() {
    check("addresses", Dialect::default());
}

#[test]
fn conditions() {
    check("conditions", Dialect::default());
}

#[test]
fn global_section() {
    check("global", Dialect::default());
}

#[test]
fn what_is_kept_and_not_acted_on_is_told() {
    check("kept", Dialect::default());
}

#[test]
fn legacy_lines_are_read_with_a_warning() {
    check("legacy", Dialect::default());
}

#[test]
fn legacy_lines_are_refused_by_a_strict_dialect() {
    check("legacy-2.6", Dialect::exactly(2, 6));
}

#[test]
fn names() {
    check("names", Dialect::default());
}

#[test]
fn order_of_rules() {
    check("order", Dialect::default());
}

#[test]
fn preprocessor() {
    check("preprocessor", Dialect::default());
}

#[test]
fn sections() {
    check("sections", Dialect::default());
}

#[test]
fn servers() {
    check("servers", Dialect::default());
}

#[test]
fn times_and_numbers() {
    check("times", Dialect::default());
}

#[test]
fn typing_errors() {
    check("typing", Dialect::default());
}

#[test]
fn words_of_lines() {
    check("words", Dialect::default());
}
