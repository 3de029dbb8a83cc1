//! What the system is asked to keep for connections (`tune.rcvbuf.…`, `tune.sndbuf.…`), beside haproxy.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;

use test_support::process::{Program, both_programs, free_address, wait_for};

/// The receive and the send buffer of the connection that `ss` finds by the filter, bytes.
fn buffers(filter: &str) -> Option<(u64, u64)> {
    let shown = Command::new("ss")
        .args(["-Htnm", "state", "established"])
        .arg(filter)
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    let (_, memory) = shown.split_once("skmem:(")?;
    let find = |name: &str| {
        let field = memory
            .split([',', ')'])
            .find_map(|field| field.strip_prefix(name));
        field.and_then(|number| number.parse().ok())
    };
    Some((find("rb")?, find("tb")?))
}

#[test]
fn connections_have_the_buffers_of_the_file() {
    let mut seen = Vec::new();
    for mut command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let program = format!("{command:?}");
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let (front, back) = (free_address().unwrap(), server.local_addr().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("haproxy.cfg");
        let text = format!(
            "global\n tune.rcvbuf.client 20000\n tune.sndbuf.client 30000\n tune.rcvbuf.server 40000\n tune.sndbuf.server 50000\n\
             listen l\n mode tcp\n timeout connect 5s\n timeout client 10s\n timeout server 10s\n bind {front}\n server s {back}\n"
        );
        fs::write(&path, text).unwrap();
        let running = Program::start(command.arg("-db").arg("-f").arg(path)).unwrap();
        let client = wait_for(|| TcpStream::connect(front).ok());
        assert!(client.is_some(), "{program}: {}", running.output().unwrap());
        let _taken = server.accept().unwrap();
        let of_client = wait_for(|| buffers(&format!("sport = :{}", front.port())));
        let of_server = wait_for(|| buffers(&format!("dport = :{}", back.port())));
        seen.push((program, of_client.unwrap(), of_server.unwrap()));
    }
    // The system doubles what it is asked for.
    let (_, of_client, of_server) = &seen[0];
    assert_eq!((*of_client, *of_server), ((40_000, 60_000), (80_000, 100_000)));
    for (program, client, server) in &seen[1..] {
        assert_eq!((client, server), (of_client, of_server), "{program}");
    }
}

/// Starts a process with these lines in its global section and one frontend, and gives it with the frontend's port.
fn started(mut command: Command, lines: &str) -> (Program, u16, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let front = free_address().unwrap();
    let path = folder.path().join("haproxy.cfg");
    let text = format!("global\n{lines}frontend f\n mode http\n timeout client 10s\n bind {front}\n");
    fs::write(&path, text).unwrap();
    let running = Program::start(command.arg("-db").arg("-f").arg(path)).unwrap();
    assert!(
        wait_for(|| TcpStream::connect(front).ok()).is_some(),
        "{}",
        running.output().unwrap()
    );
    (running, front.port(), folder)
}

#[test]
fn one_socket_listens_where_ports_are_not_to_be_shared() {
    for command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let program = format!("{command:?}");
        let (_running, port, _folder) = started(command, " nbthread 2\n noreuseport\n");
        let shown = Command::new("ss")
            .args(["-Hltn", &format!("sport = :{port}")])
            .output()
            .unwrap();
        assert_eq!(
            String::from_utf8_lossy(&shown.stdout).lines().count(),
            1,
            "{program}"
        );
    }
}

#[test]
fn a_process_that_gave_up_root_may_leave_a_core_file_where_it_is_told_to() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    for (lines, owner) in [(" uid 65534\n set-dumpable\n", 65534), (" uid 65534\n", 0)] {
        for command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
            let program = format!("{command:?}");
            let (running, ..) = started(command, lines);
            // The files of a process that may leave none are root's.
            let seen = wait_for(|| {
                let status = fs::metadata(format!("/proc/{}/environ", running.pid())).ok()?;
                (status.uid() == owner).then_some(())
            });
            assert!(seen.is_some(), "{program}: {lines}");
        }
    }
}
