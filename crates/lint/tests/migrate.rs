//! Migrations against their fixtures: a file before and after, the report, and what haproxy said of the result.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lint::migrate::report::{Report, html, json, markdown, text};
use lint::migrate::{Migrated, Options, VERSIONS, migrate, reference};
use syntax::Version;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/migrate")
}

/// The cases: the name of each folder, and the file in it.
fn cases() -> Vec<(String, PathBuf, Vec<u8>)> {
    let mut out: Vec<_> = fs::read_dir(root())
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            let before = fs::read(path.join("before.cfg")).expect("a file before");
            (name, path, before)
        })
        .collect();
    out.sort();
    assert!(out.len() > 55, "{}", out.len());
    out
}

fn version(text: &str) -> Version {
    let found = VERSIONS.iter().find(|version| version.to_string() == text);
    *found.expect("a version")
}

/// What the first line of a case asks for: `# holdfast migrate --from 1.4 --to 2.6 [--pin]`.
fn options(before: &[u8]) -> Options {
    let first = String::from_utf8_lossy(before)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned();
    let words: Vec<&str> = first.split(' ').collect();
    let value = |name: &str| {
        let at = words
            .iter()
            .position(|word| *word == name)
            .expect("the option is there");
        version(words[at + 1])
    };
    Options {
        from: Some(value("--from")),
        to: value("--to"),
        pin: words.contains(&"--pin"),
    }
}

fn report(migrated: &Migrated) -> Report<'_> {
    Report {
        name: "haproxy.cfg",
        migrated,
        refused: &[],
    }
}

/// Writes what differs from what is kept, and remembers it.
fn keep(path: &Path, wanted: &[u8], stale: &mut Vec<String>) {
    if fs::read(path).unwrap_or_default() != wanted {
        fs::write(path, wanted).expect("it can be written");
        stale.push(path.display().to_string());
    }
}

#[test]
fn each_case_becomes_what_is_kept_and_twice_is_once() {
    let mut stale = Vec::new();
    for (name, path, before) in cases() {
        let options = options(&before);
        let migrated = migrate(&before, options).expect("the edits fit");
        keep(&path.join("after.cfg"), &migrated.after, &mut stale);
        keep(
            &path.join("report.txt"),
            text(&report(&migrated)).as_bytes(),
            &mut stale,
        );
        let again = migrate(&migrated.after, options).expect("the edits fit");
        assert_eq!(
            String::from_utf8_lossy(&again.after),
            String::from_utf8_lossy(&migrated.after),
            "{name}"
        );
    }
    assert!(stale.is_empty(), "written anew, look at them: {stale:#?}");
}

/// Cases in which a person has to decide before the target takes the file.
const UNDECIDED: &[&str] = &["unique-names", "server-port", "version-3.3"];

#[test]
fn haproxy_takes_what_the_migrations_wrote() {
    #[derive(serde::Deserialize)]
    struct Verdict {
        exit: i32,
        alerts: Vec<String>,
        after: String,
    }
    let text = fs::read_to_string(root().join("verdicts.json")).expect("record.py wrote it");
    let said: BTreeMap<String, Verdict> = serde_json::from_str(&text).expect("it is JSON");
    for (name, path, _) in cases() {
        let verdict = said
            .get(&name)
            .unwrap_or_else(|| panic!("{name} is not recorded"));
        let after = fs::read_to_string(path.join("after.cfg")).expect("a file after");
        assert_eq!(
            verdict.after, after,
            "{name} was recorded with another text: run record.py"
        );
        let undecided = UNDECIDED.contains(&name.as_str());
        assert_eq!(verdict.exit != 0, undecided, "{name}: {:?}", verdict.alerts);
    }
}

#[test]
fn every_migration_has_a_case() {
    let page = reference();
    let names: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("### "))
        .collect();
    let mut seen = String::new();
    for (_, path, _) in cases() {
        seen += &fs::read_to_string(path.join("report.txt")).expect("a report");
    }
    let missing: Vec<&&str> = names
        .iter()
        .filter(|name| !seen.contains(&format!("[{name}]")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_page_of_migrations_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated/haproxy-migrations.md");
    let mut stale = Vec::new();
    keep(&path, reference().as_bytes(), &mut stale);
    assert!(stale.is_empty(), "written anew: {stale:?}");
}

#[test]
fn reports_of_all_forms_say_the_same_and_escape_what_they_show() {
    let before = b"global\n    nbproc 2 # <b>|\n\nfrontend <i>\n    mode http\n    reqadd X:\\ <script>\n";
    let options = Options {
        from: None,
        to: Version::new(2, 6),
        pin: false,
    };
    let migrated = migrate(before, options).expect("the edits fit");
    let report = report(&migrated);
    let page = html(std::slice::from_ref(&report));
    assert!(
        !page.contains("<script>") && page.contains("&lt;script&gt;"),
        "{page}"
    );
    assert!(
        !page.contains("http://") && !page.contains("src="),
        "it loads nothing"
    );
    let value: serde_json::Value = serde_json::from_str(&json(&report)).expect("it is JSON");
    assert_eq!(
        value["findings"].as_array().map(Vec::len),
        Some(migrated.findings.len())
    );
    let (plain, table) = (text(&report), markdown(&report));
    for finding in &migrated.findings {
        assert!(plain.contains(finding.migration) && table.contains(finding.migration));
        assert!(page.contains(finding.migration));
    }
    assert!(plain.contains("guessed") && table.contains("guessed") && page.contains("guessed"));
}

/// Whatever a file holds, its migration ends, and a second one changes nothing.
#[test]
fn every_recorded_file_is_migrated_once() {
    let mut folders = vec![root().join("..")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "cfg") {
                let text = fs::read(&path).expect("it can be read");
                for (to, pin) in [("2.6", false), ("3.4", true)] {
                    let options = Options {
                        from: Some(version("1.3")),
                        to: version(to),
                        pin,
                    };
                    let once = migrate(&text, options).expect("the edits fit");
                    let twice = migrate(&once.after, options).expect("the edits fit");
                    assert_eq!(
                        String::from_utf8_lossy(&twice.after),
                        String::from_utf8_lossy(&once.after),
                        "{}",
                        path.display()
                    );
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 200, "{seen}");
}
