//! `holdfast plan`: what it says of a start is what the machine is like.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use test_support::process::{Program, free_address, wait_for};

const FRAME: &str =
    "defaults\n    mode http\n    timeout client 5s\n    timeout connect 5s\n    timeout server 5s\n";

fn plan(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .arg("plan")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn write(folder: &Path, name: &str, file: &str) {
    std::fs::write(folder.join(name), format!("{FRAME}{file}")).unwrap();
}

fn json(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = plan(folder, &[arguments, &["--format", "json"]].concat());
    let told = String::from_utf8_lossy(&output.stderr);
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"));
    (output.status.code(), value)
}

/// How grave what is said about something is, and what is said.
fn item<'v>(value: &'v Value, part: &str, about: &str) -> (&'v str, &'v str) {
    let items = value[part].as_array().unwrap();
    let found = items
        .iter()
        .find(|item| item["about"].as_str().unwrap().contains(about))
        .unwrap_or_else(|| panic!("{about}: {value:#}"));
    (found["grade"].as_str().unwrap(), found["what"].as_str().unwrap())
}

#[test]
fn listeners_that_cannot_be_had_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let free = free_address().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let held = taken.local_addr().unwrap();
    let file = format!(
        "frontend a\n    bind {free}\n    default_backend b\nbackend b\n    server s 127.0.0.1:1\nfrontend c\n    bind {held}\nfrontend d\n    \
         bind 192.0.2.77:80\nfrontend e\n    bind unix@/nowhere/at/all.sock\n"
    );
    write(folder.path(), "a.cfg", &file);
    let (status, said) = json(folder.path(), &["a.cfg"]);
    assert_eq!((status, &said["starts"]), (Some(1), &false.into()));
    assert_eq!(
        item(&said, "listeners", &free.to_string()),
        ("ok", "can be bound")
    );
    let (grade, what) = item(&said, "listeners", &held.to_string());
    let holder = format!("(process {})", std::process::id());
    assert!(
        grade == "wrong" && what.contains("in use by") && what.contains(&holder),
        "{what}"
    );
    let (grade, what) = item(&said, "listeners", "192.0.2.77");
    let nonlocal = std::fs::read_to_string("/proc/sys/net/ipv4/ip_nonlocal_bind").unwrap();
    if nonlocal.trim() == "0" {
        assert!(
            grade == "wrong" && what.contains("ip_nonlocal_bind is 0"),
            "{what}"
        );
    }
    let (grade, what) = item(&said, "listeners", "all.sock");
    assert_eq!((grade, what), ("wrong", "there is no folder /nowhere/at"));
    // Nobody is left behind on an address that was tried.
    assert!(TcpListener::bind(free).is_ok());
}

#[test]
fn a_start_beside_a_running_process_is_told_from_one_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = free_address().unwrap();
    write(
        folder.path(),
        "a.cfg",
        &format!("listen a\n    bind {at}\n    server s 127.0.0.1:1\n"),
    );
    let (status, said) = json(folder.path(), &["a.cfg"]);
    assert_eq!((status, &said["starts"]), (Some(0), &true.into()), "{said:#}");
    assert_eq!(item(&said, "files", "a.cfg").0, "ok");
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    let program = Program::start(
        command
            .args(["haproxy", "-db", "-f", "a.cfg"])
            .current_dir(folder.path()),
    )
    .unwrap();
    let up = wait_for(|| std::net::TcpStream::connect(at).ok());
    assert!(up.is_some(), "{}", program.output().unwrap());
    let (status, said) = json(folder.path(), &["a.cfg"]);
    assert_eq!(status, Some(0), "{said:#}");
    let (grade, what) = item(&said, "listeners", &at.to_string());
    let holder = format!("(process {})", program.pid());
    assert!(
        grade == "note" && what.contains(&holder) && what.contains("a reload takes it over"),
        "{what}"
    );
}

#[test]
fn what_the_process_needs_is_held_to_what_there_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = free_address().unwrap();
    let file = format!(
        "global\n    maxconn 1000\n    chroot /nowhere\n    pidfile /nowhere/pid\nlisten a\n    bind {at}\n    server s 127.0.0.1:1\n"
    );
    write(folder.path(), "a.cfg", &file);
    let (status, said) = json(folder.path(), &["a.cfg"]);
    assert_eq!(status, Some(1));
    let (grade, what) = item(&said, "process", "descriptors");
    assert!(
        grade == "ok" && what.starts_with("2017 for maxconn 1000"),
        "{what}"
    );
    let (_, what) = item(&said, "process", "memory");
    assert!(what.starts_with("at most 37 MiB for 1000 connections"), "{what}");
    assert_eq!(item(&said, "process", "chroot").0, "wrong");
    assert_eq!(
        item(&said, "process", "pidfile"),
        ("wrong", "there is no folder /nowhere")
    );
    assert!(
        said["kernel"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["about"] == "net.core.somaxconn")
    );

    write(
        folder.path(),
        "b.cfg",
        &format!("global\n    maxconn 100000000\nlisten a\n    bind {at}\n    server s 127.0.0.1:1\n"),
    );
    let (status, said) = json(folder.path(), &["b.cfg"]);
    assert_eq!(status, Some(1), "{said:#}");
    assert_eq!(item(&said, "process", "descriptors").0, "wrong");
}

#[test]
fn a_reload_says_what_changes_and_whom_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (free_address().unwrap(), free_address().unwrap());
    let old = format!(
        "global\n    hard-stop-after 30s\nfrontend a\n    bind {one}\n    default_backend b\nfrontend raw\n    mode tcp\n    bind {other}\n    \
         default_backend t\nbackend b\n    server s1 127.0.0.1:1\n    server s2 127.0.0.1:2\nbackend t\n    mode tcp\n    server t1 127.0.0.1:3\n"
    );
    let new = old
        .replace("    server s2 127.0.0.1:2\n", "    server s3 127.0.0.1:2\n")
        .replace(
            &format!("frontend raw\n    mode tcp\n    bind {other}\n    default_backend t\n"),
            "",
        );
    write(folder.path(), "old.cfg", &old);
    write(folder.path(), "new.cfg", &new);
    let (status, said) = json(folder.path(), &["new.cfg", "--against", "old.cfg"]);
    assert_eq!(status, Some(1), "a listener goes: {said:#}");
    let changes: Vec<&str> = said["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        changes,
        ["- server s2 127.0.0.1:2", "+ server s3 127.0.0.1:2", "goes"]
    );
    let ends = "what a reload ends";
    assert_eq!(item(&said, ends, &format!("a {one}")).0, "ok");
    let (grade, what) = item(&said, ends, &format!("raw {other}"));
    assert!(grade == "wrong" && what.contains("nobody listens"), "{what}");
    let (_, what) = item(&said, ends, "connections of raw");
    assert_eq!(
        what,
        "stay with the old process: cut off after 30000 ms (hard-stop-after)"
    );
    assert_eq!(item(&said, ends, "server b/s2").0, "note");
    let (status, said) = json(folder.path(), &["old.cfg", "--against", "old.cfg"]);
    assert_eq!(
        (status, said["changes"].as_array().unwrap().len()),
        (Some(0), 0),
        "{said:#}"
    );
}

#[test]
fn a_file_that_haproxy_refuses_is_refused_in_its_words() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.cfg", "frontend a\n    bonkers\n");
    let output = plan(folder.path(), &["a.cfg"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown keyword 'bonkers'"));
    let text = {
        let at = free_address().unwrap();
        write(
            folder.path(),
            "b.cfg",
            &format!("listen a\n    bind {at}\n    server s 127.0.0.1:1\n"),
        );
        String::from_utf8(plan(folder.path(), &["b.cfg"]).stdout).unwrap()
    };
    assert!(
        text.starts_with("listeners\n  ok    a 127.0.0.1:") && text.ends_with("\nIt would start.\n"),
        "{text}"
    );
}
