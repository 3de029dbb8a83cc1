//! The verdict on every line of the LVS part that keepalived was asked about: its exit status, and each of its messages at its
//! line. compat-fixtures/keepalived-verdicts has the record and the recipe.

mod told;

use std::collections::BTreeMap;

use keepalived_conf::Dialect;
use keepalived_conf::testing::{FakeHost, load_on};
use serde::Deserialize;
use told::{place, told};

#[derive(Deserialize)]
struct Record {
    lines: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    family: String,
    line: String,
    /// None where it died of a signal.
    status: Option<u8>,
    said: Vec<String>,
}

const FOLDER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../compat-fixtures/keepalived-verdicts"
);

fn record() -> Vec<Asked> {
    let text = std::fs::read_to_string(format!("{FOLDER}/lvs.json")).expect("the record is there");
    let record: Record = serde_json::from_str(&text).expect("it is as it was written");
    record.lines
}

/// What stands around the lines of each family.
fn templates() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(format!("{FOLDER}/lvs.txt")).expect("the lines are there");
    text.split("\n=== ")
        .skip(1)
        .map(|part| {
            let (name, rest) = part.split_once('\n').expect("a family has lines");
            let (template, _) = rest.split_once("\n---\n").expect("they stand behind ---");
            (name.trim().to_owned(), template.to_owned())
        })
        .collect()
}

/// What is wrong with our verdict.
fn faults(asked: &Asked, template: &str) -> Vec<String> {
    let text = template.replace('%', &asked.line.replace("\\n", "\n")) + "\n";
    let host = FakeHost::new().with_file("/etc/passwd", "");
    let loaded = load_on(&text, Dialect::strict(2, 2), &host);
    let mut out = Vec::new();
    let status = loaded.test_status();
    if asked.status.is_some_and(|theirs| theirs != status) {
        out.push(format!("status {status} instead of {:?}", asked.status));
    }
    let told = told(&loaded);
    for line in &asked.said {
        let (at, message) = match place(line) {
            Some((file, number, message)) => (Some((file, number)), message),
            None => (None, line.clone()),
        };
        let found = told
            .iter()
            .any(|(ours, text)| *text == message && (at.is_none() || *ours == at));
        if !found {
            out.push(format!("not told: {line}"));
        }
    }
    if !out.is_empty() {
        out.push(format!("told: {}", loaded.report()));
    }
    out
}

#[test]
fn verdicts_on_lines_of_the_lvs_part_are_the_originals() {
    let templates = templates();
    let lines = record();
    assert!(lines.len() >= 1_700, "{} lines", lines.len());
    let mut report = String::new();
    let mut wrong = 0;
    for asked in &lines {
        let faults = faults(asked, &templates[&asked.family]);
        if !faults.is_empty() {
            wrong += 1;
            report += &format!("{}: {}\n  {}\n", asked.family, asked.line, faults.join("\n  "));
        }
    }
    assert_eq!(wrong, 0, "{wrong} of {} differ:\n{report}", lines.len());
}

#[test]
fn where_the_original_dies_of_a_line_a_missing_part_is_told_of() {
    let templates = templates();
    let mut died = 0;
    for asked in record().iter().filter(|asked| asked.status.is_none()) {
        died += 1;
        let text = templates[&asked.family].replace('%', &asked.line.replace("\\n", "\n")) + "\n";
        let loaded = load_on(&text, Dialect::strict(2, 2), &FakeHost::new());
        // It dies of scripts of users other than root, too, which there is nothing wrong with.
        let others_script = text.contains("nobody");
        assert!(others_script || loaded.test_status() != 0, "{text}");
    }
    assert!(died > 0);
}
