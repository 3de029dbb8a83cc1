//! The running program asked how it is, and what it says of itself: metrics and state over HTTP with clients of all kinds, other
//! masters that are found. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;
use test_support::namespace::is_possible;
use test_support::process::{Program, wait_for};

mod node;

use node::{Node, VIRTUAL, count, instance, pair, wait_until_said};

fn main() {
    let possible = is_possible();
    let tests: &[(&'static str, fn())] = &[
        (
            "metrics_and_state_are_told_at_a_socket",
            metrics_and_state_are_told_at_a_socket,
        ),
        (
            "the_command_line_chooses_where_they_are_told",
            the_command_line_chooses_where_they_are_told,
        ),
        (
            "clients_of_all_kinds_delay_no_advert",
            clients_of_all_kinds_delay_no_advert,
        ),
        (
            "a_master_that_hears_another_says_so_once",
            a_master_that_hears_another_says_so_once,
        ),
        (
            "an_address_that_moves_away_is_announced_again",
            an_address_that_moves_away_is_announced_again,
        ),
        (
            "dumps_have_the_originals_keys_and_values",
            dumps_have_the_originals_keys_and_values,
        ),
        (
            "scripts_run_before_and_after_and_not_too_long",
            scripts_run_before_and_after_and_not_too_long,
        ),
        (
            "a_reload_is_shown_by_a_file_and_checked_before",
            a_reload_is_shown_by_a_file_and_checked_before,
        ),
        ("a_reload_comes_at_its_time", a_reload_comes_at_its_time),
        (
            "a_script_has_all_groups_of_its_user",
            a_script_has_all_groups_of_its_user,
        ),
    ];
    let tests: Vec<_> = tests
        .iter()
        .map(|(name, test)| (*name, *test, possible))
        .collect();
    node::run(&tests);
}

/// `global_defs` that has the program tell metrics at a socket in the node's folder.
fn told(node: &Node, more: &str) -> String {
    format!(
        "global_defs {{\n holdfast_http unix:{}{more}\n}}\n",
        node.path("http").display()
    )
}

/// The status and the body of an answer.
fn ask(mut stream: impl io::Read + io::Write, request: &str) -> io::Result<(u16, String)> {
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::InvalidData)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok((status.ok_or(io::ErrorKind::InvalidData)?, body.to_owned()))
}

fn get(socket: &Path, path: &str) -> io::Result<(u16, String)> {
    ask(
        UnixStream::connect(socket)?,
        &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    )
}

/// A page that is there.
fn page(socket: &Path, path: &str) -> String {
    let (status, body) = wait_for(|| get(socket, path).ok()).expect("an answer");
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn state(node: &Node) -> Value {
    serde_json::from_str(&page(&node.path("http"), "/state")).unwrap()
}

/// Waits until the first instance is as wanted.
fn wait_for_state(node: &Node, what: &str, program: &Program, wanted: impl Fn(&Value) -> bool) -> Value {
    let seen = wait_for(|| Some(state(node)["instances"][0].clone()).filter(&wanted));
    seen.unwrap_or_else(|| panic!("never {what}: {:#}\n{}", state(node), program.output().unwrap()))
}

fn metrics_and_state_are_told_at_a_socket() {
    let (node, _other) = pair();
    let script = node.script("check", "exit 0");
    node.write(&format!(
        "{}vrrp_script check {{\n script {script}\n interval 1\n weight 5\n user root\n}}\n{}",
        told(&node, ""),
        instance(100, " track_script {\n check\n }"),
    ));
    let mut program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    let socket = node.path("http");
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let one = wait_for_state(&node, "weighed", &program, |one| one["effective_priority"] == 105);
    assert_eq!((&one["name"], &one["state"]), (&"VI_1".into(), &"MASTER".into()));
    assert_eq!(one["addresses"][0]["address"], VIRTUAL);
    assert_eq!(one["addresses"][0]["set"], true);
    assert_eq!(one["transitions"]["MASTER"], 1);
    let metrics = page(&socket, "/metrics");
    for line in [
        "# TYPE holdfast_vrrp_state gauge",
        "holdfast_vrrp_state{instance=\"VI_1\",state=\"master\"} 1",
        "holdfast_vrrp_state{instance=\"VI_1\",state=\"backup\"} 0",
        "holdfast_vrrp_instance_info{instance=\"VI_1\",interface=\"eth0\",vrid=\"51\",family=\"ipv4\",version=\"2\"} 1",
        "holdfast_vrrp_priority{instance=\"VI_1\"} 100",
        "holdfast_vrrp_effective_priority{instance=\"VI_1\"} 105",
        "holdfast_vrrp_transitions_total{instance=\"VI_1\",to=\"master\"} 1",
        "holdfast_vrrp_packets_refused_total{instance=\"VI_1\",kind=\"ttl\"} 0",
        "holdfast_vrrp_script_up{script=\"check\"} 1",
        "holdfast_vrrp_script_last_status{script=\"check\"} 0",
        "holdfast_vrrp_interface_up{interface=\"eth0\"} 1",
        "holdfast_vrrp_split_brain{instance=\"VI_1\"} 0",
    ] {
        assert!(
            metrics.lines().any(|other| other == line),
            "{line} is not in {metrics}"
        );
    }
    assert_eq!(page(&socket, "/healthz"), "ok\n");
    assert_eq!(get(&socket, "/elsewhere").unwrap().0, 404);
    let post = ask(
        UnixStream::connect(&socket).unwrap(),
        "POST /metrics HTTP/1.1\r\n\r\n",
    )
    .unwrap();
    assert_eq!(post.0, 405);
    let head = ask(
        UnixStream::connect(&socket).unwrap(),
        "HEAD /state HTTP/1.1\r\n\r\n",
    )
    .unwrap();
    assert_eq!(head, (200, String::new()));
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(20_000));
    let answer = ask(UnixStream::connect(&socket).unwrap(), &long);
    // It may be cut off before the end of what it says is taken.
    assert!(
        answer.as_ref().map_or(true, |(status, _)| *status == 431),
        "{answer:?}"
    );
    // A reload without the keyword closes it, and one with it opens it again.
    node.write(&instance(100, ""));
    program.signal(Signal::SIGHUP).unwrap();
    assert!(wait_for(|| (!socket.exists()).then_some(())).is_some());
    node.write(&format!("{}{}", told(&node, ""), instance(100, "")));
    program.signal(Signal::SIGHUP).unwrap();
    assert_eq!(page(&socket, "/healthz"), "ok\n");
    assert_eq!(state(&node)["reloads"], 2);
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    assert!(!socket.exists());
}

fn the_command_line_chooses_where_they_are_told() {
    let (node, _other) = pair();
    node.network.ip(&["link", "set", "lo", "up"]).unwrap();
    node.write(&format!("{}{}", told(&node, ""), instance(100, "")));
    let mut command = node.command("keepalived.conf");
    let program = Program::start(command.args(["-n", "-l", "-D", "--http", "127.0.0.1:9112"])).unwrap();
    node.wait_for_address(VIRTUAL, &program);
    let answer = node.network.inside(|| {
        ask(
            TcpStream::connect("127.0.0.1:9112")?,
            "GET /healthz HTTP/1.0\r\n\r\n",
        )
    });
    assert_eq!(answer.unwrap(), (200, "ok\n".to_owned()));
    assert!(!node.path("http").exists());
    // Nobody else than this machine is to be told.
    let mut refused = node.command("keepalived.conf");
    let refused = refused
        .args(["-n", "--http", "192.168.0.11:80"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not an address of loopback"));
}

fn clients_of_all_kinds_delay_no_advert() {
    let (master, backup) = pair();
    // Three adverts of 50 ms that do not come make the other one master.
    let fast = " version 3\n advert_int 0.05";
    master.write(&format!("{}{}", told(&master, ""), instance(150, fast)));
    backup.write(&instance(100, fast));
    let first = master.start();
    master.wait_for_address(VIRTUAL, &first);
    let second = backup.start();
    wait_until_said(&second, "Entering BACKUP STATE (init)");
    let socket = master.path("http");
    let silent: Vec<UnixStream> = (0..300)
        .filter_map(|_| UnixStream::connect(&socket).ok())
        .collect();
    let slow: Vec<UnixStream> = (0..20)
        .filter_map(|_| {
            let mut stream = UnixStream::connect(&socket).ok()?;
            stream.write_all(b"GET /metrics HTTP/1.1\r\nA: ").ok()?;
            Some(stream)
        })
        .collect();
    drop(silent);
    drop(slow);
    let end = Instant::now() + Duration::from_secs(2);
    let mut answers = 0;
    while Instant::now() < end {
        // Some find all places taken.
        answers += usize::from(get(&socket, "/metrics").is_ok());
        if let Ok(mut stream) = UnixStream::connect(&socket) {
            let _ = stream.write_all(&[0xff; 16_384]);
        }
    }
    assert!(answers > 10, "{answers}");
    let metrics = page(&socket, "/metrics");
    let refused = metrics
        .lines()
        .find_map(|line| line.strip_prefix("holdfast_http_refused_total "));
    assert!(
        refused.and_then(|count| count.parse::<u64>().ok()).unwrap() > 0,
        "{metrics}"
    );
    assert_eq!(
        count(&second, "Entering MASTER STATE"),
        0,
        "{}",
        second.output().unwrap()
    );
    assert_eq!(
        count(&first, "Entering MASTER STATE"),
        1,
        "{}",
        first.output().unwrap()
    );
}

fn a_master_that_hears_another_says_so_once() {
    let (one, other) = pair();
    // What neither of them takes from the other makes masters of both.
    let secret = |word: &str| format!(" authentication {{\n auth_type PASS\n auth_pass {word}\n }}");
    one.write(&format!("{}{}", told(&one, ""), instance(150, &secret("one"))));
    other.write(&instance(100, &secret("other")));
    let first = one.start();
    let mut second = other.start();
    one.wait_for_address(VIRTUAL, &first);
    other.wait_for_address(VIRTUAL, &second);
    wait_until_said(&first, "(VI_1) SPLIT BRAIN: 192.168.0.12 is master as well");
    let split = |one: &Value| one["split_brain"]["now"] == true;
    let seen = wait_for_state(&one, "split", &first, split);
    assert_eq!(seen["split_brain"]["count"], 1);
    assert!(seen["packets_refused"]["auth_failure"].as_u64().unwrap() > 0);
    let metrics = page(&one.path("http"), "/metrics");
    assert!(
        metrics.contains("holdfast_vrrp_split_brain{instance=\"VI_1\"} 1\n"),
        "{metrics}"
    );
    assert!(
        metrics.contains("holdfast_vrrp_split_brains_total{instance=\"VI_1\"} 1\n"),
        "{metrics}"
    );
    second.signal(Signal::SIGTERM).unwrap();
    assert_eq!(second.wait_code(), Some(0));
    wait_until_said(&first, "(VI_1) split brain is over");
    assert_eq!(count(&first, "SPLIT BRAIN"), 1, "{}", first.output().unwrap());
}

fn an_address_that_moves_away_is_announced_again() {
    let (one, other) = pair();
    one.write(&format!("{}{}", told(&one, ""), instance(150, "")));
    let first = one.start();
    one.wait_for_address(VIRTUAL, &first);
    let announced = |program: &Program| count(program, "Sending gratuitous ARP on eth0 for 192.168.0.99");
    // The second burst after it became master is over.
    assert!(
        wait_for(|| (announced(&first) == 10).then_some(())).is_some(),
        "{}",
        first.output().unwrap()
    );
    // Another router that moves the same address.
    other.write(&instance(100, "").replace("router_id 51", "router_id 52"));
    let _second = other.start();
    wait_until_said(
        &first,
        "(VI_1) SPLIT BRAIN: another machine announces 192.168.0.99 at ",
    );
    assert!(
        wait_for(|| (announced(&first) >= 15).then_some(())).is_some(),
        "{}",
        first.output().unwrap()
    );
    let seen = wait_for_state(&one, "split", &first, |one| one["split_brain"]["now"] == true);
    assert!(seen["split_brain"]["foreign_announcements"].as_u64().unwrap() >= 2);
    assert_eq!(seen["split_brain"]["foreign_adverts"], 0);
}

const DUMPS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../compat-fixtures/vrrp/dumps");

/// The keys and values of a JSON text in their order, without those that are another each time.
fn facts(text: &str) -> Vec<String> {
    let parts = text.split(',').map(|part| part.trim_end().to_owned());
    parts
        .filter(|part| !part.contains("\"last_transition\"") && !part.contains("\"advert_sent\""))
        .collect()
}

fn dumps_have_the_originals_keys_and_values() {
    let node = Node::new();
    let others: Vec<Node> = (0..3).map(|_| Node::new()).collect();
    for (number, other) in others.iter().enumerate() {
        node.network
            .connect(&format!("eth{number}"), &other.network, "eth0")
            .unwrap();
    }
    node.network.ip(&["link", "set", "eth2", "down"]).unwrap();
    node.give("192.168.0.11/24");
    node.network
        .ip(&["addr", "add", "10.0.0.1/24", "dev", "eth1"])
        .unwrap();
    let recorded = |name: &str| fs::read_to_string(format!("{DUMPS}/{name}")).unwrap();
    let folder = node.folder.path().display();
    let files = format!(
        "global_defs {{\n state_dump_file {folder}/\n stats_dump_file {folder}/\n json_dump_file {folder}/\n",
    );
    node.write(&recorded("keepalived.conf").replacen("global_defs {\n", &files, 1));
    let program = node.start();
    let masters = || (count(&program, "Entering MASTER STATE") == 3).then_some(());
    assert!(wait_for(masters).is_some(), "{}", program.output().unwrap());
    let dump = |signal: i32, name: &str| {
        let path = node.path(name);
        let sent = std::process::Command::new("kill")
            .args([format!("-{signal}"), node.child().to_string()])
            .status();
        assert!(sent.unwrap().success());
        wait_for(|| fs::read_to_string(&path).ok().filter(|text| !text.is_empty()))
            .unwrap_or_else(|| panic!("no {name}: {}", program.output().unwrap()))
    };
    assert_eq!(
        facts(&dump(36, "keepalived.json")),
        facts(&recorded("recorded.json"))
    );
    let stats = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("Sent:"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        stats(&dump(12, "keepalived.stats")),
        stats(&recorded("recorded.stats"))
    );
    // Each line about an instance that is ours too has the original's words.
    let ours = dump(10, "keepalived.data");
    let instances = |text: &str| -> Vec<String> {
        let from = text.split_once("------< VRRP Topology >------\n").unwrap().1;
        let all = from.split("------<").next().unwrap();
        let differ = [
            "Last transition",
            "Read timeout",
            "Using src_ip = fe80",
            "ifindex",
            "fd_in",
            "Password",
        ];
        let lines = all
            .lines()
            .filter(|line| !differ.iter().any(|word| line.contains(word)));
        lines.map(str::to_owned).collect()
    };
    let theirs = instances(&recorded("recorded.data"));
    let missing: Vec<String> = theirs
        .iter()
        .filter(|line| !instances(&ours).contains(line))
        .cloned()
        .collect();
    let known = [
        "Number of config faults",
        "Number of interface and track script faults",
        "Number of track scripts init",
        "Notify deleted",
        "Notify priority changes",
        "Unicast checksum compatibility",
    ];
    let unknown: Vec<&String> = missing
        .iter()
        .filter(|line| !known.iter().any(|word| line.contains(word)))
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?} are not in {ours}");
}

/// A configuration with these lines in `global_defs`.
fn with_global(lines: &str) -> String {
    format!(
        "global_defs {{\n enable_script_security\n script_user root\n{lines}\n}}\n{}",
        instance(100, "")
    )
}

fn scripts_run_before_and_after_and_not_too_long() {
    let (node, _other) = pair();
    // Others may write to folders below the usual one for temporary files, where no script of root's is run from.
    let place = tempfile::tempdir_in("/run").unwrap();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let script = place.path().join("bound");
    fs::write(&script, "#!/bin/sh\necho $1 >>$0.calls\nsleep $2\nexit $3\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let script = script.display();
    node.write(&with_global(&format!(
        " startup_script \"{script} first 0 3\"\n shutdown_script \"{script} last 60 0\"\n shutdown_script_timeout 1\n\
         umask IRWXO|IXGRP\n process_names\n vrrp_process_name speaker\n state_dump_file {}/\n",
        node.folder.path().display()
    )));
    let mut program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    let calls = || fs::read_to_string(place.path().join("bound.calls")).unwrap();
    assert_eq!(calls(), "first\n");
    wait_until_said(&program, "startup script script failed, status 3");
    let name = |pid: i32| fs::read_to_string(format!("/proc/{pid}/comm")).unwrap();
    assert_eq!(name(node.child()), "speaker\n");
    assert_eq!(name(program.pid()), "keepalived\n");
    let ended = Instant::now();
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    assert!(ended.elapsed() < Duration::from_secs(20));
    assert_eq!(calls(), "first\nlast\n");
    let said = program.output().unwrap();
    assert!(said.contains("shutdown script timed out"), "{said}");
    assert!(!node.has(VIRTUAL));
}

fn a_reload_is_shown_by_a_file_and_checked_before() {
    let (node, _other) = pair();
    let folder = node.folder.path().display();
    let global = format!(
        " reload_file {folder}/reading\n reload_check_config {folder}/why\n config_save_dir {folder}/kept\n"
    );
    node.write(&with_global(&global));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    let reading = node.path("reading");
    fs::write(&reading, "wait").unwrap();
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "Reload complete");
    assert!(wait_for(|| (!reading.exists()).then_some(())).is_some());
    // What cannot be run is not passed on, and the file says why.
    node.write(
        &with_global(&format!("{global} router_id\n include_check\n")).replace("interface eth0", "interface"),
    );
    program.signal(Signal::SIGHUP).unwrap();
    wait_until_said(&program, "New config failed validation, see ");
    assert!(!fs::read_to_string(node.path("why")).unwrap().is_empty());
    assert!(wait_for(|| (!reading.exists()).then_some(())).is_some());
    assert!(node.has(VIRTUAL));
    assert_eq!(count(&program, "Reload complete"), 1);
    let kept = fs::read_dir(node.path("kept")).unwrap().count();
    assert_eq!(kept, 3);
    let first = node.path(&format!("kept/keepalived.conf.{}.0", program.pid()));
    assert_eq!(fs::read_to_string(first).unwrap(), with_global(&global));
}

fn a_reload_comes_at_its_time() {
    let (node, _other) = pair();
    let file = node.path("when");
    node.write(&with_global(&format!(" reload_time_file {}\n", file.display())));
    let program = node.start();
    node.wait_for_address(VIRTUAL, &program);
    fs::write(&file, "soon\n").unwrap();
    wait_until_said(&program, "Reload time soon format is incorrect - ignoring");
    let at = |seconds: i64| {
        let at = std::process::Command::new("date")
            .args(["-u", "-d", &format!("{seconds} seconds"), "+%Y-%m-%d %H:%M:%SZ"])
            .output();
        fs::write(&file, at.unwrap().stdout).unwrap();
    };
    at(600);
    wait_until_said(&program, "Scheduling reload for ");
    fs::remove_file(&file).unwrap();
    wait_until_said(&program, "Cancelling reload scheduled for ");
    at(3);
    wait_until_said(&program, "Reload complete");
    assert!(!file.exists());
    assert!(node.has(VIRTUAL));
    assert_eq!(count(&program, "Reload complete"), 1);
}

fn a_script_has_all_groups_of_its_user() {
    let (node, _other) = pair();
    // A user of every system that is in a group besides its own here.
    let groups = |user: &str| {
        let shown = std::process::Command::new("id")
            .args(["-G", user])
            .output()
            .unwrap()
            .stdout;
        let mut all: Vec<u32> = String::from_utf8(shown)
            .unwrap()
            .split_whitespace()
            .map(|one| one.parse().unwrap())
            .collect();
        all.sort_unstable();
        all
    };
    let out = node.path("groups");
    fs::write(&out, "").unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o666)).unwrap();
    let script = node.script(
        "told",
        &format!("grep Groups /proc/self/status >>{}", out.display()),
    );
    node.write(&format!(
        "global_defs {{\n set_supplementary_groups\n}}\n{}",
        instance(100, &format!(" notify_master {script} daemon"))
    ));
    let program = node.start();
    let told = wait_for(|| fs::read_to_string(&out).ok().filter(|text| !text.is_empty()));
    let told = told.unwrap_or_else(|| panic!("{}", program.output().unwrap()));
    let mut all: Vec<u32> = told
        .split_whitespace()
        .skip(1)
        .map(|one| one.parse().unwrap())
        .collect();
    all.sort_unstable();
    assert_eq!(all, groups("daemon"));
}
