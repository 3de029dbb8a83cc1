//! Backends that log lines go to (`mode log`, `log backend@NAME`): who gets which line. What is wanted was recorded with haproxy 3.4;
//! Debian's does not know them.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Command;

use test_support::admin;
use test_support::process::{PATIENCE, Program, free_address, wait_for};

/// Receivers of datagrams.
struct Sinks(Vec<UdpSocket>);

impl Sinks {
    fn new(count: usize) -> Self {
        let sockets = (0..count).map(|_| {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.set_nonblocking(true).unwrap();
            socket
        });
        Self(sockets.collect())
    }

    fn at(&self, index: usize) -> SocketAddr {
        self.0[index].local_addr().unwrap()
    }

    /// Waits for one line: the number of the sink that got it, from 1, and the line.
    fn next(&self) -> (usize, String) {
        let mut buffer = [0; 2048];
        let got = wait_for(|| {
            self.0.iter().zip(1..).find_map(|(socket, number)| {
                let length = socket.recv(&mut buffer).ok()?;
                Some((number, String::from_utf8_lossy(&buffer[..length]).into_owned()))
            })
        });
        got.expect("the line arrives somewhere")
    }

    fn are_silent(&self) -> bool {
        let mut buffer = [0; 2048];
        self.0.iter().all(|socket| socket.recv(&mut buffer).is_err())
    }
}

/// A proxy that takes lines in and passes them to the backend `lb`.
struct Proxy {
    program: Program,
    folder: tempfile::TempDir,
    input: UdpSocket,
}

impl Proxy {
    fn start(target: &str, backend: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cfg = folder.path().join("haproxy.cfg");
        let input = UdpSocket::bind("127.0.0.1:0").unwrap();
        let entry = loop {
            let entry = free_address().unwrap();
            if UdpSocket::bind(entry).is_ok() {
                break entry;
            }
        };
        let text = format!(
            "global\n nbthread 1\n stats socket {}/stats.sock level admin\ndefaults\n timeout connect 2s\n timeout server 5s\n\
             log-forward in\n dgram-bind {entry}\n log backend@lb {target}\nbackend lb\n mode log\n{backend}",
            folder.path().display()
        );
        fs::write(&cfg, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        let program = Program::start(command.args(["haproxy", "-db", "-f"]).arg(cfg)).unwrap();
        let proxy = Self {
            program,
            folder,
            input,
        };
        let up = wait_for(|| UnixStream::connect(proxy.folder.path().join("stats.sock")).ok());
        assert!(up.is_some(), "{}", proxy.program.output().unwrap());
        // A socket may be bound before another: only who answers has them all.
        assert!(!proxy.command("show version").is_empty());
        proxy.input.connect(entry).unwrap();
        proxy
    }

    fn send(&self, line: &str) {
        self.input.send(line.as_bytes()).unwrap();
    }

    /// Who gets each of these lines, which follow each other.
    fn who_gets(&self, sinks: &Sinks, lines: &[&str]) -> String {
        let got = lines.iter().map(|line| {
            self.send(line);
            sinks.next().0.to_string()
        });
        got.collect()
    }

    fn command(&self, command: &str) -> String {
        admin::ask(&self.folder.path().join("stats.sock"), command).unwrap()
    }
}

/// Three servers that take datagrams.
fn servers(sinks: &Sinks, options: [&str; 3]) -> String {
    let lines = options.iter().enumerate().map(|(index, options)| {
        let number = index + 1;
        format!(" server s{number} udp@{} {options}\n", sinks.at(index))
    });
    lines.collect()
}

const RAW: &str = "format raw local0";

const EIGHT: [&str; 8] = ["m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"];

/// Twelve lines with a key in front.
const KEYED: [&str; 12] = [
    "k0:x", "k1:x", "k2:x", "k3:x", "k4:x", "k5:x", "k6:x", "k7:x", "k8:x", "k9:x", "k10:x", "k11:x",
];

#[test]
fn lines_go_round_by_weight_and_leave_out_who_is_in_maintenance_or_drained() {
    let sinks = Sinks::new(3);
    let proxy = Proxy::start(RAW, &format!(" balance roundrobin\n{}", servers(&sinks, [""; 3])));
    assert_eq!(proxy.who_gets(&sinks, &EIGHT), "12312312");
    proxy.command("disable server lb/s1");
    assert_eq!(proxy.who_gets(&sinks, &EIGHT), "32323232");
    proxy.command("enable server lb/s1");
    assert_eq!(proxy.who_gets(&sinks, &EIGHT), "32132132");
    proxy.command("set server lb/s2 state drain");
    assert_eq!(proxy.who_gets(&sinks, &EIGHT), "13131313");
    proxy.command("set server lb/s3 weight 0");
    assert_eq!(proxy.who_gets(&sinks, &EIGHT), "11111111");
    let weighted = servers(&sinks, ["weight 3", "weight 1", "weight 0"]);
    let proxy = Proxy::start(RAW, &format!(" balance roundrobin\n{weighted}"));
    assert_eq!(proxy.who_gets(&sinks, &EIGHT), "11121112");
}

#[test]
fn backups_take_over_one_by_one_or_together() {
    let sinks = Sinks::new(3);
    let spares = servers(&sinks, ["", "backup", "backup"]);
    let proxy = Proxy::start(RAW, &format!(" balance roundrobin\n{spares}"));
    assert_eq!(proxy.who_gets(&sinks, &EIGHT[..3]), "111");
    proxy.command("disable server lb/s1");
    assert_eq!(proxy.who_gets(&sinks, &EIGHT[..3]), "222");
    proxy.command("disable server lb/s2");
    assert_eq!(proxy.who_gets(&sinks, &EIGHT[..3]), "333");
    let proxy = Proxy::start(RAW, &format!(" balance roundrobin\n option allbackups\n{spares}"));
    proxy.command("disable server lb/s1");
    assert_eq!(proxy.who_gets(&sinks, &EIGHT), "23232323");
}

#[test]
fn a_sticky_server_keeps_its_turn_until_it_goes() {
    let sinks = Sinks::new(4);
    let sequences = [
        ("-1 -2 +1 +2 -3 -1", "1233312"),
        ("-1 -2 +2 +1 -3 -2 -1", "12333114"),
        ("-2 -3 +2 +3 -1 -4", "1111122"),
        ("-4 -3 -2 +2 +3 +4 -1 -2", "111111123"),
    ];
    for (actions, wanted) in sequences {
        let fourth = format!(" server s4 udp@{}\n", sinks.at(3));
        let backend = format!(" balance sticky\n{}{fourth}", servers(&sinks, [""; 3]));
        let proxy = Proxy::start(RAW, &backend);
        let mut got = proxy.who_gets(&sinks, &["x"]);
        for action in actions.split(' ') {
            let what = if action.starts_with('-') {
                "disable"
            } else {
                "enable"
            };
            proxy.command(&format!("{what} server lb/s{}", &action[1..]));
            got.push_str(&proxy.who_gets(&sinks, &["x"]));
        }
        assert_eq!(got, wanted, "{actions}");
    }
}

#[test]
fn random_reaches_all() {
    let sinks = Sinks::new(3);
    // Without `balance` it is random as well.
    for balance in ["", " balance random\n"] {
        let proxy = Proxy::start(RAW, &format!("{balance}{}", servers(&sinks, [""; 3])));
        let got = proxy.who_gets(&sinks, &["x"; 60]);
        assert!(["1", "2", "3"].iter().all(|server| got.contains(server)), "{got}");
    }
}

#[test]
fn equal_keys_of_lines_go_to_one_server() {
    let sinks = Sinks::new(3);
    let recorded = [
        ("", "", "312312312323", Some("313131313113")),
        (
            "hash-type map-based djb2 avalanche",
            "",
            "211321112233",
            Some("113111333311"),
        ),
        ("hash-type map-based wt6", "", "121123211213", None),
        ("hash-type map-based crc32", "", "121332121333", None),
        ("", "weight 3", "121311213131", None),
    ];
    for (hash_type, weight, wanted, without_second) in recorded {
        let servers = servers(&sinks, [weight, "", ""]);
        let backend = format!(" balance log-hash field(1,:)\n {hash_type}\n{servers}");
        let proxy = Proxy::start(RAW, &backend);
        let got = proxy.who_gets(&sinks, &KEYED);
        if let Some(without_second) = without_second {
            proxy.command("disable server lb/s2");
            assert_eq!(
                proxy.who_gets(&sinks, &KEYED),
                without_second,
                "{hash_type} without s2"
            );
        }
        assert_eq!(got, wanted, "{hash_type} {weight}");
    }
}

#[test]
fn what_is_hashed_is_what_a_line_says_whatever_its_header_and_without_a_key_it_is_lost() {
    let sinks = Sinks::new(3);
    let backend = format!(" balance log-hash field(1,:)\n{}", servers(&sinks, [""; 3]));
    for format in ["raw", "rfc3164", "rfc5424"] {
        let proxy = Proxy::start(&format!("format {format} local0"), &backend);
        let lines = KEYED.map(|line| format!("<14>Nov 23 03:00:00 host tag[12]: {line}"));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(proxy.who_gets(&sinks, &lines), "312312312323", "{format}");
    }
    let backend = format!(" balance log-hash field(2,:)\n{}", servers(&sinks, [""; 3]));
    let proxy = Proxy::start(RAW, &backend);
    proxy.send("no key here");
    assert_eq!(proxy.who_gets(&sinks, &["x:1", "x:2"]), "23");
    assert!(sinks.are_silent());
    assert!(proxy.command("show info").contains("DroppedLogs: 1\n"));
}

#[test]
fn lines_follow_a_server_that_is_moved() {
    let sinks = Sinks::new(2);
    let proxy = Proxy::start(RAW, &format!(" server s1 udp@{}\n", sinks.at(0)));
    assert_eq!(proxy.who_gets(&sinks, &["a"]), "1");
    let port = sinks.at(1).port();
    proxy.command(&format!("set server lb/s1 addr 127.0.0.1 port {port}"));
    assert_eq!(proxy.who_gets(&sinks, &["a"]), "2");
    let refused = proxy.command("add server lb/s2 127.0.0.1:1");
    assert_eq!(
        refused.trim_end(),
        "Backend does not support dynamic servers : backend 'lb' uses mode log."
    );
}

/// Reads from a connection until it has said so much.
fn read_so_much(stream: &mut TcpStream, length: usize) -> String {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn servers_with_connections_get_lines_framed_and_those_that_came_while_they_were_away() {
    for (proto, first, second) in [
        ("", "one\ntwo\n", "three\n"),
        ("log-proto octet-count", "3 one3 two", "5 three"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let proxy = Proxy::start(
            RAW,
            &format!(" balance roundrobin\n server s1 {at} {proto} log-bufsize 4096\n"),
        );
        let (mut stream, _) = listener.accept().unwrap();
        proxy.send("one");
        proxy.send("two");
        assert_eq!(read_so_much(&mut stream, first.len()), first);
        assert!(proxy.command("show events").contains("lb/s1      : type=buffer"));
        drop((stream, listener));
        proxy.send("three");
        let listener = wait_for(|| TcpListener::bind(at).ok()).unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        assert_eq!(read_so_much(&mut stream, second.len()), second);
    }
}

#[test]
fn checks_take_servers_of_lines_out_and_in() {
    let sinks = Sinks::new(2);
    let health = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = health.local_addr().unwrap();
    let backend = format!(
        " balance roundrobin\n server s1 udp@{} check port {} inter 100 rise 1 fall 1\n server s2 udp@{}\n",
        sinks.at(0),
        at.port(),
        sinks.at(1)
    );
    let proxy = Proxy::start(RAW, &backend);
    let mut got = proxy.who_gets(&sinks, &["a", "b"]).into_bytes();
    got.sort_unstable();
    assert_eq!(got, b"12");
    drop(health);
    let down = wait_for(|| proxy.command("show stat").contains(",DOWN,").then_some(()));
    assert!(down.is_some(), "never down");
    assert_eq!(proxy.who_gets(&sinks, &["a", "b"]), "22");
    let _health = wait_for(|| TcpListener::bind(at).ok()).unwrap();
    let back = wait_for(|| proxy.who_gets(&sinks, &["a", "b"]).contains('1').then_some(()));
    assert!(back.is_some());
}

#[test]
fn a_backend_in_the_log_lines_of_a_frontend_gets_them() {
    let sinks = Sinks::new(1);
    let front = free_address().unwrap();
    let backend = format!(
        " server s1 udp@{}\nfrontend web\n mode http\n timeout client 5s\n bind {front}\n log backend@lb format raw local0\n \
         log-format \"%ST %HM\"\n http-request return status 204\n",
        sinks.at(0)
    );
    let _proxy = Proxy::start(RAW, &backend);
    let mut stream = wait_for(|| TcpStream::connect(front).ok()).unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(sinks.next(), (1, "204 GET\n".to_owned()));
}
