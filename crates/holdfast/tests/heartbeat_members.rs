//! Who belongs to a heartbeat cluster beside its nodes: hosts that are pinged, programs that run along, and programs that ask. Pairs
//! of Holdfast, and of Holdfast with Debian's heartbeat; its cl_status and ipfail speak with Holdfast, and Holdfast's with it. Root is
//! needed; without it, or without the original where it takes part, tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use test_support::namespace::is_possible;

mod heartbeat_node;

use heartbeat_node::{Machine, Pair, Which, has_original};

const SECOND: Duration = Duration::from_secs(1);

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is pinged. The second node has it, and the first one reaches it by the cable.
const PINGED: &str = "192.168.0.250";

const ORIGINALS_IPFAIL: &str = "/usr/libexec/heartbeat/ipfail";

fn main() {
    let root = is_possible();
    let mixed = root && has_original();
    let mut trials = Vec::new();
    let mut add = |name: &str, possible: bool, test: Box<dyn FnOnce() + Send>| {
        let trial = Trial::test(name, move || {
            test();
            Ok::<(), Failed>(())
        });
        trials.push(trial.with_ignored_flag(!possible));
    };
    let ours = Which::Holdfast;
    let theirs = Which::Original;
    for (name, which, ipfail, possible) in [
        ("a_pure_pair", [ours, ours], [ours, ours], root),
        ("the_first_of_a_mixed_pair", [ours, theirs], [ours, theirs], mixed),
        (
            "the_second_of_a_mixed_pair",
            [theirs, ours],
            [theirs, ours],
            mixed,
        ),
        ("a_pair_with_debians_ipfail", [ours, ours], [theirs, ours], mixed),
    ] {
        add(
            &format!("{name}_hands_over_when_the_other_one_reaches_more"),
            possible,
            Box::new(move || ipfail_hands_over(which, ipfail)),
        );
    }
    add(
        "a_ping_node_that_never_answers_is_waited_for",
        root,
        Box::new(a_ping_node_that_never_answers_is_waited_for),
    );
    add(
        "programs_run_along_as_their_users",
        root,
        Box::new(programs_run_along_as_their_users),
    );
    add(
        "cl_status_answers_and_gives_the_statuses_of_the_original",
        root,
        Box::new(cl_status_answers),
    );
    add(
        "both_cl_status_say_the_same_of_both_programs",
        mixed,
        Box::new(both_cl_status_say_the_same),
    );
    let mut arguments = Arguments::from_args();
    // They wait most of the time.
    arguments.test_threads.get_or_insert(4);
    libtest_mimic::run(&arguments, trials).exit()
}

/// Holdfast under the name of one of heartbeat's programs.
fn named(machine: &Machine, name: &str) -> String {
    let path = machine.path(name);
    if !path.exists() {
        symlink(env!("CARGO_BIN_EXE_holdfast"), &path).unwrap();
    }
    path.display().to_string()
}

fn has_pinged(pair: &Pair) {
    pair.0[1]
        .network
        .ip(&["addr", "add", &format!("{PINGED}/32"), "dev", "lo"])
        .unwrap();
}

fn ipfail_hands_over(which: [Which; 2], ipfail: [Which; 2]) {
    let pair = Pair::new(
        which,
        &format!("auto_failback off\nping {PINGED}\ndeadping 2\napiauth ipfail uid=root"),
    );
    has_pinged(&pair);
    for (machine, ipfail) in pair.0.iter().zip(ipfail) {
        let program = match ipfail {
            Which::Holdfast => named(machine, "ipfail"),
            Which::Original => ORIGINALS_IPFAIL.to_owned(),
        };
        let path = machine.path("etc/ha.cf");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, format!("{text}respawn root {program}\n")).unwrap();
    }
    pair.start();
    pair.wait_for_holder(0, PATIENCE);
    pair.0[0].wait_until_said(&format!("Status update for node {PINGED}: status ping"));
    let signed_on = |machine: &Machine| {
        let output = machine
            .inside(&named(machine, "cl_status"))
            .args(["clientstatus", &hostname(machine), "ipfail"])
            .output()
            .unwrap();
        output.stdout == b"online\n"
    };
    pair.wait_until(PATIENCE, || pair.0.iter().all(signed_on));
    // Only the first node does not reach it any more: its requests go to nobody.
    pair.0[0]
        .network
        .ip(&[
            "neigh",
            "replace",
            PINGED,
            "lladdr",
            "02:00:00:00:00:99",
            "nud",
            "permanent",
            "dev",
            "eth0",
        ])
        .unwrap();
    pair.0[0].wait_until_said(&format!("node {PINGED}: is dead"));
    pair.wait_for_holder(1, PATIENCE);
    pair.stays(1, SECOND * 3);
}

fn hostname(machine: &Machine) -> String {
    let output = machine.inside("uname").arg("-n").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn a_ping_node_that_never_answers_is_waited_for() {
    let pair = Pair::new(
        [Which::Holdfast; 2],
        "auto_failback off\nping 192.168.0.7\nping_group some 192.168.0.7 127.0.0.1",
    );
    let machine = &pair.0[0];
    machine.start();
    machine.wait_until_said("Local status now set to: 'active'");
    let log = machine.log();
    let place = |text: &str| log.find(text).unwrap_or_else(|| panic!("never '{text}':\n{log}"));
    assert!(place("Link some:some up.") < place("Status update for node some: status ping"));
    assert!(place("node 192.168.0.7: is dead") < place("Comm_now_up()"));
}

fn programs_run_along_as_their_users() {
    let pair = Pair::new([Which::Holdfast; 2], "");
    let machine = &pair.0[0];
    let script = |name: &str, text: &str| {
        let path = machine.path(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    };
    fs::set_permissions(machine.path(""), fs::Permissions::from_mode(0o777)).unwrap();
    let said = machine.path("said").display().to_string();
    let enough = script("enough", "exit 100");
    let fails = script("fails", "exit 3");
    let stays = script(
        "stays",
        &format!("echo $(id -un) $HA_CURHOST \"$@\" >{said}; exec sleep 1000"),
    );
    let path = machine.path("etc/ha.cf");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(
        &path,
        format!("{text}respawn root {enough} a b\nrespawn root {fails}\nrespawn nobody {stays} one two\n"),
    )
    .unwrap();
    machine.start();
    pair.wait_until(PATIENCE, || {
        fs::read_to_string(&said).is_ok_and(|text| text.ends_with('\n'))
    });
    assert_eq!(
        fs::read_to_string(&said).unwrap(),
        "nobody lb1.example.com one two\n"
    );
    machine.wait_until_said("enough a b process exited with return code 100.");
    pair.wait_until(PATIENCE, || {
        machine.log().contains("fails \"respawning too fast\"")
    });
    let log = machine.log();
    assert_eq!(
        log.matches(&format!("Starting \"{enough} a b\"")).count(),
        1,
        "{log}"
    );
    assert_eq!(log.matches(&format!("Starting \"{fails}\"")).count(), 11, "{log}");
    machine.stop();
    let log = machine.log();
    assert!(
        log.contains(&format!("killing {stays} one two process group ")),
        "{log}"
    );
}

/// What is asked of a first node whose partner runs too.
const QUESTIONS: &[&[&str]] = &[
    &["hbstatus"],
    &["hbstatus", "-m"],
    &["listnodes"],
    &["listnodes", "-v"],
    &["listnodes", "-m"],
    &["listnodes", "-p"],
    &["listnodes", "-n"],
    &["nodestatus", "lb1.example.com"],
    &["nodestatus", "-m", "lb2.example.com"],
    &["nodestatus", PINGED],
    &["nodestatus", "nobody"],
    &["nodestatus"],
    &["nodetype", "lb1.example.com"],
    &["nodetype", "-m", PINGED],
    &["nodetype", "nobody"],
    &["nodeweight", "-m", "lb1.example.com"],
    &["nodesite", "-m", "lb1.example.com"],
    &["listhblinks", "lb2.example.com"],
    &["listhblinks", "-v", "lb1.example.com"],
    &["listhblinks", "-m", PINGED],
    &["listhblinks", "nobody"],
    &["listhblinks"],
    &["hblinkstatus", "lb2.example.com", "eth0"],
    &["hblinkstatus", "-m", "lb2.example.com", "eth0"],
    &["hblinkstatus", "lb2.example.com", "eth9"],
    &["hblinkstatus", "lb2.example.com"],
    &["clientstatus", "lb1.example.com", "other", "5000"],
    &["clientstatus", "lb2.example.com", "other", "5000"],
    &["rscstatus"],
    &["rscstatus", "-m"],
    &["hbparameter", "-p", "keepalive"],
    &["hbparameter", "-m", "-p", "deadtime"],
    &["hbparameter", "-p", "auto_failback"],
    &["hbparameter", "-p", "udpport"],
    &["hbparameter", "-p", "nobody"],
    &["hbparameter"],
    &["nothing"],
];

/// What a cl_status says: standard output, the lines of standard error without time and process, and the exit status.
fn asked(mut command: Command, words: &[&str]) -> (String, Vec<String>, Option<i32>) {
    let output = command.args(words).output().unwrap();
    let lines = String::from_utf8_lossy(&output.stderr)
        .lines()
        .map(|line| line.split_once("]: ").map_or(line, |(_, text)| text).to_owned())
        .collect();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (text, lines, output.status.code())
}

fn with_pinged(which: [Which; 2]) -> Pair {
    let pair = Pair::new(which, &format!("auto_failback off\nping {PINGED}"));
    has_pinged(&pair);
    pair.start();
    pair.wait_for_holder(0, PATIENCE);
    for machine in &pair.0 {
        machine.wait_until_said(&format!("Status update for node {PINGED}: status ping"));
    }
    // Each has told what it holds, and hears itself.
    pair.wait_until(PATIENCE, || {
        let (hold, ..) = asked(pair.0[0].inside(&named(&pair.0[0], "cl_status")), &["rscstatus"]);
        let log = pair.0[0].log();
        hold == "local\n" && log.contains("Link lb1.example.com:eth0 up.")
    });
    pair
}

fn cl_status_answers() {
    let pair = with_pinged([Which::Holdfast; 2]);
    let machine = &pair.0[0];
    let ask = |words: &[&str]| asked(machine.inside(&named(machine, "cl_status")), words);
    assert_eq!(
        ask(&["listnodes", "-v"]).0,
        format!(
            "\nlb2.example.com\tactive\t(nodetype: normal)\n\teth0\tup\n\nlb1.example.com\tactive\t(nodetype: \
             normal)\n\teth0\tup\n\n{PINGED}\tping\t(nodetype: ping)\n\t{PINGED}\tup\n"
        )
    );
    assert_eq!(ask(&["nodestatus", "nobody"]).2, Some(11));
    assert_eq!(ask(&["hblinkstatus", "lb2.example.com", "eth9"]).2, Some(13));
    assert_eq!(
        ask(&["clientstatus", "lb2.example.com", "other", "5000"]),
        ("offline\n".to_owned(), Vec::new(), Some(1))
    );
    assert_eq!(ask(&["hbparameter", "-p", "deadtime"]).0, "3\n");
    pair.0[1].stop();
    pair.wait_until(PATIENCE, || ask(&["rscstatus"]).0 == "all\n");
    pair.wait_until(PATIENCE, || ask(&["nodestatus", "lb2.example.com"]).0 == "dead\n");
    machine.stop();
    assert_eq!(
        ask(&["hbstatus"]),
        (
            "Heartbeat is stopped on this machine.\n".to_owned(),
            Vec::new(),
            Some(1)
        )
    );
    assert_eq!(
        ask(&["rscstatus"]).1,
        [
            "ERROR: Cannot signon with heartbeat",
            "ERROR: REASON: hb_api_signon: Can't initiate connection to heartbeat"
        ]
    );
}

fn both_cl_status_say_the_same() {
    assert!(Path::new("/usr/bin/cl_status").is_file());
    let pairs = [
        with_pinged([Which::Holdfast; 2]),
        with_pinged([Which::Original; 2]),
    ];
    for words in QUESTIONS {
        let mut answers = Vec::new();
        for pair in &pairs {
            let machine = &pair.0[0];
            answers.push(asked(machine.inside(&named(machine, "cl_status")), words));
            answers.push(asked(machine.inside("/usr/bin/cl_status"), words));
        }
        assert!(
            answers.iter().all(|answer| *answer == answers[3]),
            "cl_status {words:?}: ours of ours, theirs of ours, ours of theirs, theirs of theirs:\n{answers:#?}"
        );
    }
}
