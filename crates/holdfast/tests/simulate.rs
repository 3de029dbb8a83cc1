//! `holdfast simulate` as a process: what it says of the documents' files and of pairs that do not fit together, its exit
//! statuses, and that a seed gives the same report again.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const DOCUMENTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../compat-fixtures/documents/keepalived"
);

fn simulate(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .arg("simulate")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> (Value, i32) {
    let output = simulate(folder, &[&["--format", "json"], arguments].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code().unwrap())
}

/// The codes of what is wrong, sorted, each once.
fn codes(value: &Value) -> Vec<String> {
    let findings = value["findings"].as_array().unwrap();
    let mut codes: Vec<String> = findings
        .iter()
        .map(|one| one["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The message of the first finding of that code.
fn message(value: &Value, code: &str) -> String {
    let findings = value["findings"].as_array().unwrap();
    let found = findings.iter().find(|one| one["code"] == code);
    found.unwrap_or_else(|| panic!("no {code} in {value:#}"))["message"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The tale of the first router under that failure.
fn tale<'a>(value: &'a Value, fail: &str) -> &'a Value {
    let failures = value["failures"].as_array().unwrap();
    let found = failures.iter().find(|one| one["fail"][0] == fail);
    &found.unwrap_or_else(|| panic!("no {fail} in {value:#}"))["routers"][0]
}

/// A folder with the files a.conf and b.conf.
fn pair(a: &str, b: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.conf"), a).unwrap();
    fs::write(folder.path().join("b.conf"), b).unwrap();
    folder
}

/// An instance with a tracked script of that weight.
fn weighted(priority: u8, weight: i16, more: &str) -> String {
    format!(
        "vrrp_script check {{\n script \"/bin/true\"\n interval 2\n fall 2\n weight {weight}\n}}\n\
         vrrp_instance VI_1 {{\n interface eth0\n virtual_router_id 51\n priority {priority}\n {more}\n\
         virtual_ipaddress {{\n 192.0.2.99\n }}\n track_script {{\n check\n }}\n}}\n"
    )
}

#[test]
fn the_first_documents_pair_survives_every_single_failure() {
    let (value, status) = json(
        Path::new(DOCUMENTS),
        &["001-lb1-master.conf", "001-lb2-backup.conf"],
    );
    assert_eq!((status, codes(&value)), (0, vec![]), "{value:#}");
    assert_eq!(value["routers"][0]["members"][0]["effective_priority"], 103);
    let crash = tale(&value, "node:001-lb1-master");
    assert_eq!(crash["failed"]["holders"][0], "001-lb2-backup");
    assert_eq!(crash["mended"]["holders"][0], "001-lb1-master");
    // 3 adverts and the skew of priority 102, less the time since the last advert: the worst of the moments tried.
    let gap = crash["failed"]["nobody_ms"].as_f64().unwrap();
    assert!((3400.0..3605.0).contains(&gap), "{gap}");
    let stop = tale(&value, "stop:001-lb1-master")["failed"]["nobody_ms"]
        .as_f64()
        .unwrap();
    // Who says goodbye is followed after the skew.
    assert!((600.0..605.0).contains(&stop), "{stop}");
    let script = tale(&value, "script:chk_haproxy@001-lb1-master");
    assert_eq!(script["moved"], true);
    assert!(script["failed"]["nobody_ms"].as_f64().unwrap() < 1.0);
    let cut = tale(&value, "link:001-lb1-master-001-lb2-backup");
    assert_eq!(cut["failed"]["holders"].as_array().unwrap().len(), 2);
    assert_eq!(cut["mended"]["holders"][0], "001-lb1-master");
}

#[test]
fn the_second_documents_files_are_no_pair() {
    let folder = Path::new(DOCUMENTS);
    let (value, status) = json(folder, &["002-dc1.conf", "002-dc2.conf"]);
    assert_eq!(status, 1);
    assert_eq!(
        codes(&value),
        ["addresses-differ", "equal-priorities", "several-masters"]
    );
    let output = simulate(folder, &["002-dc1.conf", "002-dc2.conf"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains(
            "[addresses-differ] virtual router 50: the addresses differ: dc1server on 002-dc1 has 10.0.10.3"
        ),
        "{text}"
    );
}

#[test]
fn weights_that_are_too_small_are_told_with_the_priorities() {
    let folder = pair(&weighted(150, -10, ""), &weighted(100, -10, ""));
    let (value, status) = json(folder.path(), &["a.conf", "b.conf"]);
    assert_eq!((status, codes(&value)), (1, vec!["does-not-move".to_owned()]));
    assert_eq!(
        message(&value, "does-not-move"),
        "script check fails on a: the addresses stay on a: the weight is too small, a still has priority 140 and b only 100"
    );
    let folder = pair(&weighted(150, -50, ""), &weighted(100, -50, ""));
    let (value, _) = json(folder.path(), &["a.conf", "b.conf"]);
    assert!(message(&value, "does-not-move").contains("both have priority 100 then"));
    let folder = pair(&weighted(150, -51, ""), &weighted(100, -51, ""));
    assert_eq!(json(folder.path(), &["a.conf", "b.conf"]).1, 0);
}

#[test]
fn nopreempt_with_weights_is_told() {
    let folder = pair(
        &weighted(150, -100, "state BACKUP\n nopreempt"),
        &weighted(100, -100, "state BACKUP\n nopreempt"),
    );
    let (value, status) = json(folder.path(), &["a.conf", "b.conf"]);
    assert_eq!(status, 1);
    assert_eq!(codes(&value), ["does-not-move", "nopreempt-with-weights"]);
    assert!(message(&value, "does-not-move").contains("b has nopreempt"));
    // A weight of 0 makes a fault of it, which moves them all the same.
    let folder = pair(&weighted(150, 0, "nopreempt"), &weighted(100, 0, "nopreempt"));
    let (value, status) = json(folder.path(), &["a.conf", "b.conf"]);
    assert_eq!((status, codes(&value)), (0, vec![]));
    let tale = tale(&value, "script:check@a");
    assert_eq!(
        (&tale["moved"], &tale["mended"]["holders"][0]),
        (&true.into(), &"b".into())
    );
}

#[test]
fn what_must_be_equal_and_is_not_is_named() {
    let good = weighted(150, -60, "");
    for (other, code) in [
        (
            good.replace("virtual_router_id 51", "virtual_router_id 52"),
            "vrid-differs",
        ),
        (good.replace("priority 150", "advert_int 3"), "interval-differs"),
        (good.replace("priority 150", "version 3"), "version-differs"),
        (
            good.replace(
                "priority 150",
                "authentication {\n auth_type PASS\n auth_pass secret\n }",
            ),
            "authentication-differs",
        ),
        (
            good.replace("192.0.2.99", "192.0.2.99\n 192.0.2.98"),
            "addresses-differ",
        ),
        (
            good.replace("priority 150", "mcast_dst_ip 224.0.0.99"),
            "destination-differs",
        ),
    ] {
        let folder = pair(&good, &other);
        let (value, status) = json(folder.path(), &["a.conf", "b.conf"]);
        assert_eq!(status, 1, "{code}");
        let codes = codes(&value);
        assert!(codes.contains(&code.to_owned()), "{code}: {codes:?}");
        assert!(codes.contains(&"several-masters".to_owned()), "{code}: {codes:?}");
    }
}

#[test]
fn partners_that_do_not_name_each_other_are_told() {
    let unicast = |priority, own: &str, peer: &str| {
        weighted(
            priority,
            -60,
            &format!("unicast_src_ip {own}\n unicast_peer {{\n {peer}\n }}"),
        )
    };
    let folder = pair(
        &unicast(150, "192.0.2.1", "192.0.2.2"),
        &unicast(100, "192.0.2.2", "192.0.2.1"),
    );
    assert_eq!(json(folder.path(), &["a.conf", "b.conf"]).1, 0);
    let folder = pair(
        &unicast(150, "192.0.2.1", "192.0.2.3"),
        &unicast(100, "192.0.2.2", "192.0.2.1"),
    );
    let (value, _) = json(folder.path(), &["a.conf", "b.conf"]);
    assert!(message(&value, "not-a-peer").starts_with("VI_1 on a does not name VI_1 on b (192.0.2.2)"));
}

#[test]
fn the_instances_of_a_group_move_together() {
    let instance = |name: &str, interface: &str, vrid: u8, priority: u8| {
        format!(
            "vrrp_instance {name} {{\n interface {interface}\n virtual_router_id {vrid}\n priority {priority}\n\
             virtual_ipaddress {{\n 192.0.{vrid}.99\n }}\n}}\n"
        )
    };
    let file = |priority| {
        format!(
            "vrrp_sync_group G {{\n group {{\n OUT\n IN\n }}\n}}\n{}{}",
            instance("OUT", "eth0", 51, priority),
            instance("IN", "eth1", 52, priority)
        )
    };
    let folder = pair(&file(150), &file(100));
    let (value, status) = json(folder.path(), &["a.conf", "b.conf"]);
    assert_eq!((status, codes(&value)), (0, vec![]), "{value:#}");
    let failures = value["failures"].as_array().unwrap();
    let cable = failures
        .iter()
        .find(|one| one["fail"][0] == "interface:eth1@a")
        .unwrap();
    for router in 0..2 {
        assert_eq!(cable["routers"][router]["failed"]["holders"][0], "b", "{cable:#}");
        assert_eq!(cable["routers"][router]["mended"]["holders"][0], "a", "{cable:#}");
    }
}

#[test]
fn an_interface_that_addresses_need_fails_once_for_all() {
    let file = |priority| {
        let plain = weighted(
            priority,
            0,
            "virtual_routes {\n 10.7.0.0/24 via 192.0.2.1 dev eth2\n }",
        );
        plain.replace("192.0.2.99", "192.0.2.99 dev eth1")
    };
    let folder = pair(&file(150), &file(100));
    let (value, status) = json(folder.path(), &["a.conf", "b.conf"]);
    assert_eq!((status, codes(&value)), (0, vec![]), "{value:#}");
    for interface in ["eth0", "eth1", "eth2"] {
        assert_eq!(tale(&value, &format!("interface:{interface}@a"))["moved"], true);
    }
    let all = value["failures"].as_array().unwrap().len();
    // Two nodes and two stops, a script and three interfaces of each, and a link.
    assert_eq!(all, 2 + 2 + 2 * 4 + 1, "{value:#}");
}

#[test]
fn failures_can_be_chosen_and_come_together() {
    let folder = Path::new(DOCUMENTS);
    let files = ["lb1=001-lb1-master.conf", "lb2=001-lb2-backup.conf"];
    let (value, status) = json(
        folder,
        &[
            "--fail",
            "script:chk_haproxy@lb1",
            "--fail",
            "node:lb2",
            "--for",
            "20s",
            files[0],
            files[1],
        ],
    );
    assert_eq!(value["failures"].as_array().unwrap().len(), 1);
    let tale = tale(&value, "script:chk_haproxy@lb1");
    assert_eq!(tale["failed"]["holders"][0], "lb1", "nobody else is left");
    assert_eq!(status, 1);
    assert!(message(&value, "does-not-move").contains("nobody is there to take over"));
    let hang = ["--fail", "hang:chk_haproxy@lb1", files[0], files[1]];
    assert_eq!(json(folder, &hang).0["failures"][0]["routers"][0]["moved"], true);
}

#[test]
fn a_seed_gives_the_same_report_again() {
    let report = |seed: &str| {
        let arguments = [
            "--seed",
            seed,
            "--loss",
            "20",
            "001-lb1-master.conf",
            "001-lb2-backup.conf",
        ];
        simulate(Path::new(DOCUMENTS), &arguments).stdout
    };
    assert_eq!(report("7"), report("7"));
    assert_ne!(report("7"), report("8"));
}

#[test]
fn what_cannot_be_simulated_has_its_own_exit_status() {
    let folder = pair(
        "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n}\n",
        "global_defs {\n}\n",
    );
    let status = |arguments: &[&str]| simulate(folder.path(), arguments).status.code();
    assert_eq!(status(&["missing.conf"]), Some(3));
    assert_eq!(status(&["b.conf"]), Some(3), "no instance");
    assert_eq!(status(&[]), Some(2));
    assert_eq!(status(&["--fail", "node:c", "a.conf"]), Some(2));
    assert_eq!(status(&["--fail", "script:none@a", "a.conf"]), Some(2));
    assert_eq!(status(&["a.conf"]), Some(1), "nobody takes over");
}

/// The folders a and b with heartbeat's files.
fn heartbeats(ha_cf: &str, haresources: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for node in ["a", "b"] {
        let place = folder.path().join(node);
        fs::create_dir(&place).unwrap();
        let text = format!("keepalive 1\ndeadtime 5\ninitdead 10\nbcast eth0\nnode a b\n{ha_cf}\n");
        fs::write(place.join("ha.cf"), text).unwrap();
        fs::write(place.join("haresources"), haresources).unwrap();
        fs::write(place.join("authkeys"), "auth 1\n1 sha1 somerandomstring\n").unwrap();
    }
    folder
}

/// The tale of a group under that failure.
fn group_tale<'a>(value: &'a Value, fail: &str, group: usize) -> &'a Value {
    let failures = value["failures"].as_array().unwrap();
    let found = failures.iter().find(|one| one["fail"][0] == fail);
    &found.unwrap_or_else(|| panic!("no {fail} in {value:#}"))["groups"][group]
}

#[test]
fn the_documents_heartbeats_take_over_within_their_dead_time() {
    let folder = Path::new(DOCUMENTS).parent().unwrap().join("heartbeat");
    let (value, status) = json(&folder, &["004-lb1", "004-lb2"]);
    assert_eq!(status, 0, "{value:#}");
    assert_eq!(
        value["groups"][0]["holders"],
        serde_json::json!(["lb1.example.com"])
    );
    let dead = group_tale(&value, "node:lb1.example.com", 0);
    assert_eq!(dead["failed"]["holders"], serde_json::json!(["lb2.example.com"]));
    assert_eq!(dead["mended"]["holders"], serde_json::json!(["lb1.example.com"]));
    // deadtime 10, keepalive 2, and a second.
    let nobody = dead["failed"]["nobody_ms"].as_f64().unwrap();
    assert!((8_000.0..13_000.0).contains(&nobody), "{nobody}");
    let stopped = group_tale(&value, "stop:lb1.example.com", 0);
    assert!(stopped["failed"]["nobody_ms"].as_f64().unwrap() < 1_000.0);
    // The only network: both have the address while it is cut, and one has it afterwards.
    let cut = group_tale(&value, "way:eth0", 0);
    assert!(cut["failed"]["several_ms"].as_f64().unwrap() > 10_000.0);
    assert!(cut["mended"]["several_ms"].as_f64().unwrap() < 1_000.0);
    assert_eq!(cut["mended"]["holders"].as_array().unwrap().len(), 1);
    let again = json(&folder, &["004-lb1", "004-lb2"]);
    assert_eq!(again.0, value);
}

#[test]
fn a_second_network_keeps_heartbeats_together_and_ipfail_moves_what_they_have() {
    let more =
        "auto_failback off\nucast eth1 10.0.0.1\nping 192.168.0.1\nrespawn root /usr/lib/heartbeat/ipfail";
    let folder = heartbeats(more, "a 192.168.0.99 nginx\nb 192.168.0.98\n");
    let (value, status) = json(folder.path(), &["a", "b"]);
    assert_eq!(status, 0, "{value:#}");
    for way in ["way:eth0", "way:eth1"] {
        assert_eq!(group_tale(&value, way, 0)["changes"], serde_json::json!([]));
    }
    let unreached = group_tale(&value, "ping:192.168.0.1@a", 0);
    assert_eq!(unreached["failed"]["holders"], serde_json::json!(["b"]));
    let broken = group_tale(&value, "script:nginx@b", 0);
    assert_eq!(broken["failed"]["holders"], serde_json::json!([]));
    assert_eq!(
        group_tale(&value, "script:nginx@b", 1)["changes"],
        serde_json::json!([])
    );
    let without = heartbeats("auto_failback off\nping 192.168.0.1", "a 192.168.0.99\n");
    let (value, _) = json(without.path(), &["a", "b"]);
    assert_eq!(
        group_tale(&value, "ping:192.168.0.1@a", 0)["changes"],
        serde_json::json!([])
    );
}

#[test]
fn heartbeats_files_that_cannot_run_and_failures_that_cannot_happen_are_told() {
    let folder = heartbeats("auto_failback off", "a 192.168.0.99\n");
    let output = simulate(folder.path(), &["a", "b", "--fail", "node:c"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("'node:c': it is one of node:a, node:b, stop:a")
    );
    let (value, _) = json(folder.path(), &["a", "b", "--fail", "stop:a", "--fail", "stop:b"]);
    assert_eq!(codes(&value), ["left-without-holder"]);
    fs::write(folder.path().join("b/haresources"), "").unwrap();
    let output = simulate(folder.path(), &["a", "b"]);
    assert_eq!(output.status.code(), Some(3));
    fs::write(folder.path().join("b/ha.cf"), "keepalive x\n").unwrap();
    assert_eq!(simulate(folder.path(), &["a", "b"]).status.code(), Some(3));
}
