//! Each rule with its fixtures in `compat-fixtures/lint/haproxy/CODE`: `fires.cfg` has what it looks for, on which Debian's haproxy is
//! silent (`verdicts.json` there, by `record.py`), `quiet.cfg` has nothing of it, and `fixed.cfg` is what safe fixes make of the first.
//!
//! Lines that begin with `#@` say how the machine is: `now SECONDS`, `mode PATH OCTAL`, `descriptors NUMBER`.
//!
//! What is made from rules (the pages in `docs/lint`, `findings.txt`, `fixed.cfg`) is written anew where it is stale, and the test fails
//! once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input};
use lint::haproxy::{RULES, Rule, pages};
use lint::{FakeFacts, Levels, Report, apply_safe};
use sha2::{Digest as _, Sha256};
use syntax::render::concise;
use syntax::{Applicability, Diagnostic};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fixtures() -> PathBuf {
    repository().join("compat-fixtures/lint/haproxy")
}

fn fixture(code: &str, name: &str) -> Option<String> {
    fs::read_to_string(fixtures().join(code).join(name)).ok()
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

fn of_rule<'r>(report: &'r Report, rule: &Rule) -> Vec<&'r Diagnostic> {
    report
        .findings
        .iter()
        .filter(|finding| finding.code == rule.code)
        .collect()
}

#[test]
fn rules_fire_on_what_they_look_for_and_on_nothing_else() {
    let mut faults = Vec::new();
    for rule in RULES {
        let (Some(fires), Some(quiet)) = (fixture(rule.code, "fires.cfg"), fixture(rule.code, "quiet.cfg"))
        else {
            faults.push(format!("{}: no fixtures", rule.code));
            continue;
        };
        let report = lint_text("fires.cfg", &fires);
        if of_rule(&report, rule).is_empty() {
            faults.push(format!("{}: does not fire", rule.code));
        }
        let refused = report.findings.iter().filter(|finding| finding.refuses);
        faults.extend(refused.map(|finding| format!("{}: fires.cfg: {}", rule.code, finding.message)));
        let report = lint_text("quiet.cfg", &quiet);
        let found = of_rule(&report, rule);
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
    let mut text = String::new();
    for rule in RULES {
        let report = lint_text(
            "fires.cfg",
            &fixture(rule.code, "fires.cfg").expect("it has fixtures"),
        );
        for finding in of_rule(&report, rule) {
            let finding = Diagnostic {
                help: None,
                ..finding.clone()
            };
            text += &concise(&finding, &report.sources);
        }
    }
    renew(&fixtures().join("findings.txt"), &text);
}

#[test]
fn safe_fixes_leave_nothing_to_fix() {
    for rule in RULES {
        let fires = fixture(rule.code, "fires.cfg").expect("it has fixtures");
        let report = lint_text("fires.cfg", &fires);
        let own: Vec<Diagnostic> = of_rule(&report, rule).into_iter().cloned().collect();
        let (id, file) = report.sources.files().next().expect("the file");
        let edited = apply_safe(file.bytes(), id, &own);
        if edited.applied == 0 {
            let stale = fixture(rule.code, "fixed.cfg");
            assert!(stale.is_none(), "{} has a fixed.cfg and no safe fix", rule.code);
            continue;
        }
        let fixed = String::from_utf8(edited.bytes).expect("text");
        renew(&fixtures().join(rule.code).join("fixed.cfg"), &fixed);
        let again = lint_text("fires.cfg", &fixed);
        let left = of_rule(&again, rule);
        let safe = |finding: &&&Diagnostic| {
            finding
                .fixes
                .iter()
                .any(|fix| fix.applicability == Applicability::Safe)
        };
        assert_eq!(left.iter().filter(safe).count(), 0, "{}: {left:?}", rule.code);
        assert!(
            !again.findings.iter().any(|finding| finding.refuses),
            "{}",
            rule.code
        );
    }
}

#[test]
fn the_original_says_nothing_of_what_rules_find() {
    let text = fs::read_to_string(fixtures().join("verdicts.json")).expect("it was recorded");
    let verdicts: BTreeMap<String, BTreeMap<String, serde_json::Value>> =
        serde_json::from_str(&text).expect("it is JSON");
    for rule in RULES {
        let fires = fixture(rule.code, "fires.cfg").expect("it has fixtures");
        let sum: String = Sha256::digest(fires.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let verdict = verdicts.get(rule.code);
        let field = |name: &str| verdict.and_then(|verdict| verdict.get(name));
        assert_eq!(
            field("file"),
            Some(&sum.into()),
            "{} changed since it was recorded",
            rule.code
        );
        assert_eq!(field("status"), Some(&0.into()), "{}", rule.code);
        assert_eq!(field("said"), Some(&"".into()), "{}", rule.code);
    }
    assert_eq!(verdicts.len(), RULES.len());
}

#[test]
fn codes_are_unique_and_in_order() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
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
    let folder = repository().join("docs/lint");
    let pages = pages(&fixture);
    let mut stale = Vec::new();
    for page in &pages {
        if !is_renewed(&folder.join(&page.path), &page.text) {
            stale.push(page.path.clone());
        }
    }
    for entry in fs::read_dir(&folder).expect("the folder was made") {
        let name = entry
            .expect("it can be read")
            .file_name()
            .into_string()
            .expect("text");
        assert!(
            pages.iter().any(|page| page.path == name),
            "docs/lint/{name} is of no rule"
        );
    }
    assert!(
        stale.is_empty(),
        "docs/lint was stale; written anew, look at it and commit it: {stale:?}"
    );
}

/// Writes a file that is not as it should be; whether it was.
fn is_renewed(path: &Path, text: &str) -> bool {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return true;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    fs::write(path, text).expect("it can be written");
    false
}

fn renew(path: &Path, text: &str) {
    let path = path.to_path_buf();
    assert!(
        is_renewed(&path, text),
        "{} was stale; written anew, look at it and commit it",
        path.display()
    );
}
