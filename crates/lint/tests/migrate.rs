//! Migrations against their fixtures: a file before and after, the report, and what haproxy said of the result.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use lint::edit::EditError;
use lint::migrate::report::{
    Cluster, Machine, Report, html, json, machine_json, machine_markdown, machine_text, markdown, text,
};
use lint::migrate::{Migrated, Options, VERSIONS, keepalived, migrate, reference};
use syntax::Version;

/// A language with its fixtures.
struct Language {
    /// The folder of its cases, below `compat-fixtures`.
    folder: &'static str,
    /// The ending of its files.
    ending: &'static str,
    versions: &'static [Version],
    migrate: fn(&[u8], Options) -> Result<Migrated, EditError>,
    /// The page that lists its migrations, and what is on it.
    page: (&'static str, fn() -> String),
    /// Cases in which a person has to decide before the target takes the file.
    undecided: &'static [&'static str],
    /// From the oldest version to these, every recorded file is tried.
    targets: &'static [(&'static str, bool)],
}

const LANGUAGES: &[Language] = &[
    Language {
        folder: "migrate",
        ending: "cfg",
        versions: VERSIONS,
        migrate,
        page: ("haproxy-migrations.md", reference),
        undecided: &["unique-names", "server-port", "version-3.3"],
        targets: &[("2.6", false), ("3.4", true)],
    },
    Language {
        folder: "migrate-keepalived",
        ending: "conf",
        versions: keepalived::VERSIONS,
        migrate: keepalived::migrate,
        page: ("keepalived-migrations.md", keepalived::reference),
        undecided: &["no-peers", "link-local-strict", "iptables"],
        targets: &[("2.2", false), ("2.4", true)],
    },
];

/// A file before its migration.
struct Case {
    name: String,
    path: PathBuf,
    before: Vec<u8>,
}

impl Language {
    fn root(&self) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../compat-fixtures")
            .join(self.folder)
    }

    /// A file of a case.
    fn file(&self, case: &Case, name: &str) -> PathBuf {
        case.path.join(format!("{name}.{}", self.ending))
    }

    /// The cases: a folder for each.
    fn cases(&self) -> Vec<Case> {
        let mut out: Vec<Case> = fs::read_dir(self.root())
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_dir())
            .map(|path| {
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                let before = fs::read(path.join(format!("before.{}", self.ending))).expect("a file before");
                Case { name, path, before }
            })
            .collect();
        out.sort_by(|one, other| one.name.cmp(&other.name));
        assert!(out.len() > 20, "{}", out.len());
        out
    }

    fn version(&self, text: &str) -> Version {
        let found = self.versions.iter().find(|version| version.to_string() == text);
        *found.expect("a version")
    }

    /// What the first line of a case asks for: `# holdfast migrate --from 1.4 --to 2.6 [--pin]`.
    fn options(&self, before: &[u8]) -> Options {
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
            self.version(words[at + 1])
        };
        Options {
            from: Some(value("--from")),
            to: value("--to"),
            pin: words.contains(&"--pin"),
        }
    }
}

fn report(migrated: &Migrated) -> Report<'_> {
    Report {
        name: if migrated.program == "HAProxy" {
            "haproxy.cfg"
        } else {
            "keepalived.conf"
        },
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
    for language in LANGUAGES {
        for case in language.cases() {
            let options = language.options(&case.before);
            let migrated = (language.migrate)(&case.before, options).expect("the edits fit");
            keep(&language.file(&case, "after"), &migrated.after, &mut stale);
            keep(
                &case.path.join("report.txt"),
                text(&report(&migrated)).as_bytes(),
                &mut stale,
            );
            let again = (language.migrate)(&migrated.after, options).expect("the edits fit");
            assert_eq!(
                String::from_utf8_lossy(&again.after),
                String::from_utf8_lossy(&migrated.after),
                "{}",
                case.name
            );
        }
    }
    assert!(stale.is_empty(), "written anew, look at them: {stale:#?}");
}

#[test]
fn the_original_takes_what_the_migrations_wrote() {
    #[derive(serde::Deserialize)]
    struct Verdict {
        exit: i32,
        #[serde(alias = "alerts")]
        said: Vec<String>,
        after: String,
    }
    for language in LANGUAGES {
        let text = fs::read_to_string(language.root().join("verdicts.json")).expect("record.py wrote it");
        let verdicts: BTreeMap<String, Verdict> = serde_json::from_str(&text).expect("it is JSON");
        for case in language.cases() {
            let name = &case.name;
            let verdict = verdicts
                .get(name)
                .unwrap_or_else(|| panic!("{name} is not recorded"));
            let after = fs::read_to_string(language.file(&case, "after")).expect("a file after");
            assert_eq!(
                verdict.after, after,
                "{name} was recorded with another text: run record.py"
            );
            let undecided = language.undecided.contains(&name.as_str());
            // keepalived ends so where scripts run as root and it was not told to look after them; it runs the file.
            let secured = verdict.exit != 6 || !verdict.said.concat().contains("script_security not enabled");
            assert_eq!(
                verdict.exit != 0 && secured,
                undecided,
                "{name}: {:?}",
                verdict.said
            );
        }
    }
}

#[test]
fn every_migration_has_a_case() {
    for language in LANGUAGES {
        let page = (language.page.1)();
        let names: Vec<&str> = page
            .lines()
            .filter_map(|line| line.strip_prefix("### "))
            .collect();
        let mut seen = String::new();
        for case in language.cases() {
            seen += &fs::read_to_string(case.path.join("report.txt")).expect("a report");
        }
        let missing: Vec<&&str> = names
            .iter()
            .filter(|name| !seen.contains(&format!("[{name}]")))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

#[test]
fn the_pages_of_migrations_are_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated");
    let mut stale = Vec::new();
    for language in LANGUAGES {
        let (name, page) = language.page;
        keep(&folder.join(name), page().as_bytes(), &mut stale);
    }
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
    let files = std::slice::from_ref(&report);
    let machine = Machine {
        files,
        clusters: &[],
        left: &[],
    };
    let page = html(&machine);
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

/// A machine with a file of each kind: one that goes at once, one that is otherwise, one that waits, and a cluster that cannot.
#[test]
fn a_machine_is_told_what_goes_now_what_first_and_what_never() {
    let options = |pin| Options {
        from: Some(Version::new(1, 8)),
        to: Version::new(3, 4),
        pin,
    };
    let done = |text: &str, pin| migrate(text.as_bytes(), options(pin)).expect("the edits fit");
    let plain = done(
        "global\n    nbthread 1\n    insecure-setuid-wanted\n    no strict-limits\n",
        false,
    );
    let otherwise = done(
        "backend b\n    server a 127.0.0.1:1\n    server b 127.0.0.1:2\n",
        false,
    );
    let waits = done(
        "frontend f\n    mode http\n    bind :80\n    reqideny \\.exe\n",
        false,
    );
    let report = |name, migrated| Report {
        name,
        migrated,
        refused: &[],
    };
    let files = [
        report("waits.cfg", &waits),
        report("otherwise.cfg", &otherwise),
        report("plain.cfg", &plain),
    ];
    let clusters = [Cluster {
        name: "/etc/ha.d".to_owned(),
        blocking: vec!["stonith: <no>".to_owned()],
        by_hand: Vec::new(),
    }];
    let left = [(
        "/etc/haproxy/errors.http".to_owned(),
        "no configuration".to_owned(),
    )];
    let machine = Machine {
        files: &files,
        clusters: &clusters,
        left: &left,
    };
    let value: serde_json::Value = serde_json::from_str(&machine_json(&machine)).expect("it is JSON");
    let verdicts: Vec<(&str, &str)> = value["machine"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            (
                row["file"].as_str().expect("a name"),
                row["verdict"].as_str().expect("a verdict"),
            )
        })
        .collect();
    assert_eq!(
        verdicts,
        [
            ("plain.cfg", "now"),
            ("otherwise.cfg", "now-otherwise"),
            ("waits.cfg", "first"),
            ("/etc/ha.d", "never")
        ]
    );
    let (text, table, page) = (machine_text(&machine), machine_markdown(&machine), html(&machine));
    for shown in [&text, &table, &page] {
        assert!(
            shown.contains("2 can be switched now, 1 after somebody has decided, 1 never as it stands"),
            "{shown}"
        );
        assert!(
            shown.contains("What first") && shown.contains("errors.http"),
            "{shown}"
        );
    }
    assert!(text.contains("stonith: <no>") && !page.contains("<no>") && !table.contains("<no>"));
    for colour in ["green", "yellow", "red", "black"] {
        assert!(page.contains(&format!("class=\"light {colour}\"")), "{colour}");
    }
}

/// Whatever a file holds, its migration ends, and a second one changes nothing.
#[test]
fn every_recorded_file_is_migrated_once() {
    for language in LANGUAGES {
        let mut folders = vec![language.root().join("..")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == language.ending) {
                    let text = fs::read(&path).expect("it can be read");
                    for (to, pin) in language.targets {
                        let options = Options {
                            from: language.versions.first().copied(),
                            to: language.version(to),
                            pin: *pin,
                        };
                        let once = (language.migrate)(&text, options).expect("the edits fit");
                        let twice = (language.migrate)(&once.after, options).expect("the edits fit");
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
        assert!(seen > 60, "{seen}");
    }
}
