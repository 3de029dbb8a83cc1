//! Each rule over keepalived.conf with its fixtures in `compat-fixtures/lint/keepalived/CODE`: `fires.conf` has what it looks for, on
//! which Debian's keepalived is silent (`verdicts.json` there, by `record.py`), `quiet.conf` has nothing of it, and `fixed.conf` is
//! what safe fixes make of the first.
//!
//! A fixture holds the files of all nodes, and a haproxy.cfg: `#@ file NAME` begins another one. Other lines that begin with `#@` say
//! how the machine is: `mode PATH OCTAL`, `without-interface NAME`.
//!
//! What is made from rules (the pages in `docs/lint-keepalived`, `findings.txt`, `fixed.conf`) is written anew where it is stale, and
//! the test fails once.

mod fixtures;

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;

use fixtures::{Fixtures, of_code, repository};
use haproxy_cfg::Input as ProxyInput;
use keepalived_conf::testing::FakeHost;
use keepalived_conf::{Dialect, FileStatus, Host, LoadOptions, load_bytes};
use lint::keepalived::{Input, Machine, RULES, pages};
use lint::{FakeFacts, Levels, Report};
use syntax::render::concise;

const FIXTURES: Fixtures = Fixtures {
    language: "keepalived",
    ending: "conf",
    docs: "lint-keepalived",
};

fn codes() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.code).collect()
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

#[test]
fn rules_fire_on_what_they_look_for_and_on_nothing_else() {
    let mut faults = Vec::new();
    for rule in RULES {
        let (Some(fires), Some(quiet)) = (FIXTURES.get(rule.code, "fires"), FIXTURES.get(rule.code, "quiet"))
        else {
            faults.push(format!("{}: no fixtures", rule.code));
            continue;
        };
        let report = lint_text(&fires);
        if of_code(&report, rule.code).is_empty() {
            faults.push(format!("{}: does not fire", rule.code));
        }
        let quiet = lint_text(&quiet);
        let found = of_code(&quiet, rule.code).into_iter();
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
    FIXTURES.renew_findings(&codes(), lint_text);
}

#[test]
fn safe_fixes_leave_nothing_to_fix() {
    for code in codes() {
        FIXTURES.renew_fixed(code, lint_text);
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
    let text = FIXTURES.get("priority-tie", "fires").expect("it is there");
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
    FIXTURES.renew_pages(&pages(&|code, name| FIXTURES.file(code, name)));
}
