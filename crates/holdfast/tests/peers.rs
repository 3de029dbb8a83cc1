//! Peers that share stick tables: Holdfast with itself and with haproxy, in both directions; tables that survive a reload; what
//! `show peers` says. Mixed pairs are left out where haproxy is not installed. `HOLDFAST_OTHER_HAPROXY` names another program to be
//! paired with.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use test_support::admin::ask;
use test_support::process::{Daemon, Program, free_address, is_alive, wait_for};

/// Debian's place of the original.
const ORIGINAL: &str = "/usr/sbin/haproxy";

/// Programs that can be had here beside Holdfast.
fn others() -> Vec<String> {
    let named = std::env::var("HOLDFAST_OTHER_HAPROXY").ok();
    let all = named.into_iter().chain([ORIGINAL.to_owned()]);
    all.filter(|path| Path::new(path).exists()).collect()
}

fn command(program: &str) -> Command {
    if program == "holdfast" {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command.arg("haproxy");
        return command;
    }
    Command::new(program)
}

/// Holdfast with itself, and with each other program in both places.
fn pairs() -> Vec<(String, String)> {
    let own = || "holdfast".to_owned();
    let mut pairs = vec![(own(), own())];
    for other in others() {
        pairs.push((own(), other.clone()));
        pairs.push((other, own()));
    }
    pairs
}

/// Tables of all types of keys, which keep all kinds of data between them.
const TABLES: &str = "
    table text type string len 20 size 1k expire 1h store gpc0,gpc0_rate(1h),conn_cnt,sess_cnt,http_req_cnt,http_err_cnt
    table wide type ip size 1k expire 1h store bytes_in_cnt,bytes_out_cnt,server_id,gpt0,http_fail_cnt
    table six type ipv6 size 1k expire 1h store gpc1
    table number type integer size 1k store http_req_cnt
    table many type string len 8 size 1k expire 1h store gpc(3),gpt(2)
";

/// What is set on the one side and is to be found on the other.
const SETTINGS: &[(&str, &str, &[&str])] = &[
    (
        "text",
        "a",
        &[
            "data.gpc0 7",
            "data.conn_cnt 300",
            "data.http_req_cnt 70000",
            "data.gpc0_rate 5",
        ],
    ),
    (
        "wide",
        "10.1.2.3",
        &["data.bytes_in_cnt 5000000000", "data.gpt0 4000000000"],
    ),
    ("six", "2001:db8::1", &["data.gpc1 2288"]),
    ("number", "77", &["data.http_req_cnt 239"]),
    // The data of arrays cannot be set so.
    ("many", "zz", &[]),
];

struct Node {
    folder: tempfile::TempDir,
    address: SocketAddr,
    name: &'static str,
}

impl Node {
    fn new(name: &'static str) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            address: free_address().unwrap(),
            name,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes its file: it listens as its own line says, and knows the others.
    fn write(&self, section: &str, rest: &str) {
        let text = format!(
            "global\n stats socket {} level admin\n localpeer {}\n\
             defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
             peers mates\n{section}\n{rest}\n",
            self.path("stats").display(),
            self.name,
        );
        fs::write(self.path("haproxy.cfg"), text).unwrap();
    }

    fn start(&self, program: &str, arguments: &[&str]) -> Daemon {
        let mut command = command(program);
        let pidfile = self.path("pid");
        command
            .arg("-f")
            .arg(self.path("haproxy.cfg"))
            .args(["-D", "-p"])
            .arg(&pidfile)
            .args(arguments);
        let mut started = Program::start(&mut command).unwrap();
        assert_eq!(
            started.wait_code(),
            Some(0),
            "{program}: {}",
            started.output().unwrap()
        );
        Daemon(fs::read_to_string(pidfile).unwrap().trim().parse().unwrap())
    }

    fn ask(&self, line: &str) -> String {
        let answer = wait_for(|| ask(&self.path("stats"), line).ok());
        answer.expect("nobody answers")
    }

    /// The entries of a table, without what differs from process to process.
    fn entries(&self, table: &str) -> BTreeSet<String> {
        let differs =
            |word: &&str| !word.starts_with("0x") && !word.starts_with("exp=") && !word.starts_with("shard=");
        let shown = self.ask(&format!("show table mates/{table}"));
        let lines = shown.lines().filter(|line| line.contains("key="));
        lines
            .map(|line| line.split(' ').filter(differs).collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// Sets all that [`SETTINGS`] say.
    fn set(&self) {
        for (table, key, data) in SETTINGS {
            let answer = self.ask(&format!("set table mates/{table} key {key} {}", data.join(" ")));
            assert_eq!(answer.trim(), "", "{table}");
        }
    }

    fn has_all(&self) -> bool {
        SETTINGS
            .iter()
            .all(|(table, _, _)| self.entries(table).len() == 1)
    }
}

/// Waits until both have the same in all tables, which is something.
fn agree(one: &Node, two: &Node, what: &str) {
    let agreed = wait_for(|| {
        let same = |table: &str| one.entries(table) == two.entries(table);
        let tables = || SETTINGS.iter().map(|(table, _, _)| *table);
        (one.has_all() && tables().all(same)).then_some(())
    });
    let shown = |node: &Node| {
        SETTINGS
            .iter()
            .map(|(table, _, _)| node.entries(table))
            .collect::<Vec<_>>()
    };
    assert!(agreed.is_some(), "{what}: {:#?}\n{:#?}", shown(one), shown(two));
}

#[test]
fn tables_are_shared_in_both_directions_and_learnt_by_who_comes_later() {
    for (first, second) in pairs() {
        let (one, two) = (Node::new("one"), Node::new("two"));
        let lines = format!(" peer one {}\n peer two {}\n{TABLES}", one.address, two.address);
        one.write(&lines, "");
        two.write(&lines, "");
        let what = format!("{first} and {second}");
        let running = one.start(&first, &[]);
        let other = two.start(&second, &[]);
        one.set();
        agree(&one, &two, &what);
        // Now from the second to the first, which overwrites what was there.
        two.ask("set table mates/text key a data.gpc0 99");
        two.ask("set table mates/six key 2001:db8::1 data.gpc1 1");
        let arrived = wait_for(|| {
            one.entries("text")
                .iter()
                .any(|line| line.contains("gpc0=99"))
                .then_some(())
        });
        assert!(arrived.is_some(), "{what}: {:?}", one.entries("text"));
        agree(&one, &two, &what);
        // Who begins anew knows all that the other knows.
        drop(other);
        let _other = two.start(&second, &[]);
        agree(&one, &two, &format!("{what}, begun anew"));
        drop(running);
    }
}

#[test]
fn a_table_survives_a_reload_by_the_local_peer() {
    for (old, new) in pairs() {
        let one = Node::new("one");
        one.write(&format!(" peer one {}\n{TABLES}", one.address), "");
        let what = format!("{old} to {new}");
        let before = one.start(&old, &[]);
        one.set();
        let tables = || {
            SETTINGS
                .iter()
                .map(|(table, _, _)| one.entries(table))
                .collect::<Vec<_>>()
        };
        let known = tables();
        assert!(
            known.iter().all(|entries| entries.len() == 1),
            "{what}: {known:?}"
        );
        if old != "holdfast" {
            // Before that it tells nobody what it knows.
            let is_over = || {
                one.ask("show peers")
                    .contains("resync_timeout=<PAST>")
                    .then_some(())
            };
            assert!(wait_for(is_over).is_some(), "{what}: {}", one.ask("show peers"));
        }
        let after = one.start(&new, &["-sf", &before.0.to_string()]);
        let ended = wait_for(|| (!is_alive(before.0)).then_some(()));
        assert!(ended.is_some(), "{what}: the old process stays");
        let same = wait_for(|| (tables() == known).then_some(()));
        assert!(same.is_some(), "{what}: {:#?}\n{known:#?}", tables());
        drop(after);
    }
}

#[test]
fn a_process_without_a_successor_does_not_wait_for_one() {
    let one = Node::new("one");
    one.write(&format!(" peer one {}\n{TABLES}", one.address), "");
    let running = one.start("holdfast", &[]);
    one.ask("set table mates/text key a data.gpc0 1");
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(running.0),
        nix::sys::signal::Signal::SIGUSR1,
    )
    .unwrap();
    let ended = wait_for(|| (!is_alive(running.0)).then_some(()));
    assert!(ended.is_some(), "it stays");
}

/// What is answered to bytes on a new connection, up to `end`.
fn answer(to: SocketAddr, said: &[u8], end: &[u8]) -> Vec<u8> {
    let mut stream = wait_for(|| TcpStream::connect(to).ok()).unwrap();
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(10)))
        .unwrap();
    stream.write_all(said).unwrap();
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    while !answer.ends_with(end) {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend_from_slice(&part[..length]),
        }
    }
    answer
}

#[test]
fn greetings_and_errors_are_answered_and_counted_as_haproxy_does() {
    for program in std::iter::once("holdfast".to_owned()).chain(others()) {
        let (one, two) = (Node::new("one"), Node::new("two"));
        one.write(
            &format!(" peer one {}\n peer two {}\n{TABLES}", one.address, two.address),
            "",
        );
        let _running = one.start(&program, &[]);
        let greet = |text: &str, end: &[u8]| {
            String::from_utf8_lossy(&answer(one.address, text.as_bytes(), end)).into_owned()
        };
        for (said, status) in [
            ("HAProxyS 2.9\none\ntwo 1 0\n", "502\n"),
            ("Else 2.1\none\ntwo 1 0\n", "501\n"),
            ("HAProxyS 2.1\nother\ntwo 1 0\n", "503\n"),
            ("HAProxyS 2.1\none\nother 1 0\n", "504\n"),
        ] {
            assert_eq!(greet(said, b"\n"), status, "{program}: {said:?}");
        }
        // It knows nothing, and asks; a message that is too long is an error, which is told.
        let mut said = b"HAProxyS 2.1\none\ntwo 1 0\n".to_vec();
        said.extend_from_slice(b"\x0a\x80\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
        let answered = answer(one.address, &said, b"\x01\x00");
        // Whether it gets to ask before it reads on is a matter of time.
        let expected: [&[u8]; 2] = [b"200\n\x00\x00\x01\x00", b"200\n\x01\x00"];
        assert!(expected.contains(&&*answered), "{program}: {answered:?}");
        let counted = wait_for(|| one.ask("show peers").contains("proto_err=1").then_some(()));
        assert!(counted.is_some(), "{program}: {}", one.ask("show peers"));
    }
}

#[test]
fn show_peers_has_the_lines_of_the_original() {
    let shape = |text: &str| -> Vec<String> {
        // The words without their values, and not what only one version has.
        let words = |line: &str| {
            let known = |word: &&str| !word.starts_with("app_state") && !word.starts_with("learn_state");
            let names = line
                .split_whitespace()
                .filter(known)
                .filter(|word| *word != "*" && !word.starts_with('['));
            let names = names.map(|word| word.split(['=', '(', ':']).next().unwrap_or_default().to_owned());
            names
                .filter(|word| !word.starts_with("0x") && word != "commitupdate")
                .collect::<Vec<_>>()
                .join(" ")
        };
        text.lines().map(words).filter(|line| !line.is_empty()).collect()
    };
    let mut shapes = Vec::new();
    for program in std::iter::once("holdfast".to_owned()).chain(others()) {
        let (one, two) = (Node::new("one"), Node::new("two"));
        one.write(
            &format!(" peer one {}\n peer two {}\n{TABLES}", one.address, two.address),
            "",
        );
        // Nobody comes to an agreement with it.
        let listener = TcpListener::bind(two.address).unwrap();
        let _running = one.start(&program, &[]);
        let (_stream, _) = listener.accept().unwrap();
        let shown = wait_for(|| Some(one.ask("show peers")).filter(|text| text.contains("(remote,active)")));
        let shown = shown.expect("it is connected to");
        assert!(
            shown.contains(&format!("id=two(remote,active) addr={}", two.address)),
            "{program}: {shown}"
        );
        assert!(
            shown.contains(&format!("id=one(local,inactive) addr={}", one.address)),
            "{program}: {shown}"
        );
        assert_eq!(one.ask("show peers other").trim(), "No such peers", "{program}");
        let dict = one.ask("show peers dict mates");
        assert!(
            dict.contains("RX dictionary cache:") && dict.contains("127 -> -"),
            "{program}: {dict}"
        );
        shapes.push((program, shape(&shown)));
    }
    for (program, other) in &shapes[1..] {
        assert_eq!(&shapes[0].1, other, "{program}");
    }
}

#[test]
fn peers_speak_over_tls_with_listeners_and_defaults_of_their_own() {
    let certificate =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/certificates/rsa.pem");
    let certificate = certificate.canonicalize().unwrap();
    for (first, second) in pairs() {
        let (one, two) = (Node::new("one"), Node::new("two"));
        let lines = |own: &Node, other: &Node| {
            format!(
                " default-bind ssl crt {}\n default-server ssl verify none\n bind {}\n server {}\n server {} {}\n{TABLES}",
                certificate.display(),
                own.address,
                own.name,
                other.name,
                other.address
            )
        };
        one.write(&lines(&one, &two), "");
        two.write(&lines(&two, &one), "");
        let _running = (one.start(&first, &[]), two.start(&second, &[]));
        one.set();
        agree(&one, &two, &format!("{first} and {second}"));
        let shown = [one.ask("show peers"), two.ask("show peers")].concat();
        assert!(shown.contains("xprt=SSL"), "{first} and {second}: {shown}");
    }
}

#[test]
fn a_listener_of_peers_takes_proxy_headers_and_no_log_hears_of_connections() {
    for program in std::iter::once("holdfast".to_owned()).chain(others()) {
        let (one, two) = (Node::new("one"), Node::new("two"));
        let sink = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        sink.set_nonblocking(true).unwrap();
        one.write(
            &format!(
                " log {} local0\n bind {} accept-proxy\n server one\n server two {}\n{TABLES}",
                sink.local_addr().unwrap(),
                one.address,
                two.address
            ),
            "",
        );
        let _running = one.start(&program, &[]);
        let greeting = b"HAProxyS 2.1\none\ntwo 1 0\n";
        let header = b"PROXY TCP4 192.0.2.7 192.0.2.8 1234 5678\r\n";
        let behind = answer(one.address, &[&header[..], greeting].concat(), b"200\n\x00\x00");
        assert!(behind.starts_with(b"200\n"), "{program}: {behind:?}");
        // Without a header nothing is said.
        assert_eq!(answer(one.address, greeting, b"\n"), b"", "{program}");
        assert!(sink.recv(&mut [0; 64]).is_err(), "{program}");
    }
}
