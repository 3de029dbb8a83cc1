//! keepalived's daemon in networks of its own: addresses set and taken away, takeover, reload, children that die, bad packets,
//! rights given up. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use socket2::{Domain, Protocol, Socket, Type};
use test_support::namespace::{Namespace, is_possible};
use test_support::process::{PATIENCE, Program, is_alive, wait_for};
use vrrp_proto::wire::{Advert, Auth, Version, prepend_ipv4_header};

mod node;

use node::{Node, VIRTUAL, count, instance, pair, wait_until_said};

fn main() {
    let possible = is_possible();
    let tests: &[(&'static str, fn())] = &[
        (
            "an_address_is_there_while_the_program_runs",
            an_address_is_there_while_the_program_runs,
        ),
        (
            "a_backup_takes_over_when_the_master_stops",
            a_backup_takes_over_when_the_master_stops,
        ),
        (
            "a_backup_takes_over_when_the_master_is_killed",
            a_backup_takes_over_when_the_master_is_killed,
        ),
        (
            "a_master_whose_link_is_cut_gives_its_address_back",
            a_master_whose_link_is_cut_gives_its_address_back,
        ),
        (
            "a_reload_changes_addresses_and_leaves_the_master_master",
            a_reload_changes_addresses_and_leaves_the_master_master,
        ),
        (
            "a_reload_of_a_broken_file_changes_nothing",
            a_reload_of_a_broken_file_changes_nothing,
        ),
        (
            "a_child_that_dies_is_started_again",
            a_child_that_dies_is_started_again,
        ),
        (
            "without_respawning_the_program_ends_with_its_child",
            without_respawning_the_program_ends_with_its_child,
        ),
        (
            "only_the_rights_that_are_needed_are_kept",
            only_the_rights_that_are_needed_are_kept,
        ),
        (
            "bad_packets_change_nothing_at_any_rate",
            bad_packets_change_nothing_at_any_rate,
        ),
        (
            "an_address_that_somebody_took_comes_back",
            an_address_that_somebody_took_comes_back,
        ),
        (
            "a_script_weighs_and_ends_with_the_program",
            a_script_weighs_and_ends_with_the_program,
        ),
        (
            "a_script_that_hangs_is_ended_and_counts_as_failed",
            a_script_that_hangs_is_ended_and_counts_as_failed,
        ),
        (
            "scripts_end_with_a_child_that_is_killed",
            scripts_end_with_a_child_that_is_killed,
        ),
        (
            "mail_is_sent_as_the_original_writes_it",
            mail_is_sent_as_the_original_writes_it,
        ),
        (
            "addresses_may_be_left_at_the_end",
            addresses_may_be_left_at_the_end,
        ),
        ("a_namespace_may_be_named", a_namespace_may_be_named),
        ("a_start_may_be_delayed", a_start_may_be_delayed),
        ("a_script_runs_as_its_user", a_script_runs_as_its_user),
        (
            "signals_that_come_during_a_start_are_taken_later",
            signals_that_come_during_a_start_are_taken_later,
        ),
        ("the_service_manager_is_told", the_service_manager_is_told),
        ("real_time_signals_are_taken", real_time_signals_are_taken),
        ("scripts_are_told_of_each_state", scripts_are_told_of_each_state),
        ("an_interface_may_come_later", an_interface_may_come_later),
        ("a_second_program_sees_the_first", a_second_program_sees_the_first),
        ("a_daemon_leaves_the_terminal", a_daemon_leaves_the_terminal),
        (
            "the_documents_files_hold_their_addresses",
            the_documents_files_hold_their_addresses,
        ),
    ];
    let tests: Vec<_> = tests
        .iter()
        .map(|(name, test)| (*name, *test, possible))
        .collect();
    node::run(&tests);
}

fn an_address_is_there_while_the_program_runs() {
    let (node, _other) = pair();
    node.write(&instance(
        100,
        " virtual_ipaddress_excluded {\n 192.168.0.98/24 label eth0:1\n }",
    ));
    let mut program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    node.wait_for_address("192.168.0.98", &program);
    let shown = node
        .network
        .ip(&["-o", "-4", "addr", "show", "dev", "eth0"])
        .unwrap();
    assert!(shown.contains("192.168.0.99/32 scope global eth0"), "{shown}");
    assert!(
        shown.contains("192.168.0.98/24 scope global secondary eth0:1"),
        "{shown}"
    );
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    assert!(!node.has(VIRTUAL) && !node.has("192.168.0.98"));
    assert!(node.has("192.168.0.11"));
    assert!(!node.path("parent.pid").exists() && !node.path("vrrp.pid").exists());
}

/// Starts both, the first with the higher priority, and waits until it is master.
fn start_pair(master: &Node, backup: &Node) -> (Program, Program) {
    master.write(&instance(101, ""));
    backup.write(&instance(100, ""));
    let first = master.start();
    master.wait_for_address(VIRTUAL, &first);
    let second = backup.start();
    wait_until_said(&second, "Entering BACKUP STATE (init)");
    (first, second)
}

fn a_backup_takes_over_when_the_master_stops() {
    let (master, backup) = pair();
    let (mut first, second) = start_pair(&master, &backup);
    first.signal(Signal::SIGTERM).unwrap();
    backup.wait_for_address(VIRTUAL, &second);
    assert_eq!(
        count(&second, "(VI_1) Backup received priority 0 advertisement"),
        1
    );
    assert_eq!(first.wait_code(), Some(0));
    // And back again, when the first one comes back.
    let first = master.start();
    master.wait_for_address(VIRTUAL, &first);
    backup.wait_for_no_address(VIRTUAL, &second);
}

fn a_backup_takes_over_when_the_master_is_killed() {
    let (master, backup) = pair();
    let (first, second) = start_pair(&master, &backup);
    let child = master.child();
    // The parent is killed alone: its child hears of it, and gives the address back.
    first.signal(Signal::SIGKILL).unwrap();
    master.wait_for_no_address(VIRTUAL, &first);
    backup.wait_for_address(VIRTUAL, &second);
    assert!(wait_for(|| (!is_alive(child)).then_some(())).is_some());
}

fn a_master_whose_link_is_cut_gives_its_address_back() {
    let (master, backup) = pair();
    let (first, second) = start_pair(&master, &backup);
    master.network.ip(&["link", "set", "eth0", "down"]).unwrap();
    master.wait_for_no_address(VIRTUAL, &first);
    wait_until_said(&first, "Netlink reports eth0 down");
    wait_until_said(&first, "(VI_1) Entering FAULT STATE");
    // The cable has two ends.
    wait_until_said(&second, "(VI_1) Entering FAULT STATE");
    master.network.ip(&["link", "set", "eth0", "up"]).unwrap();
    master.wait_for_address(VIRTUAL, &first);
    backup.wait_for_no_address(VIRTUAL, &second);
}

fn a_reload_changes_addresses_and_leaves_the_master_master() {
    let (master, backup) = pair();
    let (first, second) = start_pair(&master, &backup);
    for round in 1..=5 {
        let added = format!("192.168.0.{}", 100 + round);
        master.write(&instance(
            101,
            &format!(" virtual_ipaddress_excluded {{\n {added}\n }}"),
        ));
        first.signal(Signal::SIGHUP).unwrap();
        master.wait_for_address(&added, &first);
        master.wait_for_no_address(&format!("192.168.0.{}", 100 + round - 1), &first);
        assert!(master.has(VIRTUAL));
    }
    assert_eq!(count(&first, "Reload complete"), 5);
    assert_eq!(
        count(&first, "Entering MASTER STATE"),
        1,
        "{}",
        first.output().unwrap()
    );
    assert_eq!(
        count(&second, "Entering MASTER STATE"),
        0,
        "{}",
        second.output().unwrap()
    );
    // An instance that is gone takes its addresses along, one that is new begins.
    master.write(
        &instance(101, "")
            .replace("VI_1", "VI_2")
            .replace("router_id 51", "router_id 52")
            .replace(VIRTUAL, "192.168.0.77"),
    );
    first.signal(Signal::SIGHUP).unwrap();
    master.wait_for_no_address(VIRTUAL, &first);
    master.wait_for_address("192.168.0.77", &first);
    backup.wait_for_address(VIRTUAL, &second);
}

fn a_reload_of_a_broken_file_changes_nothing() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    fs::remove_file(node.path("keepalived.conf")).unwrap();
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "going on with the former one");
    assert!(node.has(VIRTUAL));
    node.write(&instance(100, ""));
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "Reload complete");
    assert!(node.has(VIRTUAL));
}

fn a_child_that_dies_is_started_again() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    let child = node.child();
    kill(Pid::from_raw(child), Signal::SIGKILL).unwrap();
    wait_until_said(&program, &format!("VRRP child process({child}) died: Respawning"));
    // It takes away what the dead one left, and becomes master in its own time.
    let again = wait_for(|| (count(&program, "Entering MASTER STATE") == 2).then_some(()));
    assert!(again.is_some(), "{}", program.output().unwrap());
    node.wait_for_address(VIRTUAL, &program);
    assert_ne!(node.child(), child);
}

fn without_respawning_the_program_ends_with_its_child() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let mut program = Program::start(node.command("keepalived.conf").args(["-n", "-l", "-R"])).unwrap();
    wait_until_said(&program, "Startup complete");
    kill(Pid::from_raw(node.child()), Signal::SIGKILL).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    assert_eq!(
        count(&program, "died: Exiting"),
        1,
        "{}",
        program.output().unwrap()
    );
}

fn only_the_rights_that_are_needed_are_kept() {
    let (node, _other) = pair();
    let script = node.script(
        "rights",
        &format!(
            "grep ^Cap /proc/self/status > {}",
            node.path("rights.txt").display()
        ),
    );
    node.write(&instance(100, &format!(" notify_master {script}")));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    let rights = |text: &str, kind: &str| -> u64 {
        let line = text.lines().find(|line| line.starts_with(kind)).unwrap();
        u64::from_str_radix(line.split_whitespace().nth(1).unwrap(), 16).unwrap()
    };
    // DAC_READ_SEARCH, KILL, SETGID, SETUID, NET_ADMIN, NET_RAW.
    let needed = [2, 5, 6, 7, 12, 13]
        .into_iter()
        .fold(0, |all, bit| all | 1 << bit);
    let status = fs::read_to_string(format!("/proc/{}/status", node.child())).unwrap();
    assert_eq!(rights(&status, "CapEff:"), needed, "{status}");
    assert_eq!(rights(&status, "CapPrm:"), needed, "{status}");
    assert_eq!(rights(&status, "CapInh:"), 0, "{status}");
    // The parent may also remove pid files in any folder: DAC_OVERRIDE.
    let parent = fs::read_to_string(node.path("parent.pid")).unwrap();
    let status = fs::read_to_string(format!("/proc/{}/status", parent.trim())).unwrap();
    assert_eq!(rights(&status, "CapEff:"), needed | 1 << 1, "{status}");
    assert_eq!(rights(&status, "CapPrm:"), needed | 1 << 1, "{status}");
    // Scripts of root are root as they would be without.
    let own = fs::read_to_string("/proc/self/status").unwrap();
    let of_script = wait_for(|| {
        let text = fs::read_to_string(node.path("rights.txt")).ok()?;
        (text.lines().count() == 5).then_some(text)
    })
    .expect("the script has run");
    assert_eq!(rights(&of_script, "CapEff:"), rights(&own, "CapBnd:"));
}

/// Sends packets into a network.
struct Sender(Socket);

impl Sender {
    fn new(network: &Namespace) -> Self {
        let socket = network.inside(|| {
            let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(112)))?;
            socket.set_header_included_v4(true)?;
            socket.bind_device(Some(b"eth0"))?;
            Ok(socket)
        });
        Self(socket.unwrap())
    }

    fn send(&self, packet: &[u8]) {
        let group = SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 18), 0);
        loop {
            match self.0.send_to(packet, &group.into()) {
                Ok(_) => return,
                // The cable is full.
                Err(error) if error.raw_os_error() == Some(nix::errno::Errno::ENOBUFS as i32) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// An advert of a higher master, wrong as `change` makes its bytes behind the IP header.
fn advert(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let source = Ipv4Addr::new(192, 168, 0, 13);
    let group = Ipv4Addr::new(224, 0, 0, 18);
    let advert = Advert {
        version: Version::V2,
        vrid: 51,
        priority: 200,
        interval: std::time::Duration::from_secs(1),
        auth: Auth::None,
        addresses: vec![VIRTUAL.parse().unwrap()],
    };
    let mut bytes = advert.encode(source.into(), group.into());
    change(&mut bytes);
    prepend_ipv4_header(source, group, 7, 255, &bytes)
}

fn bad_packets_change_nothing_at_any_rate() {
    let (node, other) = pair();
    node.write(&instance(100, ""));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    let sender = Sender::new(&other.network);
    let checksum = advert(|bytes| bytes[6] ^= 0xff);
    let kinds = [
        (checksum.clone(), "(VI_1) Invalid VRRPv2 checksum"),
        (
            advert(|bytes| bytes.truncate(19)),
            "(VI_1) vrrp packet too short, length 39 and expect 40",
        ),
        (
            advert(|bytes| bytes.extend([0; 4])),
            "(VI_1) vrrp packet too long, length 44 and expect 40",
        ),
        (
            advert(|bytes| bytes.truncate(7)),
            "IPv4 VRRP packet too short - 27 bytes",
        ),
    ];
    for (packet, line) in &kinds {
        sender.send(packet);
        wait_until_said(&program, line);
    }
    // Nobody is told of each of 20,000, and the program goes on.
    for _ in 0..20_000 {
        sender.send(&checksum);
    }
    wait_until_said(&program, "more lines of these kinds left out");
    assert!(
        count(&program, "Invalid VRRPv2 checksum") < 500,
        "{}",
        program.output().unwrap()
    );
    assert_eq!(
        count(&program, "Entering BACKUP STATE"),
        1,
        "{}",
        program.output().unwrap()
    );
    assert!(node.has(VIRTUAL));
    // One that is right is still heard.
    sender.send(&advert(|_| {}));
    node.wait_for_no_address(VIRTUAL, &program);
    wait_until_said(
        &program,
        "Master received advert from 192.168.0.13 with higher priority 200, ours 100",
    );
}

fn an_address_that_somebody_took_comes_back() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    node.network
        .ip(&["addr", "del", "192.168.0.99/32", "dev", "eth0"])
        .unwrap();
    wait_until_said(
        &program,
        "Netlink reflector reports IP 192.168.0.99 removed from eth0",
    );
    node.wait_for_address(VIRTUAL, &program);
    assert_eq!(count(&program, "Entering MASTER STATE"), 2);
}

fn a_script_weighs_and_ends_with_the_program() {
    let (node, _other) = pair();
    let flag = node.path("flag");
    let check = node.script("check", &format!("test ! -e {}", flag.display()));
    let pid = node.path("sleeper");
    let sleeper = node.script(
        "sleep",
        &format!("sleep 600 &\necho $! > {}\nwait", pid.display()),
    );
    node.write(&format!(
        "vrrp_script check {{\n script {check}\n interval 1\n weight 20\n}}\n\
         vrrp_script sleeper {{\n script {sleeper}\n interval 100\n weight 5\n}}\n{}",
        instance(100, " track_script {\n check\n sleeper\n }")
    ));
    let mut program = node.start();
    wait_until_said(&program, "VRRP_Script(check) succeeded");
    wait_until_said(&program, "(VI_1) Changing effective priority from 100 to 120");
    fs::write(&flag, "").unwrap();
    wait_until_said(&program, "VRRP_Script(check) failed (exited with status 1)");
    wait_until_said(&program, "(VI_1) Changing effective priority from 120 to 100");
    let sleeping: i32 =
        wait_for(|| fs::read_to_string(&pid).ok()?.trim().parse().ok()).expect("the script has started");
    assert!(is_alive(sleeping));
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    assert!(wait_for(|| (!is_alive(sleeping)).then_some(())).is_some());
}

fn a_script_that_hangs_is_ended_and_counts_as_failed() {
    let (node, _other) = pair();
    let pid = node.path("sleeper");
    let script = node.script(
        "hang",
        &format!(
            "test -e {0} && exit 0\nsleep 600 &\necho $! > {0}\nwait",
            pid.display()
        ),
    );
    node.write(&format!(
        "vrrp_script hang {{\n script {script}\n interval 2\n timeout 1\n weight -10\n}}\n{}",
        instance(100, " track_script {\n hang\n }")
    ));
    let program = node.start();
    wait_until_said(&program, "VRRP_Script(hang) timed_out");
    wait_until_said(&program, "(VI_1) Changing effective priority from 100 to 90");
    let sleeping: i32 = fs::read_to_string(&pid).unwrap().trim().parse().unwrap();
    assert!(wait_for(|| (!is_alive(sleeping)).then_some(())).is_some());
    // The next run is a good one.
    wait_until_said(&program, "(VI_1) Changing effective priority from 90 to 100");
}

fn scripts_end_with_a_child_that_is_killed() {
    let (node, _other) = pair();
    let pid = node.path("sleeper");
    let script = node.script(
        "sleep",
        &format!(
            "test -e {0} && exit 0\nsleep 600 &\necho $! > {0}\nwait",
            pid.display()
        ),
    );
    node.write(&format!(
        "vrrp_script sleeper {{\n script {script}\n interval 100\n weight 5\n}}\n{}",
        instance(100, " track_script {\n sleeper\n }")
    ));
    let program = node.start();
    let sleeping: i32 =
        wait_for(|| fs::read_to_string(&pid).ok()?.trim().parse().ok()).expect("the script has started");
    kill(Pid::from_raw(node.child()), Signal::SIGKILL).unwrap();
    wait_until_said(&program, "died: Respawning");
    assert!(wait_for(|| (!is_alive(sleeping)).then_some(())).is_some());
    wait_until_said(&program, "VRRP_Script(sleeper) succeeded");
}

/// A mail server that takes one mail; gives what it was told, line by line.
fn take_mail(listener: &TcpListener) -> io::Result<Vec<String>> {
    let (stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut lines = Vec::new();
    let mut writer = &stream;
    writer.write_all(b"220 ready\r\n")?;
    let mut in_text = false;
    for line in BufReader::new(&stream).lines() {
        let line = line?;
        let answer: &[u8] = match (in_text, line.as_str()) {
            (true, ".") => {
                in_text = false;
                b"250 taken\r\n"
            }
            (true, _) => b"",
            (false, "DATA") => {
                in_text = true;
                b"354 go on\r\n"
            }
            (false, "QUIT") => b"221 bye\r\n",
            (false, _) => b"250 fine\r\n",
        };
        writer.write_all(answer)?;
        let ends = line == "QUIT";
        lines.push(line);
        if ends {
            break;
        }
    }
    Ok(lines)
}

fn mail_is_sent_as_the_original_writes_it() {
    let (node, _other) = pair();
    node.write(&format!(
        "global_defs {{\n router_id lb1\n smtp_server 127.0.0.1\n smtp_helo_name here\n\
         notification_email {{\n ops@example.com\n boss@example.com\n }}\n notification_email_from lb1@example.com\n}}\n{}",
        instance(100, " smtp_alert")
    ));
    let listener = node.network.inside(|| TcpListener::bind("127.0.0.1:25")).unwrap();
    let program = node.start();
    let mails: Vec<_> = (0..2).map(|_| take_mail(&listener).unwrap()).collect();
    for (mail, state, owning) in [(&mails[0], "BACKUP", "no longer"), (&mails[1], "MASTER", "now")] {
        let told: Vec<&str> = mail
            .iter()
            .map(String::as_str)
            .filter(|line| !line.starts_with("Date: "))
            .collect();
        let subject = format!("Subject: [lb1] VRRP Instance VI_1 - Entering {state} state");
        let body = format!("=> VRRP Instance is {owning} owning VRRP VIPs <=");
        let expected = [
            "EHLO here",
            "MAIL FROM:<lb1@example.com>",
            "RCPT TO:<ops@example.com>",
            "RCPT TO:<boss@example.com>",
            "DATA",
            "From: lb1@example.com",
            &subject,
            "X-Mailer: Keepalived",
            "To: ops@example.com, boss@example.com",
            "",
            &body,
            "",
            ".",
            "QUIT",
        ];
        assert_eq!(told, expected);
    }
    wait_until_said(&program, "SMTP alert successfully sent.");
}

fn addresses_may_be_left_at_the_end() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let mut program = Program::start(node.command("keepalived.conf").args(["-n", "-l", "-V", "-d"])).unwrap();
    node.wait_for_address(VIRTUAL, &program);
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    assert!(node.has(VIRTUAL));
    // -d tells what was understood.
    assert_eq!(
        count(&program, " VRRP Instance = VI_1"),
        1,
        "{}",
        program.output().unwrap()
    );
    // The next one to run takes it away before it is master.
    let program = node.start();
    node.wait_for_no_address(VIRTUAL, &program);
    node.wait_for_address(VIRTUAL, &program);
}

fn a_namespace_may_be_named() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command
        .args([
            "keepalived",
            "-P",
            "-G",
            "-n",
            "-l",
            "-s",
            node.network.name(),
            "-f",
        ])
        .arg(node.path("keepalived.conf"))
        .arg("-p")
        .arg(node.path("parent.pid"))
        .arg("-r")
        .arg(node.path("vrrp.pid"));
    let program = Program::start(&mut command).unwrap();
    node.wait_for_address(VIRTUAL, &program);
}

fn a_start_may_be_delayed() {
    let (node, _other) = pair();
    node.write(&format!(
        "global_defs {{\n vrrp_startup_delay 4\n}}\n{}",
        instance(100, "")
    ));
    let program = node.start();
    wait_until_said(&program, "Startup complete");
    assert_eq!(count(&program, "Entering"), 0, "{}", program.output().unwrap());
    node.wait_for_address(VIRTUAL, &program);
}

fn a_script_runs_as_its_user() {
    let (node, _other) = pair();
    let told = node.path("told");
    fs::write(&told, "").unwrap();
    fs::set_permissions(&told, fs::Permissions::from_mode(0o666)).unwrap();
    let script = node.script(
        "who",
        &format!(
            "grep -E '^(Uid|Gid|Groups|CapEff):' /proc/self/status | tr '\\t' ' ' > {}",
            told.display()
        ),
    );
    node.write(&format!(
        "vrrp_script who {{\n script {script}\n interval 100\n weight 5\n user nobody\n}}\n{}",
        instance(100, " track_script {\n who\n }")
    ));
    let program = node.start();
    wait_until_said(&program, "VRRP_Script(who) succeeded");
    let nobody = nix::unistd::User::from_name("nobody")
        .unwrap()
        .expect("a user nobody");
    let (uid, gid) = (nobody.uid, nobody.gid);
    let text = fs::read_to_string(&told).unwrap();
    assert!(
        text.contains(&format!("Uid: {uid} {uid} {uid} {uid}\n")),
        "{text}"
    );
    assert!(
        text.contains(&format!("Gid: {gid} {gid} {gid} {gid}\n")),
        "{text}"
    );
    // None of root's groups, and none of its rights.
    assert!(text.lines().any(|line| line.trim_end() == "Groups:"), "{text}");
    assert!(text.contains("CapEff: 0000000000000000\n"), "{text}");
}

fn signals_that_come_during_a_start_are_taken_later() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let program = node.start();
    wait_until_said(&program, "Starting VRRP child process");
    for _ in 0..10 {
        program.signal(Signal::SIGHUP).unwrap();
    }
    wait_until_said(&program, "Reload complete");
    node.wait_for_address(VIRTUAL, &program);
    assert_eq!(count(&program, "died"), 0, "{}", program.output().unwrap());
}

fn the_service_manager_is_told() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let path = node.path("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = || {
        let mut message = [0; 256];
        let length = manager.recv(&mut message).expect("a message");
        String::from_utf8_lossy(&message[..length]).into_owned()
    };
    let mut command = node.command("keepalived.conf");
    let mut program = Program::start(command.args(["-n", "-l"]).env("NOTIFY_SOCKET", &path)).unwrap();
    let ready = heard();
    assert!(
        ready.starts_with("READY=1\n") && ready.contains(&format!("MAINPID={}\n", program.pid())),
        "{ready}"
    );
    program.signal(Signal::SIGHUP).unwrap();
    assert!(heard().starts_with("RELOADING=1\n"));
    assert!(heard().starts_with("READY=1\n"));
    node.write("vrrp_instance VI_1 {\n interface eth9\n virtual_router_id 1\n virtual_ipaddress {\n 192.168.0.1\n }\n}\n");
    program.signal(Signal::SIGHUP).unwrap();
    assert!(heard().starts_with("RELOADING=1\n"));
    assert!(heard().starts_with("READY=1\n"));
    program.signal(Signal::SIGTERM).unwrap();
    assert!(heard().starts_with("STOPPING=1\n"));
    assert_eq!(program.wait_code(), Some(0));
}

fn real_time_signals_are_taken() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    for (number, line) in [
        ("63", "Printing and clearing VRRP stats"),
        ("36", "Printing VRRP as json"),
    ] {
        let status = Command::new("kill")
            .args(["-s", number, &program.pid().to_string()])
            .status()
            .unwrap();
        assert!(status.success());
        wait_until_said(&program, line);
    }
    assert!(node.has(VIRTUAL));
}

fn scripts_are_told_of_each_state() {
    let (node, _other) = pair();
    let log = node.path("told");
    let tell = node.script("tell", &format!("echo \"$*\" >> {}", log.display()));
    node.write(&instance(
        100,
        &format!(
            " notify {tell}\n notify_master \"{tell} 'to master'\"\n notify_backup \"{tell} backup\"\n \
             notify_fault \"{tell} fault\"\n notify_stop \"{tell} stop\""
        ),
    ));
    let mut program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    node.network.ip(&["link", "set", "eth0", "down"]).unwrap();
    wait_until_said(&program, "Entering FAULT STATE");
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    let expected = [
        "INSTANCE VI_1 BACKUP 100",
        "INSTANCE VI_1 FAULT 100",
        "INSTANCE VI_1 MASTER 100",
        "INSTANCE VI_1 STOP 100",
        "backup",
        "fault",
        "stop",
        "to master",
    ];
    let mut told = Vec::new();
    let all = wait_for(|| {
        let text = fs::read_to_string(&log).unwrap_or_default();
        told = text.lines().map(str::to_owned).collect();
        // They run side by side.
        told.sort();
        (told == expected).then_some(())
    });
    assert!(all.is_some(), "{told:?}");
}

fn an_interface_may_come_later() {
    let (node, other) = (Node::new(), Node::new());
    node.write(&format!(
        "global_defs {{\n dynamic_interfaces\n}}\n{}",
        instance(100, "")
    ));
    let program = node.start();
    wait_until_said(&program, "(VI_1) entering FAULT state");
    node.network.connect("eth0", &other.network, "eth0").unwrap();
    wait_until_said(&program, "Netlink reports eth0 up");
    assert_eq!(
        count(&program, "Entering BACKUP STATE"),
        0,
        "{}",
        program.output().unwrap()
    );
    // Without an address there is nothing to send from.
    node.give("192.168.0.11/24");
    node.wait_for_address(VIRTUAL, &program);
    // Nor when it is taken away.
    node.network
        .ip(&["addr", "del", "192.168.0.11/24", "dev", "eth0"])
        .unwrap();
    node.wait_for_no_address(VIRTUAL, &program);
    wait_until_said(&program, "Entering FAULT STATE");
    node.give("192.168.0.11/24");
    node.wait_for_address(VIRTUAL, &program);
    node.network.ip(&["link", "del", "eth0"]).unwrap();
    wait_until_said(&program, "Interface eth0 deleted");
    node.network.connect("eth0", &other.network, "eth0").unwrap();
    node.give("192.168.0.11/24");
    node.wait_for_address(VIRTUAL, &program);
}

fn a_second_program_sees_the_first() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let first = node.start();
    wait_until_said(&first, "Startup complete");
    let mut second = node.start();
    assert_eq!(second.wait_code(), Some(0));
    assert_eq!(count(&second, "daemon is already running"), 1);
    node.wait_for_address(VIRTUAL, &first);
}

fn a_daemon_leaves_the_terminal() {
    let (node, _other) = pair();
    node.write(&instance(100, ""));
    let mut command = Program::start(&mut node.command("keepalived.conf")).unwrap();
    assert_eq!(command.wait_code(), Some(0), "{}", command.output().unwrap());
    let parent: i32 = fs::read_to_string(node.path("parent.pid"))
        .unwrap()
        .trim()
        .parse()
        .unwrap();
    node.wait_for_address(VIRTUAL, &command);
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).unwrap();
    assert_eq!(name, "keepalived\n");
    assert_eq!(
        fs::read_link(format!("/proc/{parent}/cwd")).unwrap(),
        PathBuf::from("/")
    );
    assert_eq!(
        fs::read_link(format!("/proc/{parent}/fd/1")).unwrap(),
        PathBuf::from("/dev/null")
    );
    kill(Pid::from_raw(parent), Signal::SIGTERM).unwrap();
    assert!(wait_for(|| (!is_alive(parent)).then_some(())).is_some());
    assert!(!node.has(VIRTUAL));
}

fn the_documents_files_hold_their_addresses() {
    let documents = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../compat-fixtures/documents/keepalived"
    );
    for (file, address) in [
        ("001-lb1-master.conf", VIRTUAL),
        ("001-lb2-backup.conf", VIRTUAL),
        ("002-dc1.conf", "10.0.10.3"),
        ("002-dc2.conf", "10.0.20.3"),
    ] {
        let (node, _other) = pair();
        fs::copy(format!("{documents}/{file}"), node.path("keepalived.conf")).unwrap();
        let program = node.start();
        node.wait_for_address(address, &program);
    }
}
