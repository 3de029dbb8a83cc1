//! The packet that a connection began with, kept by the system (`tcp-ss`), and what the converters of packets find in it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use test_support::process::{PATIENCE, Program, free_address, wait_for};

/// The answer to a request, and the client's port.
fn ask(address: SocketAddr) -> Option<(String, u16)> {
    let mut client = TcpStream::connect(address).ok()?;
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    Some((body.to_owned(), client.local_addr().unwrap().port()))
}

#[test]
fn the_packet_that_a_connection_began_with_is_told_once_and_taken_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("haproxy.cfg");
    let [none, ip, link] = [(); 3].map(|()| free_address().unwrap());
    let config = format!(
        "frontend f
 mode http
 timeout client 5s
 bind {none}
 bind {ip} tcp-ss 1
 bind {link} tcp-ss 2
 tcp-request connection set-var(sess.syn) fc_saved_syn
 tcp-request connection set-var(sess.ip) var(sess.syn)
 tcp-request connection set-var(sess.ip) var(sess.syn),eth.data if {{ dst_port {} }}
 http-request return status 200 content-type text/plain lf-string \"%[var(sess.syn),eth.proto] %[var(sess.ip),ip.ver] %[var(sess.ip),ip.src] %[var(sess.ip),ip.data,tcp.src] %[var(sess.ip),ip.data,tcp.flags] %[fc_saved_syn,length]\"\n",
        link.port()
    );
    std::fs::write(&path, config).unwrap();
    let _program = Program::start(
        Command::new(env!("CARGO_BIN_EXE_holdfast"))
            .args(["haproxy", "-db", "-f"])
            .arg(&path),
    )
    .unwrap();
    let (body, port) = wait_for(|| ask(link)).unwrap();
    assert_eq!(body, format!("2048 4 127.0.0.1 {port} 2 "));
    let (body, port) = ask(ip).unwrap();
    // Without the link's header, what stands where its number would be is something else.
    assert!(body.ends_with(&format!(" 4 127.0.0.1 {port} 2 ")), "{body}");
    let (body, _) = ask(none).unwrap();
    assert_eq!(body, "     ");
}
