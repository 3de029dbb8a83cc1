//! `keepalived -t` as a process: exit statuses, and where the messages go. What is said of which file is tested in
//! keepalived-conf.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// No interface that an instance could have is there on every machine.
const GOOD: &str = "global_defs {\n router_id a\n}\n";

/// Runs the program under its link in a folder that holds `text` as k.conf.
fn run(text: &str, arguments: &[&str]) -> (TempDir, Output) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("k.conf"), text).unwrap();
    let link = folder.path().join("keepalived");
    symlink(env!("CARGO_BIN_EXE_holdfast"), &link).unwrap();
    let output = Command::new(&link)
        .args(arguments)
        .current_dir(folder.path())
        .env_remove("HOLDFAST_KEEPALIVED_DIALECT")
        .output()
        .unwrap();
    (folder, output)
}

fn status(text: &str, arguments: &[&str]) -> Option<i32> {
    run(text, arguments).1.status.code()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_clean_file_is_accepted_without_a_word() {
    for arguments in [
        &["-t", "-f", "k.conf"][..],
        &["-t", "-f", "k.conf", "--dialect", "2.2"],
        &["--config-test", "--use-file=k.conf", "-l", "-D"],
    ] {
        let (_folder, output) = run(GOOD, arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(
            output.stdout.is_empty() && output.stderr.is_empty(),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_file_that_runs_is_accepted_with_its_warnings_and_refused_by_the_originals_verdict() {
    let text = GOOD.replace("router_id a", "router_id a\n ruter_id b");
    let (_folder, output) = run(&text, &["-t", "-f", "k.conf"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        errors(&output),
        "(k.conf: Line 3) Unknown keyword 'ruter_id'\n   | k.conf:3:2: did you mean 'router_id'?\n"
    );
    assert!(output.stdout.is_empty());
    assert_eq!(status(&text, &["-t", "-f", "k.conf", "--dialect=2.2"]), Some(5));
}

#[test]
fn a_keyword_without_its_value_is_refused() {
    let text = GOOD.replace("router_id a", "smtp_server");
    assert_eq!(status(&text, &["-t", "-f", "k.conf"]), Some(2));
    assert_eq!(
        status(&text, &["-t", "-f", "k.conf", "--dialect", "2.2"]),
        Some(2)
    );
}

#[test]
fn an_interface_that_is_not_there_is_refused() {
    let text = "vrrp_instance A {\n interface nosuch0\n virtual_router_id 5\n virtual_ipaddress {\n  10.0.0.1\n }\n}\n";
    assert_eq!(status(text, &["-t", "-f", "k.conf"]), Some(5));
}

#[test]
fn the_loopback_interface_is_none_for_an_instance() {
    let text =
        "vrrp_instance A {\n interface lo\n virtual_router_id 5\n virtual_ipaddress {\n  10.0.0.1\n }\n}\n";
    let (_folder, output) = run(text, &["-t", "-f", "k.conf"]);
    assert_eq!(output.status.code(), Some(0));
    let said = errors(&output);
    assert!(
        said.starts_with("(k.conf: Line 2) (A) cannot use a loopback interface (lo) for vrrp - ignoring\n"),
        "{said}"
    );
    assert_eq!(status(text, &["-t", "-f", "k.conf", "--dialect", "2.2"]), Some(5));
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    assert_eq!(status(GOOD, &["-t", "-f", "other.conf"]), Some(5));
    // The original accepts it, unless it was told to mind.
    assert_eq!(
        status(GOOD, &["-t", "-f", "other.conf", "--dialect", "2.2"]),
        Some(0)
    );
    assert_eq!(
        status(GOOD, &["-t", "-e", "-f", "other.conf", "--dialect", "2.2"]),
        Some(4)
    );
}

#[test]
fn the_messages_may_go_to_a_file() {
    let text = GOOD.replace("router_id a", "router_id a\n foo");
    for argument in ["-tmessages", "--config-test=messages"] {
        let (folder, output) = run(&text, &[argument, "-f", "k.conf"]);
        assert_eq!(output.status.code(), Some(0), "{argument}");
        assert!(output.stderr.is_empty(), "{argument}");
        let said = fs::read_to_string(folder.path().join("messages")).unwrap();
        assert!(
            said.starts_with("(k.conf: Line 3) Unknown keyword 'foo'\n"),
            "{said}"
        );
    }
}

#[test]
fn a_command_line_that_cannot_be_read_is_refused_and_the_version_is_told() {
    let (_folder, output) = run(GOOD, &["--bogus"]);
    assert_eq!(
        (output.status.code(), &*errors(&output)),
        (Some(1), "Unknown option --bogus\n")
    );
    let (_folder, output) = run(GOOD, &["-f"]);
    assert_eq!(
        (output.status.code(), &*errors(&output)),
        (Some(1), "Missing parameter for option -f\n")
    );
    let (_folder, output) = run(GOOD, &["-v"]);
    assert_eq!(output.status.code(), Some(0));
    let said = errors(&output);
    assert!(
        said.starts_with("Keepalived v2.") && said.contains("This is Holdfast"),
        "{said}"
    );
    let (_folder, output) = run(GOOD, &["--signum=RELOAD"]);
    assert_eq!((output.status.code(), &*output.stdout), (Some(0), &b"1\n"[..]));
}

#[test]
fn holdfast_keepalived_is_the_same_program() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.conf");
    fs::write(&file, GOOD).unwrap();
    let run = |arguments: &[&str], file: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command.arg("keepalived").args(arguments).arg(file);
        command.output().unwrap().status.code()
    };
    assert_eq!(run(&["-t", "-f"], &file), Some(0));
    assert_eq!(run(&["-t", "-f"], &folder.path().join("none")), Some(5));
}
