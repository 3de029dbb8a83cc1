//! Every code that is told has a row, and what its row shows is true: the file that it gives is told so, its correction is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use haproxy_cfg::codes::{CODES, CodeRow, find};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use regex::Regex;

fn rows() -> impl Iterator<Item = &'static CodeRow> {
    CODES.iter().flat_map(|rows| rows.iter())
}

/// The codes that are told of a text.
fn told(text: &str) -> BTreeSet<&'static str> {
    let host = FakeHost::new()
        .with_file("/dev/null", "")
        .with_file("/etc/empty.pem", "");
    let input = Input::Text {
        name: "test.cfg".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let options = LoadOptions {
        diagnostics: true,
        ..LoadOptions::default()
    };
    let loaded = load(&[input], Dialect::default(), &host, options);
    loaded.diagnostics.iter().map(|told| told.code).collect()
}

#[test]
fn examples_show_their_code_and_corrections_do_not() {
    let mut faults = String::new();
    for row in rows() {
        if !row.wrong.is_empty() && !told(row.wrong).contains(row.code) {
            faults += &format!("{}: its example tells {:?}\n", row.code, told(row.wrong));
        }
        if !row.right.is_empty() && told(row.right).contains(row.code) {
            faults += &format!("{}: its correction is told so too\n", row.code);
        }
        if row.wrong.is_empty() && !row.right.is_empty() {
            faults += &format!("{}: a correction of nothing\n", row.code);
        }
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn each_code_has_one_row() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert!(seen.insert(row.code), "{} has two rows", row.code);
        assert!(!row.title.is_empty() && row.text.ends_with('.'), "{}", row.code);
    }
}

/// The sources are searched for what is told, as no run comes by every message.
#[test]
fn what_the_sources_tell_has_a_row_and_every_row_is_told() {
    let literal = Regex::new(r#""([a-z0-9]+(?:-[a-z0-9]+)*)""#).expect("it compiles");
    let telling = Regex::new(
        r#"(?:Diagnostic::(?:alert|warning)|\.alert|\.alert_tight|Diagnostic::new\(\s*[^,"]+,)\s*\(?\s*"([a-z0-9-]+)"\s*,"#,
    )
    .expect("it compiles");
    let (mut literals, mut codes) = (BTreeSet::new(), BTreeSet::new());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        if folder.ends_with("codes") {
            continue;
        }
        for entry in fs::read_dir(&folder).expect("it can be listed") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("it can be read");
            literals.extend(literal.captures_iter(&text).map(|found| found[1].to_owned()));
            codes.extend(telling.captures_iter(&text).map(|found| found[1].to_owned()));
        }
    }
    let missing: Vec<_> = codes.iter().filter(|code| find(code).is_none()).collect();
    assert!(missing.is_empty(), "codes without a row: {missing:?}");
    let unused: Vec<_> = rows()
        .map(|row| row.code)
        .filter(|code| !literals.contains(*code))
        .collect();
    assert!(unused.is_empty(), "rows of codes that nothing tells: {unused:?}");
}
