//! What Debian's haproxy 2.6 accepts of single lines is not refused where no dialect is asked for.

use std::collections::BTreeMap;
use std::path::Path;

use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use serde::Deserialize;
use syntax::Severity;

#[derive(Deserialize)]
struct Record {
    files: BTreeMap<String, String>,
    blocks: Vec<Block>,
}

#[derive(Deserialize)]
struct Block {
    template: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    line: String,
    status: i32,
}

/// Families of expressions, conditions and formats.
const FAMILIES: &[&str] = &[
    "acls",
    "converters",
    "fetches",
    "formats",
    "process-variables",
    "references",
    "rule-conditions",
];

#[test]
fn expressions_that_2_6_accepts_are_accepted_without_a_dialect() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/verdicts/lines");
    let mut accepted = 0;
    let mut report = String::new();
    for family in FAMILIES {
        let text = std::fs::read_to_string(folder.join(format!("{family}.json"))).expect("it was recorded");
        let record: Record = serde_json::from_str(&text).expect("the record is as it was written");
        let mut host = FakeHost::new();
        for (name, text) in &record.files {
            host = host.with_file(name, text.as_bytes());
        }
        for block in &record.blocks {
            for case in block.cases.iter().filter(|case| matches!(case.status, 0 | 2)) {
                accepted += 1;
                let text = block.template.replace("{}", &case.line.replace("\\n", "\n"));
                let input = Input::Text {
                    name: "t.cfg".to_owned(),
                    bytes: text.into_bytes(),
                };
                let loaded = load(&[input], Dialect::default(), &host, LoadOptions::default());
                for told in loaded
                    .diagnostics
                    .iter()
                    .filter(|told| told.severity == Severity::Alert)
                {
                    report += &format!("{family}: {}\n    {}\n", case.line, told.message);
                }
            }
        }
    }
    assert!(accepted > 1_000, "{accepted} lines");
    assert!(report.is_empty(), "{report}");
}
