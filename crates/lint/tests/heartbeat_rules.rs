//! Each rule over heartbeat's files with its fixtures in `compat-fixtures/lint/heartbeat/CODE`: `fires.conf` has what it looks for,
//! `quiet.conf` has nothing of it. A fixture holds the files of all nodes: `#@ file NODE/NAME` begins another one.
//!
//! What is made from rules (the pages in `docs/lint-heartbeat`, `findings.txt`) is written anew where it is stale, and the test fails
//! once.

#[allow(dead_code, reason = "each language uses a part of it")]
mod fixtures;

use std::collections::BTreeMap;

use fixtures::{Fixtures, of_code};
use heartbeat_conf::{Elsewhere, Input, Inputs, Source};
use lint::heartbeat::{RULES, pages};
use lint::{Levels, Report};
use syntax::render::concise;

const FIXTURES: Fixtures = Fixtures {
    language: "heartbeat",
    ending: "conf",
    docs: "lint-heartbeat",
};

fn codes() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.code).collect()
}

fn lint_text(text: &str) -> Report {
    let mut nodes: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let (mut node, mut file) = (String::new(), String::new());
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("#@ file ") {
            let (of, name) = name.trim().split_once('/').expect("NODE/NAME");
            (node, file) = (of.to_owned(), name.to_owned());
        }
        let files = nodes.entry(node.clone()).or_default();
        *files.entry(file.clone()).or_default() += line;
    }
    let inputs: Vec<Inputs> = nodes
        .iter()
        .map(|(node, files)| {
            let source = |name: &str| match files.get(name) {
                Some(text) => {
                    let input = Input::new(format!("{node}/{name}"), text.as_bytes().to_vec());
                    Source::File(input.mode(0o600))
                }
                None => Source::Missing(format!("{node}/{name}")),
            };
            Inputs {
                ha_cf: source("ha.cf"),
                haresources: source("haresources"),
                authkeys: source("authkeys"),
            }
        })
        .collect();
    lint::heartbeat::lint(&inputs, &Elsewhere, &Levels::default())
}

#[test]
fn rules_fire_on_what_they_look_for_and_on_nothing_else() {
    let mut faults = Vec::new();
    for rule in RULES {
        let (Some(fires), Some(quiet)) = (FIXTURES.get(rule.code, "fires"), FIXTURES.get(rule.code, "quiet"))
        else {
            faults.push(format!("{}: no fixtures", rule.code));
            continue;
        };
        let fires = lint_text(&fires);
        if of_code(&fires, rule.code).is_empty() {
            faults.push(format!("{}: does not fire", rule.code));
        }
        let quiet = lint_text(&quiet);
        for finding in &quiet.findings {
            let text = concise(finding, &quiet.sources);
            faults.push(format!("{}: quiet.conf: {text}", rule.code));
        }
        // Whatever else is told shows a fixture that is wrong in another way.
        for finding in fires.findings.iter().filter(|finding| finding.refuses) {
            let text = concise(finding, &fires.sources);
            faults.push(format!("{}: fires.conf: {text}", rule.code));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_rules_say_is_as_recorded() {
    FIXTURES.renew_findings(&codes(), lint_text);
}

#[test]
fn codes_are_unique_and_in_order() {
    let codes = codes();
    assert!(codes.is_sorted_by(|one, next| one < next));
    assert!(codes.iter().all(|code| !lint::haproxy::is_code(code)));
}

#[test]
fn keys_stand_in_no_finding() {
    for code in codes() {
        let report = lint_text(&FIXTURES.get(code, "fires").expect("it is there"));
        for finding in &report.findings {
            let text = concise(finding, &report.sources);
            assert!(!text.contains("aVeryLongStringOfChance"), "{text}");
        }
    }
}

#[test]
fn pages_are_those_of_the_rules() {
    FIXTURES.renew_pages(&pages(&|code, name| FIXTURES.file(code, name)));
}
