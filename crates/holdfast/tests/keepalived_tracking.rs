//! What instances track besides scripts and interfaces: files, processes and BFD sessions, with Debian's keepalived in the same
//! place where there is one to compare with. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::path::Path;
use std::process::Command;

use nix::sys::signal::Signal;
use test_support::namespace::is_possible;
use test_support::process::{Program, is_alive, wait_for};

mod node;

use node::{Node, VIRTUAL, count, has_original, instance, pair, wait_until_said};

fn main() {
    let possible = is_possible();
    let with_original = possible && has_original();
    let tests: &[(&'static str, fn(), bool)] = &[
        (
            "numbers_in_files_do_what_they_do_to_the_original",
            numbers_in_files_do_what_they_do_to_the_original,
            with_original,
        ),
        (
            "a_file_is_followed_wherever_it_goes",
            a_file_is_followed_wherever_it_goes,
            possible,
        ),
        (
            "a_file_of_a_group_weighs_for_all_members",
            a_file_of_a_group_weighs_for_all_members,
            possible,
        ),
        (
            "a_reload_keeps_what_files_say",
            a_reload_keeps_what_files_say,
            possible,
        ),
        (
            "a_session_with_the_original_goes_both_ways",
            a_session_with_the_original_goes_both_ways,
            with_original,
        ),
        (
            "sessions_with_frr_come_and_go",
            sessions_with_frr_come_and_go,
            possible && Path::new(BFDD).exists(),
        ),
        (
            "packets_that_are_no_good_change_no_session",
            packets_that_are_no_good_change_no_session,
            possible,
        ),
        (
            "a_session_outlives_a_reload",
            a_session_outlives_a_reload,
            possible,
        ),
        (
            "processes_come_and_go_and_weigh",
            processes_come_and_go_and_weigh,
            possible,
        ),
        (
            "processes_do_what_they_do_to_the_original",
            processes_do_what_they_do_to_the_original,
            with_original,
        ),
        (
            "a_process_that_is_started_anew_is_not_missed",
            a_process_that_is_started_anew_is_not_missed,
            possible,
        ),
        (
            "weights_of_all_kinds_are_added_and_a_reload_keeps_them",
            weights_of_all_kinds_are_added_and_a_reload_keeps_them,
            possible,
        ),
        (
            "a_script_that_prints_and_forks_without_end_is_ended_with_all_of_it",
            a_script_that_prints_and_forks_without_end_is_ended_with_all_of_it,
            possible,
        ),
    ];
    node::run(tests);
}

/// Waits until the program has said it so many times.
fn wait_until_said_times(program: &Program, text: &str, times: usize) {
    let said = wait_for(|| (count(program, text) >= times).then_some(()));
    assert!(
        said.is_some(),
        "not {times} times '{text}'; it said:\n{}",
        program.output().unwrap()
    );
}

/// Definitions of two files in the node's folder, and the instance that tracks them.
fn two_files(node: &Node) -> String {
    let path = |name: &str| node.path(name).display().to_string();
    format!(
        "track_file weighed {{\n file {}\n}}\ntrack_file plain {{\n file \"{}\"\n weight 0\n init_file 0\n}}\n{}",
        path("weighed"),
        path("plain"),
        instance(100, " track_file {\n weighed weight 2\n plain\n }")
    )
}

fn numbers_in_files_do_what_they_do_to_the_original() {
    let (ours, theirs) = pair();
    let nodes = [ours, theirs];
    for node in &nodes {
        // Nobody is to become master meanwhile.
        node.write(&two_files(node).replace("priority 100", "priority 100\n advert_int 200"));
        fs::write(node.path("weighed"), "3\n").unwrap();
    }
    let programs = [nodes[0].start(), nodes[1].start_original()];
    let say = |text: &str, times: usize| {
        for program in &programs {
            wait_until_said_times(program, text, times);
        }
    };
    let write = |name: &str, text: &str| {
        for node in &nodes {
            fs::write(node.path(name), text).unwrap();
        }
    };
    let change = |from: u8, to: u8| format!("(VI_1) Changing effective priority from {from} to {to}");
    say(&change(100, 106), 1);
    say("(VI_1) Entering BACKUP STATE (init)", 1);
    assert_eq!(fs::read_to_string(nodes[0].path("plain")).unwrap(), "0\n");
    for (text, from, to) in [
        ("-5\n", 106, 90),
        ("0x10", 90, 132),
        ("12x", 132, 124),
        ("  14\n15\n", 124, 128),
        ("hello", 128, 100),
        ("200", 100, 254),
        ("-126", 254, 1),
    ] {
        write("weighed", text);
        say(&change(from, to), 1);
    }
    // Too small for a weight: the fault.
    write("weighed", "-127");
    say("(VI_1): tracked file weighed now FAULT state", 1);
    say("(VI_1) Entering FAULT STATE", 1);
    write("weighed", "2");
    say("(VI_1): tracked file weighed leaving FAULT state", 1);
    say("(VI_1) Setting effective priority to 104", 1);
    say("(VI_1) Entering BACKUP STATE", 2);
    // Beyond all limits: as if nothing had been written.
    write("weighed", "99999999999999");
    for (program, node) in programs.iter().zip(&nodes) {
        let path = node.path("weighed").display().to_string();
        wait_until_said(
            program,
            &format!("Invalid number 99999999999999 read from {path} - ignoring"),
        );
    }
    write("plain", "1");
    say("(VI_1): tracked file plain now FAULT state", 1);
    say("(VI_1) Entering FAULT STATE", 2);
    write("plain", "0");
    say("(VI_1): tracked file plain leaving FAULT state", 1);
    // It goes, and another one takes its place.
    for node in &nodes {
        fs::remove_file(node.path("weighed")).unwrap();
    }
    say(&change(104, 100), 1);
    for node in &nodes {
        fs::write(node.path("new"), "6").unwrap();
        fs::rename(node.path("new"), node.path("weighed")).unwrap();
    }
    say(&change(100, 112), 1);
    let decisive = |program: &Program| -> Vec<String> {
        let said = program.output().unwrap();
        let lines = said.lines().filter(|line| {
            line.contains("priority from") || line.contains("FAULT") || line.contains("Setting")
        });
        lines
            .map(|line| line[line.find('(').unwrap_or(0)..].to_owned())
            .collect()
    };
    assert_eq!(decisive(&programs[0]), decisive(&programs[1]));
}

fn a_file_is_followed_wherever_it_goes() {
    let (node, _other) = pair();
    let root = node.path("root");
    let file = root.join("now/number");
    node.write(&format!(
        "track_file f {{\n file {}\n}}\n{}",
        file.display(),
        instance(100, " track_file {\n f\n }").replace("priority 100", "priority 100\n advert_int 200")
    ));
    let program = node.start();
    wait_until_said(
        &program,
        "Track file directory for f does not exist - waiting for it",
    );
    wait_until_said(&program, "(VI_1) Entering BACKUP STATE (init)");
    let put = |folder: &str, number: &str| {
        let folder = root.join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("number"), number).unwrap();
    };
    let link = |to: &str| {
        let (new, now) = (root.join("new"), root.join("now"));
        std::os::unix::fs::symlink(to, &new).unwrap();
        fs::rename(new, now).unwrap();
    };
    let say = |from: u8, to: u8| {
        wait_until_said(
            &program,
            &format!("Changing effective priority from {from} to {to}"),
        );
    };
    // Behind a link to a folder, as others replace whole sets of files at once.
    put("one", "1");
    put("two", "2");
    link("one");
    say(100, 101);
    link("two");
    say(101, 102);
    // What stood there before means nothing any more.
    put("one", "50");
    put("two", "3");
    say(102, 103);
    fs::remove_dir_all(&root).unwrap();
    say(103, 100);
    put("three", "7");
    link("three");
    say(100, 107);
    assert_eq!(count(&program, "to 150"), 0, "{}", program.output().unwrap());
}

fn a_file_of_a_group_weighs_for_all_members() {
    let (node, _other) = pair();
    let file = node.path("number");
    let second = instance(90, "")
        .replace("VI_1", "VI_2")
        .replace("51", "52")
        .replace(VIRTUAL, "192.168.0.98");
    node.write(&format!(
        "track_file f {{\n file {}\n}}\nvrrp_sync_group G {{\n group {{\n VI_1\n VI_2\n }}\n track_file {{\n f weight 3\n }}\n}}\n{}{second}",
        file.display(),
        instance(100, "")
    ));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    fs::write(&file, "5").unwrap();
    wait_until_said(&program, "(VI_1) Changing effective priority from 100 to 115");
    wait_until_said(&program, "(VI_2) Changing effective priority from 90 to 105");
    fs::write(&file, "-100").unwrap();
    wait_until_said(&program, "(VI_1): tracked file f now FAULT state");
    wait_until_said(&program, "(VI_2): tracked file f now FAULT state");
    node.wait_for_no_address(VIRTUAL, &program);
    fs::write(&file, "0").unwrap();
    wait_until_said(&program, "(VI_2): tracked file f leaving FAULT state");
    wait_until_said(&program, "VRRP_Group(G) Syncing instances to BACKUP state");
    node.wait_for_address(VIRTUAL, &program);
}

fn a_reload_keeps_what_files_say() {
    let (node, _other) = pair();
    let file = node.path("number");
    let text = |weight: i32| {
        format!(
            "track_file f {{\n file {}\n init_file 4 overwrite\n}}\n{}",
            file.display(),
            instance(100, &format!(" track_file {{\n f weight {weight}\n }}"))
        )
    };
    fs::write(&file, "99").unwrap();
    node.write(&text(1));
    let program = node.start();
    // It is written at the start of the program, and not again.
    wait_until_said(&program, "(VI_1) Changing effective priority from 100 to 104");
    node.wait_for_address(VIRTUAL, &program);
    fs::write(&file, "6").unwrap();
    wait_until_said(&program, "(VI_1) Changing effective priority from 104 to 106");
    node.write(&text(3));
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "(VI_1) Changing effective priority from 106 to 118");
    assert!(node.has(VIRTUAL));
    assert_eq!(fs::read_to_string(&file).unwrap(), "6");
    let shown = wait_for(|| {
        // Others write the same file.
        program.signal(Signal::SIGUSR1).unwrap();
        let text = fs::read_to_string(Path::new("/tmp/keepalived.data")).ok()?;
        text.contains(&format!(
            " Track file = f\n   File = {}\n   Status = 6\n   Weight = 1\n   Tracking instances :\n     VI_1, weight 3\n",
            file.display()
        ))
        .then_some(())
    });
    assert!(shown.is_some());
}

/// A session with the machine at `to`, at intervals of 50 milliseconds.
fn session(name: &str, from: &str, to: &str, more: &str) -> String {
    format!(
        "bfd_instance {name} {{\n neighbor_ip {to}\n source_ip {from}\n min_rx 50\n min_tx 50\n multiplier 4\n{more}\n}}\n"
    )
}

/// Both machines' files, with a session between them that their instances track.
fn write_sessions(one: &Node, other: &Node) {
    let [a, b] = ["192.168.0.11", "192.168.0.12"];
    let track = " track_bfd {\n far\n }";
    one.write(&(session("far", a, b, "") + &instance(100, track)));
    other.write(&(session("far", b, a, "") + &instance(100, track).replace("_id 51", "_id 52")));
}

fn a_session_with_the_original_goes_both_ways() {
    let (ours, theirs) = pair();
    write_sessions(&ours, &theirs);
    let mut first = ours.start();
    // With its process for BFD.
    let mut command = theirs.network.command("keepalived");
    command
        .args(["-n", "-l", "-D", "-f"])
        .arg(theirs.path("keepalived.conf"));
    for (option, file) in [
        ("-p", "parent.pid"),
        ("-r", "vrrp.pid"),
        ("-b", "bfd.pid"),
        ("-c", "check.pid"),
    ] {
        command.arg(option).arg(theirs.path(file));
    }
    let mut second = Program::start(&mut command).unwrap();
    for program in [&first, &second] {
        wait_until_said(program, "(VI_1) entering FAULT state");
        wait_until_said(program, "(far) Entering Up state");
        wait_until_said(program, "VRRP_Instance(VI_1) Tracked BFD instance far is UP");
        wait_until_said(program, "(VI_1) Entering BACKUP STATE");
        // What both have agreed on, in the same words.
        wait_until_said(program, "   50000    50000     4       200000");
        wait_until_said(program, "Detection time is 200000 us (was 4000000 us)");
    }
    ours.wait_for_address(VIRTUAL, &first);
    // It dies without a word.
    for file in ["bfd.pid", "parent.pid", "vrrp.pid"] {
        let pid: i32 = fs::read_to_string(theirs.path(file))
            .unwrap()
            .trim()
            .parse()
            .unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        fs::remove_file(theirs.path(file)).unwrap();
    }
    second.wait().unwrap();
    wait_until_said(&first, "(far) Expired after 200 ms");
    wait_until_said(
        &first,
        "(far) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - No Diagnostic)",
    );
    wait_until_said(&first, "VRRP_Instance(VI_1) Tracked BFD instance far is DOWN");
    ours.wait_for_no_address(VIRTUAL, &first);
    // It comes back, and hears at once of an end that is meant.
    let second = Program::start(&mut command).unwrap();
    wait_until_said(&second, "VRRP_Instance(VI_1) Tracked BFD instance far is UP");
    ours.wait_for_address(VIRTUAL, &first);
    first.signal(Signal::SIGTERM).unwrap();
    assert_eq!(first.wait_code(), Some(0));
    wait_until_said(
        &second,
        "(far) Entering Down state (Local diagnostic - Neighbor Signaled Session Down, Remote diagnostic - Administratively Down)",
    );
}

/// FRR's BFD.
const BFDD: &str = "/usr/lib/frr/bfdd";

/// What it is told of the neighbour.
const BFDD_CONF: &str = "bfd
 peer 192.168.0.11 local-address 192.168.0.12
  detect-multiplier 4
  receive-interval 50
  transmit-interval 50
 !
 peer 2001:db8::11 local-address 2001:db8::12
  detect-multiplier 4
  receive-interval 50
  transmit-interval 50
 !
 peer 10.9.9.11 multihop local-address 10.9.9.12
  minimum-ttl 250
  detect-multiplier 4
  receive-interval 50
  transmit-interval 50
 !
";

fn sessions_with_frr_come_and_go() {
    let (ours, theirs) = pair();
    for (node, own, far) in [(&ours, "11", "12"), (&theirs, "12", "11")] {
        node.network
            .ip(&[
                "addr",
                "add",
                &format!("2001:db8::{own}/64"),
                "dev",
                "eth0",
                "nodad",
            ])
            .unwrap();
        node.network
            .ip(&["addr", "add", &format!("10.9.9.{own}/32"), "dev", "lo"])
            .unwrap();
        let route = [format!("10.9.9.{far}/32"), format!("192.168.0.{far}")];
        node.network
            .ip(&["route", "add", &route[0], "via", &route[1]])
            .unwrap();
    }
    ours.write(
        &[
            session("v4", "192.168.0.11", "192.168.0.12", ""),
            session("v6", "2001:db8::11", "2001:db8::12", " hoplimit 255"),
            session("far", "10.9.9.11", "10.9.9.12", " multihop\n max_hops 5"),
            instance(
                100,
                " track_bfd {\n v4\n v6 weight 10\n far weight 20 reverse\n }",
            ),
        ]
        .concat(),
    );
    // It runs as a user of its own, who writes there.
    let folder = theirs.path("frr");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    fs::write(folder.join("zebra.conf"), "").unwrap();
    fs::write(folder.join("bfdd.conf"), BFDD_CONF).unwrap();
    let start = |program: &str, name: &str| {
        let mut command = theirs.network.command(program);
        let file = |name: &str| folder.join(name);
        command.args(["-u", "frr", "-g", "frr", "-P", "0", "-A", "127.0.0.1", "-f"]);
        command
            .arg(file(&format!("{name}.conf")))
            .arg("-i")
            .arg(file(&format!("{name}.pid")));
        command
            .arg("-z")
            .arg(file("zebra.sock"))
            .arg("--vty_socket")
            .arg(&folder);
        if name == "bfdd" {
            command.arg("--bfdctl").arg(file("bfdd.sock"));
        }
        Program::start(&mut command).unwrap()
    };
    let _zebra = start("/usr/lib/frr/zebra", "zebra");
    assert!(wait_for(|| folder.join("zebra.sock").exists().then_some(())).is_some());
    let mut bfdd = start(BFDD, "bfdd");
    let program = ours.start();
    for name in ["v4", "v6", "far"] {
        wait_until_said(
            &program,
            &format!("VRRP_Instance(VI_1) Tracked BFD instance {name} is UP"),
        );
    }
    wait_until_said_times(&program, "   50000    50000     4       200000", 3);
    ours.wait_for_address(VIRTUAL, &program);
    // What it says when it is asked to end it does not say to those who go on.
    bfdd.signal(Signal::SIGKILL).unwrap();
    bfdd.wait().unwrap();
    for name in ["v4", "v6", "far"] {
        wait_until_said(
            &program,
            &format!("VRRP_Instance(VI_1) Tracked BFD instance {name} is DOWN"),
        );
    }
    ours.wait_for_no_address(VIRTUAL, &program);
    let _bfdd = start(BFDD, "bfdd");
    wait_until_said_times(&program, "Tracked BFD instance v4 is UP", 2);
    ours.wait_for_address(VIRTUAL, &program);
}

fn packets_that_are_no_good_change_no_session() {
    use vrrp_proto::bfd::{Packet, State};

    let (one, other) = pair();
    write_sessions(&one, &other);
    let (first, second) = (one.start(), other.start());
    for program in [&first, &second] {
        wait_until_said(program, "VRRP_Instance(VI_1) Tracked BFD instance far is UP");
    }
    let packet = Packet {
        state: State::AdminDown,
        multiplier: 1,
        my_discriminator: 9,
        ..Packet::default()
    };
    let socket = other
        .network
        .inside(|| std::net::UdpSocket::bind("192.168.0.12:0"))
        .unwrap();
    let send = |bytes: &[u8], ttl: u32| {
        socket.set_ttl(ttl).unwrap();
        socket.send_to(bytes, "192.168.0.11:3784").unwrap();
    };
    // From beyond the next router, whatever it says.
    send(&packet.encode(), 254);
    wait_until_said(&first, "Packet ttl(254) < 255 - discarding");
    let changed = |at: usize, value: u8| {
        let mut bytes = packet.encode();
        bytes[at] = value;
        bytes
    };
    send(&changed(0, 0x40), 255);
    wait_until_said(&first, "Packet is of unsupported version: 2");
    send(&packet.encode()[..20], 255);
    wait_until_said(&first, "Packet is too small: 20 bytes");
    send(&changed(2, 0), 255);
    wait_until_said(&first, "Packet 'detection multiplier' field is zero");
    send(&changed(11, 99), 255);
    wait_until_said(
        &first,
        "(session is not found - your discriminator field is 0x00000063)",
    );
    wait_until_said(&first, "Discarding bogus packet from [192.168.0.12]");
    for _ in 0..5000 {
        send(&changed(2, 0), 255);
    }
    wait_until_said(&first, "more lines of these kinds left out");
    assert_eq!(count(&first, "is DOWN"), 0, "{}", first.output().unwrap());
}

fn a_session_outlives_a_reload() {
    let (one, other) = pair();
    write_sessions(&one, &other);
    let (first, second) = (one.start(), other.start());
    one.wait_for_address(VIRTUAL, &first);
    let text = fs::read_to_string(one.path("keepalived.conf")).unwrap();
    one.write(
        &text
            .replace("min_tx 50", "min_tx 80")
            .replace("priority 100", "priority 120"),
    );
    first.signal(Signal::SIGHUP).unwrap();
    // The neighbour is asked, and agrees.
    wait_until_said(&second, "remote    80000   50000    80000     4       200000");
    wait_until_said(&second, "Detection time is 320000 us (was 200000 us)");
    wait_until_said(&first, "Reload complete");
    for program in [&first, &second] {
        assert_eq!(count(program, "is DOWN"), 0, "{}", program.output().unwrap());
    }
    assert!(one.has(VIRTUAL));
    // One that is gone from the file is ended.
    one.write(&instance(100, ""));
    first.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&second, "Remote diagnostic - Administratively Down");
    assert!(one.has(VIRTUAL));
}

/// A program of a name that no other has, which does nothing for a while.
struct Idler {
    path: std::path::PathBuf,
    name: String,
}

impl Idler {
    fn new(node: &Node, letter: char) -> Self {
        let name = format!("hf{letter}{}", std::process::id());
        let path = node.path(&name);
        fs::copy("/bin/sleep", &path).unwrap();
        Self { path, name }
    }

    fn start(&self, arguments: &[&str]) -> Program {
        Program::start(Command::new(&self.path).args(arguments)).unwrap()
    }
}

fn end(mut program: Program) {
    program.signal(Signal::SIGKILL).unwrap();
    program.wait().unwrap();
}

/// Processes by name, by command line and by arguments, tracked by an instance on that interface.
fn processes(one: &Idler, two: &Idler, interface: &str) -> String {
    let (name, path) = (&one.name, two.path.display());
    let tracked = " track_process {\n named\n called\n part weight -40\n none\n }\n advert_int 200";
    format!(
        "global_defs {{\n dynamic_interfaces\n}}\n\
         vrrp_track_process named {{\n process {name}\n quorum 2\n quorum_max 3\n weight 10\n}}\n\
         vrrp_track_process called {{\n process {path} 1000 7\n param_match initial\n weight 20\n}}\n\
         vrrp_track_process part {{\n process {path} 1000\n param_match partial\n weight 7\n}}\n\
         vrrp_track_process none {{\n process {name}\n param_match\n weight 100\n}}\n{}",
        instance(100, tracked).replace("interface eth0", &format!("interface {interface}"))
    )
}

/// Lets processes begin and end, and waits for what that does to the programs.
fn lead_through(one: &Idler, two: &Idler, first: Program, programs: &[&Program]) {
    let say = |text: &str, times: usize| {
        for program in programs {
            wait_until_said_times(program, text, times);
        }
    };
    say("Changing effective priority from 100 to 60", 1);
    let second = one.start(&["1000"]);
    say("Quorum gained for tracked process named", 1);
    say("Changing effective priority from 60 to 70", 1);
    let others = [one.start(&["1000"]), one.start(&["1000"])];
    say("Quorum lost for tracked process named", 1);
    say("Changing effective priority from 70 to 60", 1);
    others.into_iter().for_each(end);
    say("Quorum gained for tracked process named", 2);
    end(second);
    say("Quorum lost for tracked process named", 2);
    // The last argument may be longer, the others not.
    let wrong = two.start(&["10000", "7"]);
    let called = two.start(&["1000", "77"]);
    say("Quorum gained for tracked process called", 1);
    say("Quorum gained for tracked process part", 1);
    say("to 120", 1);
    end(wrong);
    end(called);
    say("Quorum lost for tracked process called", 1);
    say("Quorum lost for tracked process part", 1);
    say("to 60", 3);
    end(first);
    for program in programs {
        assert_eq!(count(program, "process none"), 0, "{}", program.output().unwrap());
    }
}

fn processes_come_and_go_and_weigh() {
    let (node, _other) = pair();
    let [one, two] = ['a', 'b'].map(|letter| Idler::new(&node, letter));
    let first = one.start(&["1000"]);
    node.write(&processes(&one, &two, "eth0"));
    let program = node.start();
    // The kernel tells of processes in the machine's first network only.
    wait_until_said(
        &program,
        "Failed to set/clear process event listen - errno 111 - Connection refused",
    );
    wait_until_said(&program, "Tracked processes are looked for every second");
    lead_through(&one, &two, first, &[&program]);
}

fn processes_do_what_they_do_to_the_original() {
    let nodes = [Node::new(), Node::new()];
    let [one, two] = ['e', 'f'].map(|letter| Idler::new(&nodes[0], letter));
    let first = one.start(&["1000"]);
    // In the machine's own network, where the kernel tells: on an interface that there is not.
    let start = |node: &Node, mut command: Command| {
        node.write(&processes(&one, &two, "hfnone0"));
        command
            .args(["-P", "-G", "-n", "-l", "-D", "-f"])
            .arg(node.path("keepalived.conf"));
        command
            .arg("-p")
            .arg(node.path("parent.pid"))
            .arg("-r")
            .arg(node.path("vrrp.pid"));
        Program::start(&mut command).unwrap()
    };
    let mut own = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    own.arg("keepalived");
    let programs = [
        start(&nodes[0], own),
        start(&nodes[1], Command::new("keepalived")),
    ];
    wait_until_said(&programs[1], "Startup complete");
    // Somebody may have put all of this machine into a network of its own.
    if count(&programs[1], "Failed to set/clear process event listen") > 0 {
        return lead_through(&one, &two, first, &[&programs[0]]);
    }
    for program in &programs {
        wait_until_said(program, "proc_events has confirmed it is configured");
    }
    lead_through(&one, &two, first, &[&programs[0], &programs[1]]);
    let decisive = |program: &Program| -> Vec<String> {
        let said = program.output().unwrap();
        let lines = said.lines().filter_map(|line| {
            line.find("(VI_1) Changing")
                .or_else(|| line.find("Quorum"))
                .map(|at| &line[at..])
        });
        lines.map(str::to_owned).collect()
    };
    assert_eq!(decisive(&programs[0]), decisive(&programs[1]));
}

fn a_process_that_is_started_anew_is_not_missed() {
    let (node, _other) = pair();
    let idler = Idler::new(&node, 'c');
    let second = instance(90, "")
        .replace("VI_1", "VI_2")
        .replace("51", "52")
        .replace(VIRTUAL, "192.168.0.98");
    node.write(&format!(
        "vrrp_track_process c {{\n process {}\n terminate_delay 1.5\n}}\n\
         vrrp_sync_group G {{\n group {{\n VI_1\n VI_2\n }}\n track_process {{\n c\n }}\n}}\n{}{second}",
        idler.name,
        instance(100, "")
    ));
    let program = node.start();
    for name in ["VI_1", "VI_2"] {
        wait_until_said(
            &program,
            &format!("({name}) entering FAULT state (tracked process c quorum not achieved)"),
        );
    }
    let first = idler.start(&["1000"]);
    wait_until_said(&program, "Quorum gained for tracked process c");
    node.wait_for_address(VIRTUAL, &program);
    node.wait_for_address("192.168.0.98", &program);
    end(first);
    let second = idler.start(&["1000"]);
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "Reload complete");
    end(second);
    wait_until_said(&program, "Quorum lost for tracked process c");
    node.wait_for_no_address(VIRTUAL, &program);
    node.wait_for_no_address("192.168.0.98", &program);
    assert_eq!(count(&program, "Quorum"), 2, "{}", program.output().unwrap());
}

fn weights_of_all_kinds_are_added_and_a_reload_keeps_them() {
    let (node, _other) = pair();
    let idler = Idler::new(&node, 'd');
    let script = node.script("script", "exit 0");
    let file = node.path("number");
    fs::write(&file, "2").unwrap();
    let text = |weights: [i32; 5]| {
        let [a, b, c, d, e] = weights;
        format!(
            "global_defs {{\n script_user root\n}}\n\
             vrrp_script s {{\n script {script}\n}}\ntrack_file f {{\n file {}\n}}\n\
             vrrp_track_process p {{\n process {}\n}}\n{}{}",
            file.display(),
            idler.name,
            session("b", "192.168.0.11", "192.168.0.12", ""),
            instance(
                100,
                &format!(
                    " track_script {{\n s weight {a}\n }}\n track_file {{\n f weight {b}\n }}\n\
                     track_process {{\n p weight {c}\n }}\n track_bfd {{\n b weight {d}\n }}\n\
                     track_interface {{\n lo weight {e}\n }}\n"
                )
            )
        )
    };
    node.write(&text([1, 2, 8, -16, 32]));
    let running = idler.start(&["1000"]);
    let program = node.start();
    // lo is up, the file counts twice, the process runs, the session is down; the script comes last.
    wait_until_said(&program, "Changing effective priority from 100 to");
    node.wait_for_address(VIRTUAL, &program);
    let priority = |wanted: u8| {
        let shown = wait_for(|| {
            program.signal(Signal::SIGUSR1).unwrap();
            let text = fs::read_to_string("/tmp/keepalived.data").ok()?;
            // Others write the same file.
            let ours =
                text.contains(&idler.name) && text.contains(&format!("   Effective priority = {wanted}\n"));
            ours.then_some(())
        });
        assert!(
            shown.is_some(),
            "never {wanted}; it said:\n{}",
            program.output().unwrap()
        );
    };
    // 100 + 1 + 4 + 8 - 16 + 32.
    priority(129);
    node.write(&text([10, 3, -8, 0, -32]).replace(" b weight 0\n", " b weight 16\n"));
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "Reload complete");
    // 100 + 10 + 6; what is in order takes nothing away.
    priority(116);
    assert!(node.has(VIRTUAL));
    end(running);
    priority(108);
    node.write(&text([253, 253, 253, 253, 253]));
    program.signal(Signal::SIGHUP).unwrap();
    priority(254);
    fs::write(&file, "-1").unwrap();
    // 100 + 253 - 253 + 253.
    priority(254);
    node.write(&text([-253, 1, -253, -253, -253]));
    program.signal(Signal::SIGHUP).unwrap();
    priority(1);
    assert!(node.has(VIRTUAL), "{}", program.output().unwrap());
}

fn a_script_that_prints_and_forks_without_end_is_ended_with_all_of_it() {
    let (node, _other) = pair();
    let pids = node.path("pids");
    // Each run prints as fast as it can, and so do two others that it starts; none of them ends.
    let script = node.script(
        "flood",
        &format!(
            "yes flood & echo $! >> {0}\n(yes flood & echo $! >> {0}; wait) &\necho $$ >> {0}\nexec yes flood",
            pids.display()
        ),
    );
    node.write(&format!(
        "global_defs {{\n script_user root\n}}\nvrrp_script flood {{\n script {script}\n interval 0.4\n timeout 0.3\n weight -10\n fall 2\n}}\n{}",
        instance(100, " track_script {\n flood\n }")
    ));
    let mut program = node.start();
    wait_until_said(&program, "VRRP_Script(flood) timed_out");
    wait_until_said(&program, "(VI_1) Changing effective priority from 100 to 90");
    node.wait_for_address(VIRTUAL, &program);
    let all = || -> Vec<i32> {
        let text = fs::read_to_string(&pids).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok()).collect()
    };
    assert!(wait_for(|| (all().len() >= 9).then_some(())).is_some());
    // One run at a time: those of the last one are all that can be alive.
    let one_run = wait_for(|| {
        let alive = all().into_iter().filter(|pid| is_alive(*pid)).count();
        (alive <= 3).then_some(())
    });
    assert!(one_run.is_some(), "{:?}", all());
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    let gone = wait_for(|| all().into_iter().all(|pid| !is_alive(pid)).then_some(()));
    assert!(gone.is_some(), "{:?}", all());
}
