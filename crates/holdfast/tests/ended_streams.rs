//! `shutdown session` ends a stream wherever it is at once, as haproxy does since 3.x (2.6 waits for something to happen): in a
//! queue, while a body is waited for, held back by a rule, before its answer, and in TCP mode. Its line says who ended it, and
//! nothing of it stays.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use test_support::admin;
use test_support::process::{Program, free_address, wait_for};

/// How long an end may take that comes at once: less than any timeout of the file.
const SOON: Duration = Duration::from_secs(10);

fn ask(socket: &Path, line: &str) -> String {
    admin::ask(socket, line).unwrap()
}

/// The identifier of the stream of a client.
fn id_of(socket: &Path, client: SocketAddr) -> Option<String> {
    let list = ask(socket, "show sess");
    let line = list
        .lines()
        .find(|line| line.contains(&format!(" src={client} ")))?;
    Some(line.split_once(':')?.0.to_owned())
}

#[test]
fn a_stream_is_ended_at_once_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (front, tcp) = (free_address().unwrap(), free_address().unwrap());
    // It takes connections, as far as the system does that for it, and says nothing.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let server_at = server.local_addr().unwrap();
    let log = UdpSocket::bind("127.0.0.1:0").unwrap();
    log.set_read_timeout(Some(SOON)).unwrap();
    let log_at = log.local_addr().unwrap();
    let socket = folder.path().join("stats");
    let file = folder.path().join("haproxy.cfg");
    let text = format!(
        "global\n nbthread 2\n stats socket {} level admin\n log {log_at} format raw local0\n\
         defaults\n mode http\n log global\n option httplog\n option dontlognull\n timeout connect 60s\n timeout client 60s\n \
         timeout server 60s\n timeout queue 60s\n timeout tarpit 60s\n\
         frontend fe\n bind {front}\n http-request wait-for-body time 60s if {{ path /body }}\n \
         http-request tarpit if {{ path /tarpit }}\n use_backend one if {{ path_beg /one }}\n default_backend many\n\
         frontend ft\n mode tcp\n option tcplog\n bind {tcp}\n default_backend bt\n\
         backend one\n server s1 {server_at} maxconn 1\n\
         backend many\n server s1 {server_at}\n\
         backend bt\n mode tcp\n server s1 {server_at}\n",
        socket.display()
    );
    fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    let program = Program::start(command.args(["haproxy", "-db", "-f"]).arg(&file)).unwrap();
    let up = wait_for(|| TcpStream::connect(front).ok());
    assert!(up.is_some(), "it said: {}", program.output().unwrap());

    let request = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    // What is sent, where to, and the letters of its line. The first holds the place that the second waits for.
    let cases = [
        (front, request("/one", ""), "one/s1", " KH-- "),
        (front, request("/one/queued", ""), "one/<NOSRV>", " K--- "),
        (
            front,
            request("/body", "Content-Length: 5\r\n"),
            "fe/<NOSRV>",
            " K--- ",
        ),
        (front, request("/tarpit", ""), "fe/<NOSRV>", ""),
        (front, request("/many", ""), "many/s1", " KH-- "),
        (tcp, "hello".to_owned(), "bt/s1", " K- "),
    ];
    let mut streams = Vec::new();
    for (to, sent, ..) in &cases {
        let mut client = TcpStream::connect(to).unwrap();
        client.write_all(sent.as_bytes()).unwrap();
        client.set_read_timeout(Some(SOON)).unwrap();
        let at = client.local_addr().unwrap();
        let id = wait_for(|| id_of(&socket, at)).expect("it is listed");
        streams.push((client, id));
    }
    let queued = wait_for(|| {
        let list = ask(&socket, &format!("show sess {}", streams[1].1));
        list.contains("scb: state=QUE").then_some(())
    });
    assert!(queued.is_some(), "the second waits in the queue");
    // The one that waits first: it would get the place of the other.
    for at in [1, 2, 3, 4, 5, 0] {
        let (client, id) = &mut streams[at];
        let (_, sent, to, letters) = &cases[at];
        assert_eq!(ask(&socket, &format!("shutdown session {id}")), "\n", "{sent}");
        let mut rest = Vec::new();
        client.read_to_end(&mut rest).expect("it ends soon");
        let mut line = [0; 2048];
        let len = log.recv(&mut line).expect("there is a line about it");
        let line = String::from_utf8_lossy(&line[..len]);
        assert!(line.contains(to) && line.contains(letters), "{sent:?}: {line}");
        assert_eq!(
            ask(&socket, &format!("shutdown session {id}")),
            "No such session (use 'show sess').\n\n",
            "{sent}"
        );
    }
    drop(up);
    let left = wait_for(|| {
        let rows = ask(&socket, "show stat");
        let mut counts = rows
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        // The sessions that there are.
        counts
            .all(|line| matches!(line.split(',').nth(4), Some("0")))
            .then_some(())
    });
    assert!(left.is_some(), "{}", ask(&socket, "show stat"));
    assert_eq!(ask(&socket, "show sess").matches("fe=GLOBAL").count(), 1);
    assert_eq!(
        ask(&socket, "show sess")
            .lines()
            .filter(|line| !line.is_empty())
            .count(),
        1
    );
}
