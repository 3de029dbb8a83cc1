//! `holdfast plan` of a keepalived.conf: what it says of a start, and of a reload, is what the machine is like.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::path::Path;

use serde_json::Value;
use test_support::namespace::{Namespace, is_possible};
use test_support::process::wait_for;

/// What is said of a file on a machine with the interface `eth0` of its own, which has 192.0.2.9.
fn plan(namespace: &Namespace, folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let output = namespace
        .command(env!("CARGO_BIN_EXE_holdfast"))
        .arg("plan")
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    let value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"));
    (output.status.code(), value)
}

fn item<'v>(value: &'v Value, part: &str, about: &str) -> (&'v str, &'v str) {
    let items = value[part].as_array().unwrap();
    let found = items
        .iter()
        .find(|item| item["about"].as_str().unwrap().contains(about));
    let found = found.unwrap_or_else(|| panic!("{about}: {value:#}"));
    (found["grade"].as_str().unwrap(), found["what"].as_str().unwrap())
}

fn instance(name: &str, number: u8, more: &str, address: &str) -> String {
    format!(
        "vrrp_instance {name} {{\n    interface eth0\n    virtual_router_id {number}\n{more}    virtual_ipaddress {{\n        {address}/24\n    }}\n}}\n"
    )
}

#[test]
fn a_start_and_a_reload_of_keepalived_are_told_before_they_happen() {
    if !is_possible() {
        eprintln!("left out: namespaces need root and ip");
        return;
    }
    let namespace = Namespace::new().unwrap();
    let far = Namespace::new().unwrap();
    namespace.connect("eth0", &far, "far0").unwrap();
    namespace
        .ip(&["addr", "add", "192.0.2.9/24", "dev", "eth0"])
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let old = format!(
        "vrrp_script chk {{\n    script /bin/true\n}}\n{}{}",
        instance(
            "A",
            5,
            "    state MASTER\n    priority 150\n    track_script {\n        chk\n    }\n",
            "192.0.2.9"
        ),
        instance("B", 6, "    priority 100\n", "192.0.2.20"),
    );
    let new = format!(
        "{}{}",
        instance("A", 5, "    priority 120\n", "192.0.2.10"),
        instance("C", 7, "", "192.0.2.30")
    );
    std::fs::write(folder.path().join("old.conf"), old).unwrap();
    std::fs::write(folder.path().join("new.conf"), new).unwrap();

    let (status, said) = plan(&namespace, folder.path(), &["old.conf"]);
    assert_eq!(status, Some(0), "{said:#}");
    assert!(
        item(&said, "instances", "A (VRID 5")
            .1
            .starts_with("MASTER at once, with priority 150"),
        "{said:#}"
    );
    // Three intervals of a second and the skew time of priority 100.
    assert!(
        item(&said, "instances", "B (VRID 6").1.contains("after 3.61 s"),
        "{said:#}"
    );
    let (grade, what) = item(&said, "addresses", "192.0.2.9 of A");
    assert!(grade == "note" && what.contains("on eth0 already"), "{what}");
    assert_eq!(item(&said, "addresses", "192.0.2.20 of B").0, "ok");
    assert_eq!(item(&said, "scripts", "vrrp_script chk").0, "note", "as root");

    let (status, said) = plan(&namespace, folder.path(), &["new.conf", "--against", "old.conf"]);
    assert_eq!(status, Some(0), "{said:#}");
    let changes = said["changes"].to_string();
    for wanted in [
        "- 192.0.2.9",
        "+ 192.0.2.10",
        "priority 150 becomes 120",
        "\"goes\"",
        "\"comes\"",
    ] {
        assert!(changes.contains(wanted), "{wanted}: {changes}");
    }
    assert!(
        item(&said, "what a reload ends", "instance B")
            .1
            .contains("gives back what it has: 192.0.2.20")
    );
    assert!(
        item(&said, "what a reload ends", "instance A")
            .1
            .contains("stays what it is")
    );

    // Nothing carries the other end.
    far.ip(&["link", "set", "far0", "down"]).unwrap();
    // The kernel takes its time to notice.
    let is_told = || {
        let (_, said) = plan(&namespace, folder.path(), &["old.conf"]);
        let (_, what) = item(&said, "instances", "A (VRID 5");
        what.contains("begins in FAULT").then_some(())
    };
    assert!(wait_for(is_told).is_some(), "nobody tells of the lost carrier");
}
