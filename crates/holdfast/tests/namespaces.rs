//! Listeners and servers in network namespaces of their own (`namespace` of `bind` and `server`), with the original too where it
//! is installed. Root is needed: elsewhere the test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use test_support::namespace::{Namespace, is_possible};
use test_support::process::{Program, both_programs, free_address, wait_for};

/// The whole answer of whoever listens there.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn listeners_and_servers_are_where_their_namespace_says() {
    if !is_possible() {
        eprintln!("left out: namespaces need root and ip");
        return;
    }
    for mut program in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let inside = Namespace::new().unwrap();
        let (outer, inner) = (free_address().unwrap(), free_address().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        let name = inside.name();
        let text = format!(
            "defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
             frontend f\n bind {outer}\n default_backend b\n\
             frontend inside\n bind {inner} namespace {name}\n http-request return status 200 hdr x-inside yes\n\
             backend b\n server s {inner} namespace {name} check inter 100ms\n"
        );
        fs::write(&file, text).unwrap();
        let _running = Program::start(program.arg("-db").arg("-f").arg(&file)).unwrap();
        let answer = wait_for(|| ask(outer).ok()).unwrap();
        assert!(answer.contains("x-inside: yes"), "{program:?}: {answer}");
        // Nobody listens there outside, and the port is that of the namespace inside.
        assert!(ask(inner).is_err());
        let answer = inside.inside(|| ask(inner)).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{program:?}: {answer}");
        assert!(inside.inside(|| ask(outer)).is_err());
    }
}
