//! Connections that the system treats otherwise than common ones: whose segments are signed (`tcp-md5sig`), and which may take several
//! ways at once (`mptcp@`). Both are younger than Debian's haproxy. Where the system knows neither, the test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};
use test_support::process::{Program, free_address, wait_for};

/// The whole answer of whoever listens there.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn start(text: &str) -> (Program, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("haproxy.cfg");
    let defaults =
        "defaults\n mode http\n timeout connect 2s\n timeout client 5s\n timeout server 5s\n retries 0\n";
    fs::write(&file, format!("{defaults}{text}")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    let running = Program::start(command.args(["haproxy", "-db", "-f"]).arg(file)).unwrap();
    (running, folder)
}

#[test]
fn who_signs_with_the_password_is_served_and_nobody_else() {
    let (right, wrong, behind) = (
        free_address().unwrap(),
        free_address().unwrap(),
        free_address().unwrap(),
    );
    let (running, _folder) = start(&format!(
        "frontend behind\n bind {behind} tcp-md5sig secret\n http-request return status 200\n\
         listen right\n bind {right}\n server s {behind} tcp-md5sig secret check inter 100ms\n\
         listen wrong\n timeout connect 300ms\n bind {wrong}\n server s {behind} tcp-md5sig other\n"
    ));
    let answer = wait_for(|| ask(right).ok()).expect("it listens");
    if running.output().unwrap().contains("cannot set MD5 signature") {
        eprintln!("left out: the system signs no segments");
        return;
    }
    assert!(
        answer.starts_with("HTTP/1.1 200 "),
        "{answer} {}",
        running.output().unwrap()
    );
    let answer = ask(wrong).unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    // Segments without a signature are dropped.
    assert!(TcpStream::connect_timeout(&behind, Duration::from_millis(300)).is_err());
    // Checks are signed as well.
    assert!(!running.output().unwrap().contains("Server right/s is DOWN"));
}

/// What the system counts of Multipath TCP.
fn counted(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/net/netstat").unwrap();
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("MPTcpExt:"));
    let (names, values) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let found = names.split_whitespace().zip(values.split_whitespace());
    let value = found.into_iter().find(|(known, _)| *known == name);
    value.map_or(0, |(_, value)| value.parse().unwrap())
}

#[test]
fn addresses_of_multipath_tcp_speak_it() {
    if Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::MPTCP)).is_err() {
        eprintln!("left out: the system has no Multipath TCP");
        return;
    }
    let (front, behind) = (free_address().unwrap(), free_address().unwrap());
    let (running, _folder) = start(&format!(
        "frontend behind\n bind mptcp@{behind}\n http-request return status 200\n\
         listen front\n bind {front}\n server s mptcp4@{behind}\n"
    ));
    let before = (counted("MPCapableSYNTX"), counted("MPCapableACKRX"));
    let answer = wait_for(|| {
        ask(front)
            .ok()
            .filter(|answer| answer.starts_with("HTTP/1.1 200 "))
    });
    assert!(answer.is_some(), "{}", running.output().unwrap());
    // The server was asked for it, and the listener agreed.
    assert!(counted("MPCapableSYNTX") > before.0);
    assert!(counted("MPCapableACKRX") > before.1);
    // Whoever knows no more speaks plain TCP.
    assert!(ask(behind).unwrap().starts_with("HTTP/1.1 200 "));
    assert!(!running.output().unwrap().contains("not acted on"));
}
