//! Reloads under load lose nobody: clients of HTTP, TCP and TLS ask without a pause while the process is replaced, and those that only
//! keep a connection are told before it is closed. `cargo xtask reload` does it a hundred times, with figures.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use test_support::clients::serve_pages;
use test_support::process::{Program, free_address, wait_for};
use test_support::reload::{Plan, Way, run};

const HOLDFAST: &[&str] = &[env!("CARGO_BIN_EXE_holdfast"), "haproxy"];

fn certificate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/certificates/rsa.pem")
}

fn reloads_lose_nobody(way: Way) {
    let report = run(&Plan {
        program: HOLDFAST,
        way,
        reloads: 10,
        rate: 300,
        certificate: &certificate(),
    });
    let report = report.unwrap();
    for seen in &report.seen {
        assert!(seen.failures.is_empty(), "{}: {:#?}", seen.name, seen.failures);
        assert!(seen.answers > 10, "{}: {} answers", seen.name, seen.answers);
    }
    let told: usize = report.seen.iter().map(|seen| seen.told).sum();
    assert!(told >= 10, "{told} were told to close");
    if let Some((before, after)) = report.master_files {
        assert!(after <= before + 2, "files of the master: {before}, then {after}");
    }
}

#[test]
fn ten_reloads_of_a_master_lose_nobody() {
    reloads_lose_nobody(Way::Master);
}

#[test]
fn ten_processes_one_after_the_other_lose_nobody() {
    reloads_lose_nobody(Way::Finish);
}

/// A process with these lines in its global section.
fn started(lines: &str) -> (tempfile::TempDir, SocketAddr, Program) {
    let folder = tempfile::tempdir().unwrap();
    let (address, pages) = (free_address().unwrap(), serve_pages().unwrap());
    let text = format!(
        "global\n nbthread 1\n{lines}defaults\n mode http\n timeout connect 5s\n timeout client 30s\n timeout server 5s\n\
         frontend site\n bind {address}\n monitor-uri /alive\n monitor fail if {{ stopping }}\n default_backend pages\n\
         backend pages\n server a {pages}\n"
    );
    let path = folder.path().join("haproxy.cfg");
    fs::write(&path, text).unwrap();
    let mut command = Command::new(HOLDFAST[0]);
    let program = Program::start(command.args(&HOLDFAST[1..]).arg("-db").arg("-f").arg(path)).unwrap();
    let up = wait_for(|| TcpStream::connect(address).ok());
    assert!(up.is_some(), "{}", program.output().unwrap());
    (folder, address, program)
}

/// A client's connection that has had an answer.
fn kept(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert!(!ask(&mut stream, "/").contains("connection: close"));
    stream
}

/// The answer to a request, in small letters.
fn ask(stream: &mut TcpStream, path: &str) -> String {
    write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\n\r\n").unwrap();
    let mut answer = String::new();
    while !answer.contains("answer\n") && !answer.contains("</html>") {
        let mut room = [0; 4096];
        let n = stream.read(&mut room).unwrap();
        assert!(n > 0, "cut behind {answer:?}");
        answer += &String::from_utf8_lossy(&room[..n]);
    }
    answer.to_ascii_lowercase()
}

#[test]
fn idle_clients_are_answered_once_more_and_the_silent_ones_closed_one_after_the_other() {
    let (_folder, address, mut program) = started("");
    let mut asks = kept(address);
    let silent: Vec<TcpStream> = (0..20).map(|_| kept(address)).collect();
    program.signal(Signal::SIGUSR1).unwrap();
    let began = Instant::now();
    let stopped = wait_for(|| TcpStream::connect(address).is_err().then_some(()));
    assert!(stopped.is_some());
    assert!(ask(&mut asks, "/").contains("\r\nconnection: close\r\n"));
    let waiting: Vec<_> = silent
        .into_iter()
        .map(|mut stream| {
            std::thread::spawn(move || {
                // Its end, and no reset.
                assert_eq!(stream.read(&mut [0; 16]).unwrap(), 0);
                began.elapsed()
            })
        })
        .collect();
    let mut ends: Vec<Duration> = waiting.into_iter().map(|client| client.join().unwrap()).collect();
    ends.sort_unstable();
    assert!(ends[0] > Duration::from_millis(900), "{ends:?}");
    assert!(
        *ends.last().unwrap() - ends[0] > Duration::from_millis(100),
        "{ends:?}"
    );
    assert_eq!(program.wait_code(), Some(0));
}

#[test]
fn an_infinite_spread_leaves_clients_alone() {
    let (_folder, address, program) = started(" close-spread-time infinite\n");
    let mut client = kept(address);
    program.signal(Signal::SIGUSR1).unwrap();
    let stopped = wait_for(|| TcpStream::connect(address).is_err().then_some(()));
    assert!(stopped.is_some());
    for _ in 0..3 {
        assert!(!ask(&mut client, "/").contains("connection: close"));
    }
}

#[test]
fn in_its_grace_a_process_still_takes_clients_and_says_that_it_stops() {
    let (_folder, address, mut program) = started(" grace 1s\n");
    let alive = || ask(&mut TcpStream::connect(address).unwrap(), "/alive");
    assert!(alive().contains(" 200 "));
    program.signal(Signal::SIGUSR1).unwrap();
    let told = wait_for(|| alive().contains(" 503 ").then_some(()));
    assert!(told.is_some());
    drop(kept(address));
    assert_eq!(program.wait_code(), Some(0));
}
