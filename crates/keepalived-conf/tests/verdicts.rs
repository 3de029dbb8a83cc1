//! The verdict on every configuration that keepalived was asked about: its exit status, and each of its messages at its line.
//!
//! compat-fixtures/keepalived-verdicts has the record and the recipe. More than the original's messages may be told: it stops
//! early, and says nothing of words that it does not look at.

mod told;

use std::collections::BTreeMap;

use keepalived_conf::testing::{FakeHost, load_on};
use keepalived_conf::{Dialect, Loaded};
use serde::Deserialize;
use told::{Place, place, told};

#[derive(Deserialize)]
struct Record {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    status: u8,
    files: BTreeMap<String, String>,
    said: Vec<String>,
}

fn record() -> Vec<Case> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../compat-fixtures/keepalived-verdicts/verdicts.json"
    );
    let text = std::fs::read_to_string(path).expect("the record is there");
    let record: Record = serde_json::from_str(&text).expect("it is as it was written");
    record.cases
}

fn read(case: &Case, dialect: Dialect) -> Loaded {
    let mut host = FakeHost::new();
    for (name, text) in &case.files {
        host = host.with_file(&format!("/etc/keepalived/{name}"), text.as_bytes());
    }
    load_on(&case.files["k.conf"], dialect, &host)
}

/// What the original complains of.
///
/// Not every process of it knows vrrp_instance: where an instance's brace is missing, the others complain of each of its
/// lines, while the one that does VRRP reads them. What those say is not asked for.
fn complaints(case: &Case) -> Vec<(Place, String)> {
    let line_of = |what: &str, from: u32| {
        let lines = case.said.iter().filter(|line| line.ends_with(what));
        lines
            .filter_map(|line| place(line))
            .map(|(_, line, _)| line)
            .find(|line| *line >= from)
    };
    let without_brace = line_of("Missing '{' at beginning of configuration block", 0)
        .map(|from| from..=line_of("Extra '}' found", from).unwrap_or(u32::MAX));
    let mut out = Vec::new();
    for line in &case.said {
        let complaint = match place(line) {
            Some((_, number, message))
                if (message.starts_with("Unknown keyword") || message.starts_with("Unexpected '{'"))
                    && without_brace
                        .as_ref()
                        .is_some_and(|lines| lines.contains(&number)) =>
            {
                continue;
            }
            Some((file, number, message)) => (Some((file, number)), message),
            None => (None, line.clone()),
        };
        if !out.contains(&complaint) {
            out.push(complaint);
        }
    }
    out
}

/// What is wrong with our verdict; empty when nothing is.
fn faults(case: &Case) -> Vec<String> {
    let loaded = read(case, Dialect::strict(2, 2));
    let mut out = Vec::new();
    if loaded.test_status() != case.status {
        out.push(format!(
            "status {} instead of {}",
            loaded.test_status(),
            case.status
        ));
    }
    let told = told(&loaded);
    for (place, message) in complaints(case) {
        let found = told
            .iter()
            .any(|(ours, text)| *text == message && (place.is_none() || *ours == place));
        if !found {
            out.push(format!("not told: {place:?} {message}"));
        }
    }
    if !out.is_empty() {
        out.push(format!("told: {}", loaded.report()));
    }
    out
}

#[test]
fn strict_verdicts_are_the_originals() {
    let cases = record();
    assert!(cases.len() >= 200, "{} cases", cases.len());
    let mut report = String::new();
    let mut wrong = 0;
    for case in &cases {
        let faults = faults(case);
        if !faults.is_empty() {
            wrong += 1;
            report += &format!("{}:\n  {}\n", case.name, faults.join("\n  "));
        }
    }
    assert_eq!(wrong, 0, "{wrong} of {} differ:\n{report}", cases.len());
}

#[test]
fn by_default_what_runs_is_accepted() {
    for case in record() {
        let loaded = read(&case, Dialect::default());
        let expected = match case.status {
            2 => 2,
            // It does not start without its interfaces, nor with two instances that would hear each other.
            5 if case.said.iter().any(|line| {
                line == "Non-existent interface specified in configuration"
                    || line.contains(" both use VRID ")
                    || line.contains("duplicate VRID")
            }) =>
            {
                5
            }
            _ => 0,
        };
        assert_eq!(
            loaded.test_status(),
            expected,
            "{}: {}",
            case.name,
            loaded.report()
        );
    }
}
