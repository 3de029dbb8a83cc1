//! Files whose comments say what must be told of the line above them; `syntax::annotated` has the notation. Findings that
//! nothing asks for, and questions that nothing answers, fail the test.

use keepalived_conf::Dialect;
use keepalived_conf::testing::{FakeHost, load_on};
use syntax::annotated::differences;

fn check(name: &str, dialect: Dialect) {
    let path = format!("{}/tests/annotated/{name}.conf", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the fixture is part of the repository");
    let loaded = load_on(&text, dialect, &FakeHost::new());
    let differences = differences(&text, &loaded.sources, &loaded.diagnostics);
    assert_eq!(differences.as_deref(), Ok(""), "{name}");
}

#[test]
fn values_are_judged_where_they_stand() {
    check("values", Dialect::default());
}

#[test]
fn all_faults_of_a_file_are_told_at_once() {
    check("several", Dialect::default());
}

#[test]
fn what_is_not_acted_on_is_told_once() {
    check("read-only", Dialect::default());
}

#[test]
fn braces_that_do_not_match_are_told_where_it_shows() {
    check("braces", Dialect::default());
}

#[test]
fn places_survive_definitions() {
    check("definitions", Dialect::default());
}

#[test]
fn younger_keywords_are_unknown_to_an_older_version() {
    check("dialect-2.2", Dialect::strict(2, 2));
}
