//! `holdfast migrate --from heartbeat --to keepalived` on whole clusters: the files and the report that come of them, and that
//! keepalived takes the files. compat-fixtures/migrate-heartbeat has the clusters, what was made of them, and keepalived's recorded
//! answers to exactly that.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;

#[derive(Deserialize)]
struct Verdict {
    text: String,
    status: i32,
    said: Vec<String>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures")
}

/// Name and folders of each cluster; relative to the fixtures, so that reports are the same everywhere.
fn clusters() -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    let documents = ["documents/heartbeat/004-lb1", "documents/heartbeat/004-lb2"];
    out.insert(
        "document-004".to_owned(),
        documents.map(ToOwned::to_owned).to_vec(),
    );
    for entry in fs::read_dir(fixtures().join("migrate-heartbeat")).expect("the clusters are there") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        let folders: Vec<String> = ["lb1", "lb2"]
            .iter()
            .filter(|node| entry.path().join(node).is_dir())
            .map(|node| format!("migrate-heartbeat/{name}/{node}"))
            .collect();
        if !folders.is_empty() {
            out.insert(name, folders);
        }
    }
    out
}

fn migrate(folders: &[String], output: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .current_dir(fixtures())
        .args(["migrate", "--from", "heartbeat", "--to", "keepalived", "--output"])
        .arg(output)
        .args(folders)
        .output()
        .expect("it runs")
}

#[test]
fn whole_clusters_become_what_is_recorded() {
    let mut stale = Vec::new();
    for (name, folders) in clusters() {
        let work = tempfile::tempdir().expect("a folder");
        let done = migrate(&folders, work.path());
        let blocked = matches!(name.as_str(), "blocked" | "differing");
        assert_eq!(done.status.code(), Some(i32::from(blocked)), "{name}: {done:?}");
        let report = fs::read_to_string(work.path().join("report.md")).expect("a report");
        assert_eq!(String::from_utf8_lossy(&done.stdout), report);
        assert_eq!(
            report.contains("stands in the way; do not run"),
            blocked,
            "{report}"
        );
        let report = report.replace(&work.path().display().to_string(), "{OUTPUT}");
        let mut found = vec![("report.md".to_owned(), report)];
        for node in fs::read_dir(work.path())
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
        {
            if !node.is_dir() {
                continue;
            }
            let path = node.join("keepalived.conf");
            let mode = fs::metadata(&path).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "it may hold a password");
            let node = node.file_name().expect("a name").to_string_lossy().into_owned();
            found.push((format!("{node}.conf"), fs::read_to_string(&path).expect("a file")));
        }
        assert_eq!(found.len(), 3, "{name}: {found:?}");
        let made = fixtures().join("migrate-heartbeat").join(&name).join("made");
        for (file, text) in found {
            let path = made.join(file);
            if fs::read_to_string(&path).unwrap_or_default() != text {
                fs::create_dir_all(&made).expect("a folder");
                fs::write(&path, text).expect("it can be written");
                stale.push(path.display().to_string());
            }
        }
    }
    assert!(
        stale.is_empty(),
        "written anew; look at them, run record.py and commit all of it:\n{}",
        stale.join("\n")
    );
}

#[test]
fn keepalived_takes_what_is_made() {
    let text =
        fs::read_to_string(fixtures().join("migrate-heartbeat/verdicts.json")).expect("the record is there");
    let verdicts: BTreeMap<String, Verdict> = serde_json::from_str(&text).expect("it is as it was written");
    let mut asked = 0;
    for name in clusters().keys() {
        let made = fixtures().join("migrate-heartbeat").join(name).join("made");
        for entry in fs::read_dir(&made).expect("what was made is there") {
            let path = entry.expect("an entry").path();
            if path.extension().is_none_or(|ending| ending != "conf") {
                continue;
            }
            let node = path.file_stem().expect("a name").to_string_lossy().into_owned();
            let verdict = verdicts
                .get(&format!("{name}/{node}"))
                .unwrap_or_else(|| panic!("keepalived was not asked about {}", path.display()));
            assert_eq!(
                verdict.text,
                fs::read_to_string(&path).expect("a file"),
                "run record.py"
            );
            assert_eq!(verdict.status, 0, "{name}/{node}: {:?}", verdict.said);
            // Holdfast's own keepalived has nothing to say of it either.
            let ours = Command::new(env!("CARGO_BIN_EXE_holdfast"))
                .args(["keepalived", "-t", "-f"])
                .arg(&path)
                .output()
                .expect("it runs");
            let said = String::from_utf8_lossy(&ours.stderr).into_owned();
            // Interfaces are those of the machine that the file is for.
            let said: Vec<&str> = said.lines().filter(|line| !line.contains("nterface")).collect();
            assert!(said.is_empty(), "{name}/{node}: {said:?}");
            asked += 1;
        }
    }
    assert_eq!(asked, verdicts.len());
    assert!(asked >= 14, "{asked}");
}

#[test]
fn files_that_heartbeat_would_not_run_are_refused_with_each_fault() {
    let work = tempfile::tempdir().expect("a folder");
    let output = work.path().join("out");
    let done = migrate(&["documents/heartbeat/003".to_owned()], &output);
    assert_eq!(done.status.code(), Some(2));
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    for fault in [
        "Cannot open config file [documents/heartbeat/003/ha.cf]",
        "'$VIP' is a placeholder",
        "documents/heartbeat/003/haresources:1:30",
    ] {
        assert!(told.contains(fault), "{told}");
    }
    assert!(!output.exists(), "nothing is written");
    assert!(
        told.contains("looks like a placeholder") && !told.contains("randomString"),
        "{told}"
    );
}

#[test]
fn the_command_line_names_what_it_can_do() {
    let run = |args: &[&str]| {
        let done = Command::new(env!("CARGO_BIN_EXE_holdfast"))
            .args(args)
            .output()
            .expect("it runs");
        (
            done.status.code(),
            String::from_utf8_lossy(&done.stderr).into_owned(),
        )
    };
    let (status, told) = run(&["migrate", "--from", "heartbeat", "--to", "keepalived"]);
    assert_eq!(status, Some(2), "{told}");
    let (status, told) = run(&["migrate", "--from", "heartbeat", "--to", "keepalived", "/nosuch"]);
    assert_eq!(status, Some(2), "{told}");
    assert!(told.contains("/nosuch/ha.cf"), "{told}");
}
