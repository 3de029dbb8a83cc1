//! Connections as descriptors over an inherited socket pair (`sockpair@N` of `bind` and `server`), with the original too where it
//! is installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use proxy::handover::{receive, send};
use test_support::process::{Program, both_programs, free_address, wait_for};

/// A pair of which a child inherits the second half.
fn pair() -> (UnixStream, UnixStream) {
    let (here, there) = UnixStream::pair().unwrap();
    fcntl(&there, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
    (here, there)
}

/// Asks for a path on an open connection and reads the head of the answer.
fn ask(mut connection: impl std::io::Read + std::io::Write, path: &str) -> String {
    write!(connection, "GET {path} HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if connection.read(&mut byte).unwrap() == 0 {
            break;
        }
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// Answers requests on every connection that comes over the pair, with its number. Gives how many came once the peer has gone.
fn serve(half: UnixStream) -> thread::JoinHandle<usize> {
    thread::spawn(move || {
        let mut number = 0;
        loop {
            let (bytes, descriptors) = receive(&half, &mut [0; 8]).unwrap();
            if bytes == 0 {
                return number;
            }
            assert_eq!(descriptors.len(), 1);
            number += 1;
            let mut connection = UnixStream::from(descriptors.into_iter().next().unwrap());
            thread::spawn(move || {
                let mut request = [0; 1024];
                while connection.read(&mut request).is_ok_and(|n| n > 0) {
                    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-way: {number}\r\n\r\n");
                    if connection.write_all(answer.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    })
}

#[test]
fn connections_come_and_go_over_socket_pairs() {
    for mut program in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let (clients, bound) = pair();
        let (servers, reached) = pair();
        let serving = serve(servers);
        let address = free_address().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        let text = format!(
            "global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
             frontend f\n bind sockpair@{}\n bind {address}\n http-request return status 200 hdr x-inside yes if {{ path /inside }}\n \
             default_backend b\nbackend b\n http-reuse always\n server s sockpair@{}\n",
            bound.as_raw_fd(),
            reached.as_raw_fd()
        );
        fs::write(&file, text).unwrap();
        let running = Program::start(program.arg("-db").arg("-f").arg(&file)).unwrap();
        drop((bound, reached));
        let connect = |address: SocketAddr| {
            let client = wait_for(|| TcpStream::connect(address).ok()).unwrap();
            client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            client
        };
        let over_tcp = connect(address);

        // A client over the pair, and what it asks over the other pair.
        let (client, sent) = UnixStream::pair().unwrap();
        client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        send(&clients, b"x", &[sent.as_fd()]).unwrap();
        drop(sent);
        let answer = ask(&client, "/inside");
        assert!(answer.contains("x-inside: yes"), "{program:?}: {answer}");
        for _ in 0..2 {
            let answer = ask(&client, "/");
            assert!(answer.contains("x-way: 1"), "{program:?}: {answer}");
        }
        let answer = ask(&over_tcp, "/");
        assert!(answer.contains("x-way: 1"), "{program:?}: {answer}");

        // What carries no connection is passed over, and TCP may come as well.
        (&clients).write_all(b"y").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = connect(listener.local_addr().unwrap());
        let sent = OwnedFd::from(listener.accept().unwrap().0);
        send(&clients, b"x", &[sent.as_fd()]).unwrap();
        drop(sent);
        let answer = ask(&client, "/inside");
        assert!(answer.contains("x-inside: yes"), "{program:?}: {answer}");

        // The end of a pair ends nothing else.
        drop(clients);
        let answer = ask(&connect(address), "/inside");
        assert!(answer.contains("x-inside: yes"), "{program:?}: {answer}");
        drop(running);
        assert_eq!(serving.join().unwrap(), 1, "{program:?}");
    }
}
