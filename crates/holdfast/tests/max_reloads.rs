//! A worker that outlives more reloads than it may is ended (`mworker-max-reloads`): at the second one where one is allowed, as was
//! seen with haproxy 2.6.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use nix::sys::signal::Signal;
use test_support::admin;
use test_support::process::{Program, free_address, is_alive, wait_for};

#[test]
fn a_worker_outlives_as_many_reloads_as_it_may() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let (front, back) = (free_address().unwrap(), server.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let [path, stats] = ["haproxy.cfg", "stats"].map(|name| folder.path().join(name));
    let text = format!(
        "global\n mworker-max-reloads 1\n stats socket {} level admin\n\
         listen l\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n bind {front}\n server s {back}\n",
        stats.display()
    );
    fs::write(&path, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    let master = Program::start(command.args(["haproxy", "-W", "-f"]).arg(&path)).unwrap();
    let at_work = || -> Option<i32> {
        let info = admin::ask(&stats, "show info").ok()?;
        let pid = info.lines().find_map(|line| line.strip_prefix("Pid: "))?;
        pid.parse().ok()
    };
    let first = wait_for(at_work).unwrap_or_else(|| panic!("{}", master.output().unwrap()));
    // It cannot leave as long as this lasts.
    let _client = TcpStream::connect(front).unwrap();
    let _taken = server.accept().unwrap();
    let mut seen = vec![first];
    for number in [1, 2] {
        master.signal(Signal::SIGUSR2).unwrap();
        // Those before it may answer until they have heard of it.
        let next = wait_for(|| at_work().filter(|pid| !seen.contains(pid)));
        seen.push(next.unwrap_or_else(|| panic!("{}", master.output().unwrap())));
        if number == 1 {
            assert!(is_alive(first), "{}", master.output().unwrap());
        }
    }
    let gone = wait_for(|| (!is_alive(first)).then_some(()));
    assert!(gone.is_some(), "{}", master.output().unwrap());
}
