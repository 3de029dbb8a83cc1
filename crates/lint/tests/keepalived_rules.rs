//! Each rule over keepalived.conf with its fixtures in `compat-fixtures/lint/keepalived/CODE`: `fires.conf` has what it looks for, on
//! which Debian's keepalived is silent (`verdicts.json` there, by `record.py`), `quiet.conf` has nothing of it, and `fixed.conf` is
//! what safe fixes make of the first.
//!
//! A fixture holds the files of all nodes, and a haproxy.cfg: `#@ file NAME` begins another one. Other lines that begin with `#@` say
//! how the machine is: `mode PATH OCTAL`, `without-interface NAME`.
//!
//! What is made from rules (the pages in `docs/lint-keepalived`, `findings.txt`, `fixed.conf`) is written anew where it is stale, and
//! the test fails once.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use haproxy_cfg::Input as ProxyInput;
use keepalived_conf::testing::FakeHost;
use keepalived_conf::{Dialect, FileStatus, Host, LoadOptions, load_bytes};
use lint::keepalived::{Input, Machine, RULES, Rule, pages};
use lint::{FakeFacts, Levels, Report, apply_safe};
use sha2::{Digest as _, Sha256};
use syntax::render::concise;
use syntax::{Applicability, Diagnostic};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn fixtures() -> PathBuf {
    repository().join("compat-fixtures/lint/keepalived")
}

fn fixture(code: &str, name: &str) -> Option<String> {
    fs::read_to_string(fixtures().join(code).join(name)).ok()
}

/// A machine that lacks some interfaces.
struct Without {
    host: FakeHost,
    interfaces: Vec<String>,
}

impl Host for Without {
    fn read_file(&self, path: &str) -> io::Result<Vec<u8>> {
        self.host.read_file(path)
    }

    fn list_folder(&self, path: &str) -> io::Result<Vec<String>> {
        self.host.list_folder(path)
    }

    fn file_status(&self, path: &str) -> io::Result<FileStatus> {
        self.host.file_status(path)
    }

    fn canonical_path(&self, path: &str) -> io::Result<String> {
        self.host.canonical_path(path)
    }

    fn current_folder(&self) -> String {
        self.host.current_folder()
    }

    fn env(&self, name: &str) -> Option<Vec<u8>> {
        self.host.env(name)
    }

    fn resolve(&self, name: &str) -> Option<IpAddr> {
        panic!("{name} was looked up")
    }

    fn user(&self, name: &str) -> Option<(u32, u32)> {
        self.host.user(name)
    }

    fn group(&self, name: &str) -> Option<u32> {
        self.host.group(name)
    }

    fn own_ids(&self) -> (u32, u32) {
        self.host.own_ids()
    }

    fn hostname(&self) -> String {
        self.host.hostname()
    }

    fn has_interface(&self, name: &str) -> bool {
        self.host.has_interface(name) && !self.interfaces.iter().any(|lacking| lacking == name)
    }

    fn random(&self, seed: Option<u32>, count: u32, low: u32, high: u32) -> u32 {
        self.host.random(seed, count, low, high)
    }
}

/// The files of a fixture; joined they are the fixture.
fn files(text: &str) -> Vec<(String, String)> {
    let mut out = vec![("lb1.conf".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("#@ file ") {
            out.push((name.trim().to_owned(), String::new()));
        }
        out.last_mut().expect("there is one").1 += line;
    }
    out
}

fn lint_text(text: &str) -> Report {
    let mut facts = FakeFacts::default();
    let mut interfaces = Vec::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("#@ ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["file", _] => {}
            ["mode", path, mode] => {
                let mode = u32::from_str_radix(mode, 8).expect("an octal number");
                facts.modes.insert((*path).to_owned(), mode);
            }
            ["without-interface", name] => interfaces.push((*name).to_owned()),
            other => panic!("unknown fact {other:?}"),
        }
    }
    let (mut nodes, mut proxies) = (Vec::new(), Vec::new());
    for (name, text) in files(text) {
        let bytes = text.into_bytes();
        if Path::new(&name).extension().is_some_and(|ending| ending == "cfg") {
            proxies.push(vec![ProxyInput::Text { name, bytes }]);
        } else {
            nodes.push(Input::Text { name, bytes });
        }
    }
    let host = Without {
        host: FakeHost::new(),
        interfaces,
    };
    let machine = Machine {
        host: &host,
        proxy_host: &haproxy_cfg::testing::FakeHost::new(),
        facts: &facts,
    };
    lint::keepalived::lint(&nodes, &proxies, Dialect::default(), machine, &Levels::default())
}

fn of_rule<'r>(report: &'r Report, rule: &Rule) -> Vec<&'r Diagnostic> {
    let mine = |finding: &&Diagnostic| finding.code == rule.code;
    report.findings.iter().filter(mine).collect()
}

#[test]
fn rules_fire_on_what_they_look_for_and_on_nothing_else() {
    let mut faults = Vec::new();
    for rule in RULES {
        let (Some(fires), Some(quiet)) = (fixture(rule.code, "fires.conf"), fixture(rule.code, "quiet.conf"))
        else {
            faults.push(format!("{}: no fixtures", rule.code));
            continue;
        };
        let report = lint_text(&fires);
        if of_rule(&report, rule).is_empty() {
            faults.push(format!("{}: does not fire", rule.code));
        }
        let quiet = lint_text(&quiet);
        let found = of_rule(&quiet, rule).into_iter();
        faults.extend(found.map(|finding| format!("{}: quiet.conf: {}", rule.code, finding.message)));
        // What the reading tells shows a fixture that is wrong in another way.
        for (name, report) in [("fires", &report), ("quiet", &quiet)] {
            let told = report
                .findings
                .iter()
                .filter(|finding| finding.code != "not-acted-on")
                .filter(|finding| RULES.iter().all(|rule| rule.code != finding.code));
            faults.extend(told.map(|finding| {
                format!(
                    "{}: {name}.conf: {}",
                    rule.code,
                    concise(finding, &report.sources)
                )
            }));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn what_rules_say_is_as_recorded() {
    let mut text = String::new();
    for rule in RULES {
        let report = lint_text(&fixture(rule.code, "fires.conf").expect("it has fixtures"));
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
        let fires = fixture(rule.code, "fires.conf").expect("it has fixtures");
        let report = lint_text(&fires);
        let own: Vec<Diagnostic> = of_rule(&report, rule).into_iter().cloned().collect();
        let (mut fixed, mut applied) = (Vec::new(), 0);
        for (id, file) in report.sources.files() {
            let edited = apply_safe(file.bytes(), id, &own);
            applied += edited.applied;
            fixed.extend(edited.bytes);
        }
        if applied == 0 {
            let stale = fixture(rule.code, "fixed.conf");
            assert!(stale.is_none(), "{} has a fixed.conf and no safe fix", rule.code);
            continue;
        }
        let fixed = String::from_utf8(fixed).expect("text");
        renew(&fixtures().join(rule.code).join("fixed.conf"), &fixed);
        let again = lint_text(&fixed);
        let safe = |finding: &&&Diagnostic| {
            let mut fixes = finding.fixes.iter();
            fixes.any(|fix| fix.applicability == Applicability::Safe)
        };
        let left = of_rule(&again, rule);
        assert_eq!(left.iter().filter(safe).count(), 0, "{}: {left:?}", rule.code);
    }
}

#[test]
fn the_original_says_nothing_of_what_rules_find() {
    let text = fs::read_to_string(fixtures().join("verdicts.json")).expect("it was recorded");
    let verdicts: BTreeMap<String, BTreeMap<String, serde_json::Value>> =
        serde_json::from_str(&text).expect("it is JSON");
    for rule in RULES {
        let fires = fixture(rule.code, "fires.conf").expect("it has fixtures");
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
    assert!(keepalived_conf::codes::CODES.is_sorted_by(|one, next| one.0 < next.0));
    for code in codes {
        let of_reading = keepalived_conf::codes::CODES
            .iter()
            .any(|(known, _)| *known == code);
        assert!(!of_reading, "{code} is one of the reading's");
        assert!(!lint::haproxy::is_code(code), "{code} is one of haproxy.cfg's");
    }
}

#[test]
fn what_a_reading_tells_has_a_known_code() {
    let path = repository().join("compat-fixtures/keepalived-verdicts/verdicts.json");
    let verdicts: serde_json::Value =
        serde_json::from_slice(&fs::read(path).expect("it is there")).expect("it is JSON");
    let mut read = 0;
    for case in verdicts["cases"].as_array().expect("a list") {
        for text in case["files"].as_object().expect("files").values() {
            let bytes = text.as_str().expect("text").as_bytes().to_vec();
            let loaded = load_bytes(
                "k.conf",
                bytes,
                Dialect::default(),
                &FakeHost::new(),
                LoadOptions::default(),
            );
            for told in loaded.diagnostics {
                let mut known = keepalived_conf::codes::CODES.iter();
                assert!(known.any(|(code, _)| *code == told.code), "{}", told.code);
            }
            read += 1;
        }
    }
    assert!(read > 100, "{read} files");
}

#[test]
fn comments_allow_findings_in_each_file() {
    let text = fixture("priority-tie", "fires.conf").expect("it is there");
    let report = lint_text(&text);
    let count = |report: &Report| {
        let codes = report.findings.iter().map(|finding| finding.code);
        codes.filter(|code| *code == "priority-tie").count()
    };
    assert_eq!(count(&report), 1);
    let at = text.rfind("    priority").expect("a priority");
    for comment in [
        "! as the manual has it; holdfast: allow(priority-tie)",
        "# holdfast: allow-file(priority-tie)",
    ] {
        let allowed = format!("{}    {comment}\n{}", &text[..at], &text[at..]);
        assert_eq!(count(&lint_text(&allowed)), 0, "{comment}");
    }
    let unknown = format!("{text}# holdfast: allow(priority-ties)\n");
    let report = lint_text(&unknown);
    let mut codes = report.findings.iter().map(|finding| finding.code);
    assert!(codes.any(|code| code == "unknown-code"));
}

#[test]
fn pages_are_those_of_the_rules() {
    let folder = repository().join("docs/lint-keepalived");
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
            "docs/lint-keepalived/{name} is of no rule"
        );
    }
    assert!(
        stale.is_empty(),
        "docs/lint-keepalived was stale; written anew, look at it and commit it: {stale:?}"
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
    assert!(
        is_renewed(path, text),
        "{} was stale; written anew, look at it and commit it",
        path.display()
    );
}
