//! heartbeat in networks of its own: pairs of Holdfast, and of Holdfast with Debian's heartbeat, either way round. Root is needed;
//! without it, or without the original where it takes part, tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]
#![allow(
    clippy::print_stdout,
    reason = "how long things took is of use to whoever looks"
)]

use std::fs;
use std::net::UdpSocket;
use std::path::Path;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};
use test_support::namespace::is_possible;
use test_support::process::{Program, is_alive};

mod heartbeat_node;

use heartbeat_node::{Pair, VIRTUAL, Which, has_original};

const SECOND: Duration = Duration::from_secs(1);

/// `initdead`, and time for a busy machine to be slow: the original runs dozens of scripts for one address.
const INITDEAD: Duration = Duration::from_secs(5 + 10);

/// `deadtime` and `keepalive` and a second, and time for a busy machine to be slow. How long it took is printed.
const MOVED: Duration = Duration::from_millis(3000 + 500 + 1000 + 4000);

/// At once: as long as scripts take on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(8);

/// Nodes that begin together under `auto_failback on` and `off` wait ten seconds for each other; and time for a busy machine to be slow.
const TOGETHER: Duration = Duration::from_secs(10 + 20);

const OURS: [Which; 2] = [Which::Holdfast, Which::Holdfast];
const FIRST: [Which; 2] = [Which::Holdfast, Which::Original];
const SECOND_ONE: [Which; 2] = [Which::Original, Which::Holdfast];

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
    for (name, which, possible) in [
        ("pure", OURS, root),
        ("first_of_mixed", FIRST, mixed),
        ("second_of_mixed", SECOND_ONE, mixed),
    ] {
        for failback in ["legacy", "on", "off"] {
            add(
                &format!("{name}_pair_moves_and_fails_back_{failback}"),
                possible,
                Box::new(move || a_pair_moves_and_fails_back(which, failback)),
            );
        }
        add(
            &format!("{name}_pair_survives_a_partition"),
            possible,
            Box::new(move || a_partition_ends_with_one_holder(which)),
        );
        add(
            &format!("{name}_pair_runs_the_documents_files"),
            possible,
            Box::new(move || the_documents_files_run_unchanged(which)),
        );
        add(
            &format!("{name}_pair_hands_over_on_request"),
            possible,
            Box::new(move || standby_and_takeover_hand_over(which)),
        );
    }
    let single: [(&str, fn()); 7] = [
        (
            "a_group_starts_in_order_and_one_that_fails_is_given_back",
            a_group_starts_in_order_and_one_that_fails_is_given_back,
        ),
        ("bad_packets_change_nothing", bad_packets_change_nothing),
        ("a_program_is_asked_and_ended", a_program_is_asked_and_ended),
        ("refused_files_give_six", refused_files_give_six),
        (
            "it_stays_in_the_foreground_when_asked_to",
            it_stays_in_the_foreground_when_asked_to,
        ),
        (
            "settings_are_shown_and_restarts_refused",
            settings_are_shown_and_restarts_refused,
        ),
        (
            "multicast_and_unicast_carry_messages",
            multicast_and_unicast_carry_messages,
        ),
    ];
    for (name, test) in single {
        add(name, root, Box::new(test));
    }
    let mut arguments = Arguments::from_args();
    // They wait for the protocol's seconds most of the time.
    arguments.test_threads.get_or_insert(6);
    libtest_mimic::run(&arguments, trials).exit()
}

fn a_pair_moves_and_fails_back(which: [Which; 2], failback: &str) {
    let pair = Pair::new(which, &format!("auto_failback {failback}"));
    // One alone takes it when the other one has not come.
    pair.0[1].start();
    let took = pair.wait_for_holder(1, INITDEAD);
    println!("alone: {took:?}");
    // It goes home, or stays.
    pair.0[0].start();
    let home = usize::from(failback == "off");
    if home == 0 {
        // The original gives nothing within its first ten seconds.
        println!("home: {:?}", pair.wait_for_holder(0, TOGETHER));
    }
    pair.stays(home, SECOND * 3);
    // At a clean stop it moves at once.
    pair.0[home].stop();
    pair.wait_for_holder(1 - home, AT_ONCE);
    pair.0[home].start();
    if failback == "off" {
        pair.stays(1 - home, SECOND * 5);
    } else {
        pair.wait_for_holder(home, TOGETHER);
        pair.stays(home, SECOND * 3);
    }
    // A machine without power.
    let holder = if failback == "off" { 1 - home } else { home };
    pair.0[holder].kill();
    let slow = if which[1 - holder] == Which::Original {
        SECOND * 6
    } else {
        Duration::ZERO
    };
    let moved = pair.wait_for_holder(1 - holder, MOVED + slow);
    println!("moved: {moved:?}");
}

fn a_partition_ends_with_one_holder(which: [Which; 2]) {
    let pair = Pair::new(which, "auto_failback off");
    pair.start();
    pair.wait_for_holder(0, TOGETHER);
    // The original cannot take an address on an interface that is down.
    let ours = usize::from(which[0] == Which::Original);
    let cable = |state| pair.0[ours].network.ip(&["link", "set", "eth0", state]).unwrap();
    cable("down");
    pair.wait_until(SECOND * 8, || pair.0.iter().all(|machine| machine.has(VIRTUAL)));
    cable("up");
    let holders = || pair.0.iter().filter(|machine| machine.has(VIRTUAL)).count();
    let resolved = pair.wait_until(SECOND * 10, || holders() < 2);
    println!("both had it for {resolved:?} more");
    // The original begins anew some seconds later, and what is held moves until it has.
    let mut since = Instant::now();
    pair.wait_until(SECOND * 60, || {
        if holders() != 1 {
            since = Instant::now();
        }
        since.elapsed() > SECOND * 8
    });
}

fn the_documents_files_run_unchanged(which: [Which; 2]) {
    let pair = Pair::bare(which);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/documents/heartbeat");
    for (machine, folder) in pair.0.iter().zip(["004-lb1", "004-lb2"]) {
        for name in ["ha.cf", "haresources", "authkeys"] {
            machine.write(name, &fs::read_to_string(root.join(folder).join(name)).unwrap());
        }
    }
    pair.start();
    println!("taken: {:?}", pair.wait_for_holder(0, SECOND * 20));
    pair.stays(0, SECOND * 3);
    pair.0[0].kill();
    // The original's scripts take their time on a busy machine.
    let slow = if which[1] == Which::Original { 8 } else { 4 };
    let moved = pair.wait_for_holder(1, SECOND * (10 + 2 + 1 + slow));
    println!("moved: {moved:?}");
    pair.0[0].revive(0);
    pair.0[0].start();
    println!("home: {:?}", pair.wait_for_holder(0, SECOND * 20));
    pair.0[0].stop();
    pair.wait_for_holder(1, AT_ONCE);
}

fn standby_and_takeover_hand_over(which: [Which; 2]) {
    let pair = Pair::new(which, "auto_failback off");
    pair.start();
    pair.wait_for_holder(0, TOGETHER);
    pair.stays(0, SECOND * 2);
    // Requests go through the pipe, which both programs have.
    assert_eq!(pair.0[0].run(&["hb_standby", "all"]), Some(0));
    pair.wait_for_holder(1, SECOND * 5);
    pair.stays(1, SECOND * 2);
    assert_eq!(pair.0[0].run(&["hb_takeover"]), Some(0));
    pair.wait_for_holder(0, SECOND * 5);
    pair.stays(0, SECOND * 2);
}

fn a_group_starts_in_order_and_one_that_fails_is_given_back() {
    let pair = Pair::new(OURS, "");
    let machine = &pair.0[0];
    let said = machine.path("said");
    let shown = said.display();
    machine.script(
        "good",
        &format!(
            "for word in \"$@\"; do action=$word; done\necho \"$*\" >>{shown}\ncase $action in start) touch {shown}.$1;; \
             stop) rm -f {shown}.$1;; status) if [ -e {shown}.$1 ]; then echo running; else echo stopped; fi;; esac"
        ),
    );
    machine.script(
        "bad",
        &format!("echo \"bad $*\" >>{shown}\ncase $1 in start) exit 1;; status) echo stopped;; esac"),
    );
    machine.write(
        "haresources",
        "lb1.example.com 192.168.0.98 good::a::x bad\nlb1.example.com IPaddr2::192.168.0.99/24/eth0 good::b\n",
    );
    machine.start();
    pair.wait_until(INITDEAD, || {
        machine.has(VIRTUAL) && machine.path("said.b").exists()
    });
    assert!(!machine.has("192.168.0.98") && !machine.path("said.a").exists());
    let text = fs::read_to_string(&said).unwrap();
    // The first lines are those of the look for what an earlier run has left.
    let from = text.find("a x start").unwrap();
    assert_eq!(
        &text[from..],
        "a x start\nbad status\nbad start\nbad stop\na x stop\nb status\nb start\n"
    );
    let log = machine.log();
    assert!(log.contains("ERROR: Return code 1 from "), "{log}");
    assert!(
        log.contains("CRIT: Giving up resources due to failure of bad"),
        "{log}"
    );
    machine.stop();
    assert!(!machine.has(VIRTUAL) && !machine.path("said.b").exists());
}

fn bad_packets_change_nothing() {
    let pair = Pair::new(OURS, "");
    pair.start();
    pair.wait_for_holder(0, INITDEAD);
    let packets: [&[u8]; 4] = [
        b"hello",
        b"###\n10:(0)t=stat",
        b"###\n13:(0)t=shutdone,22:(0)src=lb1.example.com,%%%\n",
        b"###\n13:(0)t=shutdone,22:(0)src=lb1.example.com,%%%\n42:1 0000000000000000000000000000000000000000,",
    ];
    pair.0[0]
        .network
        .inside(|| {
            let socket = UdpSocket::bind("0.0.0.0:0")?;
            for _ in 0..50 {
                for packet in packets {
                    socket.send_to(packet, "192.168.0.101:694")?;
                }
            }
            Ok(())
        })
        .unwrap();
    for what in ["not a message", "cut short", "no signature", "a wrong signature"] {
        pair.0[1].wait_until_said(&format!("a packet is left aside: {what}"));
    }
    pair.stays(0, SECOND * 2);
    assert_eq!(pair.0[1].log().matches("left aside: not a message").count(), 1);
}

fn a_program_is_asked_and_ended() {
    let pair = Pair::new(OURS, "");
    let machine = &pair.0[0];
    let asked = |argument: &str| machine.asked(argument);
    assert_eq!(
        asked("-s"),
        (Some(1), "heartbeat is stopped. No process\n".to_owned())
    );
    assert_eq!(asked("-k").0, Some(0));
    assert_eq!(asked("-x").0, Some(2));
    machine.start();
    let (code, text) = asked("-s");
    assert_eq!(code, Some(0));
    assert!(text.starts_with("heartbeat OK [pid "), "{text}");
    assert!(
        text.ends_with(" et al] is running on lb1.example.com [lb1.example.com]...\n"),
        "{text}"
    );
    // A second one sees the first.
    machine.start();
    machine.wait_until_said("heartbeat: already running [pid ");
    assert_eq!(asked("-r").0, Some(0));
    machine.wait_until_said("Configuration unchanged.");
    machine.write("authkeys", "auth 2\n2 md5 another\n");
    assert_eq!(asked("-r").0, Some(0));
    machine.wait_until_said("Reloading keys.");
    machine.stop();
    machine.wait_until_said("lb1.example.com Heartbeat shutdown complete.");
    assert_eq!(asked("-s").0, Some(1));
}

fn refused_files_give_six() {
    let pair = Pair::new(OURS, "");
    let machine = &pair.0[0];
    machine.write("authkeys", "auth 1\n");
    let output = machine.heartbeat(&[]).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        text.contains("ERROR: Configuration error, heartbeat not started."),
        "{text}"
    );
}

fn it_stays_in_the_foreground_when_asked_to() {
    let pair = Pair::new(OURS, "");
    let machine = &pair.0[0];
    // As the unit heartbeat.service starts and ends it.
    let mut running = Program::start(&mut machine.heartbeat(&["-f"])).unwrap();
    pair.wait_for_holder(0, INITDEAD);
    let (status, text) = machine.asked("-s");
    assert_eq!(status, Some(0));
    let expected = format!("heartbeat OK [pid {} et al] is running", running.pid());
    assert!(text.starts_with(&expected), "{text}, not {expected}");
    assert!(is_alive(running.pid()));
    // A second one sees the first.
    assert_eq!(machine.asked("-f").0, Some(0));
    machine.wait_until_said("heartbeat: already running [pid ");
    machine.stop();
    assert!(!machine.has(VIRTUAL));
    assert_eq!(running.wait_code(), Some(0));
}

fn settings_are_shown_and_restarts_refused() {
    let pair = Pair::new(OURS, "");
    let machine = &pair.0[0];
    let (status, text) = machine.asked("-D");
    assert_eq!(status, Some(0));
    assert!(
        text.starts_with("Directive                Default   Description\n--------"),
        "{text}"
    );
    assert!(text.contains("\nmax_rexmit_delay         250       "), "{text}");
    // The original begins anew that way by itself; nobody else can make it.
    let restart = |code, said: &str| {
        let output = machine.heartbeat(&["-R", "-C", "none"]).output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(text.starts_with(said), "{text}");
    };
    restart(6, "ERROR: heartbeat is not running.\n");
    let (status, text) = machine.asked("-vWMl");
    assert_eq!(status, Some(0));
    for line in [
        "\nkeepalive\t500ms\t#\t",
        "\nudpport\t694\t#\t",
        "\nmsgfmt\tclassic\t#\t",
        "\nnode lb1.example.com\nnode lb2.example.com\n",
        "\nbcast eth0\n",
    ] {
        assert!(text.contains(line), "{line:?} in {text}");
    }
    restart(1, "ERROR: Heartbeat already running [pid ");
    pair.wait_for_holder(0, INITDEAD);
    machine.stop();
}

fn multicast_and_unicast_carry_messages() {
    for medium in [
        "mcast eth0 225.0.0.1 694 1 0",
        "ucast eth0 192.168.0.100\nucast eth0 192.168.0.101",
        "mcast6 eth0 ff05::694 694 1 0",
    ] {
        let pair = Pair::new(OURS, medium);
        for machine in &pair.0 {
            let path = machine.path("etc/ha.cf");
            let text = fs::read_to_string(&path).unwrap().replace("bcast eth0\n", "");
            fs::write(path, text).unwrap();
        }
        pair.start();
        pair.wait_for_holder(0, INITDEAD);
        pair.0[0].stop();
        pair.wait_for_holder(1, AT_ONCE);
    }
}
