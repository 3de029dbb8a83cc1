//! Each rule with its fixtures in `compat-fixtures/lint/haproxy/CODE`: `fires.cfg` has what it looks for, on which Debian's haproxy is
//! silent (`verdicts.json` there, by `record.py`), `quiet.cfg` has nothing of it, and `fixed.cfg` is what safe fixes make of the first.
//!
//! Lines that begin with `#@` say how the machine is: `now SECONDS`, `mode PATH OCTAL`, `descriptors NUMBER`.
//!
//! What is made from rules (the pages in `docs/lint`, `findings.txt`, `fixed.cfg`) is written anew where it is stale, and the test fails
//! once.

mod fixtures;

use std::fs;

use fixtures::{Fixtures, of_code, repository};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input};
use lint::haproxy::{RULES, pages};
use lint::{FakeFacts, Levels, Report};

const FIXTURES: Fixtures = Fixtures {
    language: "haproxy",
    ending: "cfg",
    docs: "lint",
};

fn codes() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.code).collect()
}

fn facts(text: &str) -> FakeFacts {
    let mut facts = FakeFacts::default();
    for line in text.lines().filter_map(|line| line.strip_prefix("#@ ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["now", seconds] => facts.now = seconds.parse().expect("seconds"),
            ["mode", path, mode] => {
                let mode = u32::from_str_radix(mode, 8).expect("an octal number");
                facts.modes.insert((*path).to_owned(), mode);
            }
            ["descriptors", number] => facts.descriptors = Some(number.parse().expect("a number")),
            other => panic!("unknown fact {other:?}"),
        }
    }
    facts
}

fn lint_text(name: &str, text: &str) -> Report {
    let pem = fs::read(repository().join("compat-fixtures/certificates/rsa.pem")).expect("it is there");
    let host = FakeHost::new().with_file("rsa.pem", pem);
    let input = Input::Text {
        name: name.to_owned(),
        bytes: text.into(),
    };
    lint::haproxy::lint(
        &[input],
        Dialect::default(),
        &host,
        &facts(text),
        &Levels::default(),
    )
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
        let report = lint_text("fires.cfg", &fires);
        if of_code(&report, rule.code).is_empty() {
            faults.push(format!("{}: does not fire", rule.code));
        }
        let refused = report.findings.iter().filter(|finding| finding.refuses);
        faults.extend(refused.map(|finding| format!("{}: fires.cfg: {}", rule.code, finding.message)));
        let report = lint_text("quiet.cfg", &quiet);
        let found = of_code(&report, rule.code);
        faults.extend(
            found
                .iter()
                .map(|finding| format!("{}: quiet.cfg: {}", rule.code, finding.message)),
        );
        let refused = report.findings.iter().filter(|finding| finding.refuses);
        faults.extend(refused.map(|finding| format!("{}: quiet.cfg: {}", rule.code, finding.message)));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_rules_say_is_as_recorded() {
    FIXTURES.renew_findings(&codes(), |text| lint_text("fires.cfg", text));
}

#[test]
fn safe_fixes_leave_nothing_to_fix() {
    for code in codes() {
        let again = FIXTURES.renew_fixed(code, |text| lint_text("fires.cfg", text));
        assert!(
            again.is_none_or(|again| !again.findings.iter().any(|finding| finding.refuses)),
            "{code}"
        );
    }
}

#[test]
fn the_original_says_nothing_of_what_rules_find() {
    FIXTURES.assert_silent_original(&codes());
}

#[test]
fn codes_are_unique_and_in_order() {
    let codes = codes();
    assert!(codes.is_sorted_by(|one, next| one < next));
    for code in codes {
        assert!(
            haproxy_cfg::codes::find(code).is_none(),
            "{code} is one of the reading's"
        );
        assert!(
            code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{code}"
        );
    }
}

#[test]
fn pages_are_those_of_the_rules() {
    FIXTURES.renew_pages(&pages(&|code, name| FIXTURES.file(code, name)));
}
