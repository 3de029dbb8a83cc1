//! How connections to servers end, beside haproxy: one over which nothing more is to come is reset, so that no port waits for the
//! server's packets; in TCP mode the client's end is passed on.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;

use test_support::process::{PATIENCE, Program, both_programs, free_address, wait_for};

/// What a server sees of a connection's end.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Reset,
    Orderly,
}

/// Has one request pass through a proxy of these lines, and gives how its connection to the server ends behind the answer. The
/// client says that it has no more to ask for.
fn end_of(mut command: Command, lines: &str) -> End {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let (front, back) = (free_address().unwrap(), server.local_addr().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.cfg");
    let text = format!(
        "global\n nbthread 1\ndefaults\n timeout connect 5s\n timeout client 10s\n timeout server 10s\n\
         listen l\n{lines} bind {front}\n server s {back}\n"
    );
    fs::write(&path, text).unwrap();
    let program = Program::start(command.arg("-db").arg("-f").arg(path)).unwrap();
    let mut client = wait_for(|| TcpStream::connect(front).ok())
        .unwrap_or_else(|| panic!("{}", program.output().unwrap()));
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let (mut taken, _) = server.accept().unwrap();
    taken.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        assert_eq!(taken.read(&mut byte).unwrap(), 1);
        head.push(byte[0]);
    }
    taken
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"ok") {
        let mut some = [0; 512];
        let read = client.read(&mut some).unwrap();
        assert_ne!(read, 0);
        answer.extend_from_slice(&some[..read]);
    }
    client.shutdown(Shutdown::Write).unwrap();
    match taken.read(&mut [0]) {
        Ok(0) => End::Orderly,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => End::Reset,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_kept_is_reset_and_tunnels_end_in_order() {
    for (lines, wanted) in [
        (" mode http\n option http-server-close\n", End::Reset),
        (" mode http\n http-reuse never\n", End::Reset),
        (" mode http\n option httpclose\n", End::Reset),
        (" mode tcp\n", End::Orderly),
    ] {
        for command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
            let program = format!("{command:?}");
            assert_eq!(end_of(command, lines), wanted, "{program}: {lines}");
        }
    }
}
