//! `persist rdp-cookie`: the address in a client's cookie leads to its server, with the original too where it is installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use test_support::process::{Program, both_programs, free_address, wait_for};

/// A server that tells its name to whoever says something.
fn serve(name: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for client in listener.incoming() {
            let mut client = client.unwrap();
            let mut request = [0; 256];
            // A client that says nothing wants nothing.
            if client.read(&mut request).is_ok_and(|n| n > 0) {
                let _ = client.write_all(name.as_bytes());
            }
        }
    });
    address
}

/// A connection request whose cookie has that value.
fn request(value: &str) -> Vec<u8> {
    let text = format!("Cookie: msts={value}\r\n");
    let len = u8::try_from(text.len()).unwrap();
    let mut packet = vec![3, 0, 0, len + 11, len + 6, 0xe0, 0, 0, 0, 0, 0];
    packet.extend_from_slice(text.as_bytes());
    packet
}

/// The value that names an address on loopback.
fn cookie_of(server: SocketAddr) -> String {
    format!(
        "{}.{}.0000",
        u32::from_le_bytes([127, 0, 0, 1]),
        server.port().swap_bytes()
    )
}

/// Who answers a client with that cookie.
fn ask(address: SocketAddr, value: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.write_all(&request(value))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_cookie_leads_to_the_server_that_it_names() {
    let servers = ["one", "two", "three"].map(serve);
    for mut program in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let [plain, steered, kept, sticky] = [(); 4].map(|()| free_address().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        let mut text = String::from(
            "defaults\n mode tcp\n balance roundrobin\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n \
             persist rdp-cookie\n",
        );
        let lists = [
            (plain, "", ""),
            (steered, " use-server three if TRUE\n", ""),
            (kept, " option persist\n", " disabled"),
            (sticky, " stick-table type ip size 10\n stick on src\n", ""),
        ];
        for (number, (address, lines, state)) in lists.iter().enumerate() {
            text += &format!(
                "listen l{number}\n bind {address}\n tcp-request inspect-delay 5s\n tcp-request content accept if RDP_COOKIE\n{lines}"
            );
            for (name, server) in ["one", "two", "three"].iter().zip(&servers) {
                let state = if *name == "two" { state } else { "" };
                text += &format!(" server {name} {server}{state}\n");
            }
        }
        fs::write(&file, text).unwrap();
        let _running = Program::start(program.arg("-db").arg("-f").arg(&file)).unwrap();
        let two = cookie_of(servers[1]);
        let first = wait_for(|| ask(plain, &two).ok().filter(|answer| !answer.is_empty())).unwrap();
        assert_eq!(first, "two", "{program:?}");
        let who = |address, value: &str| ask(address, value).unwrap();
        assert_eq!(who(plain, &two), "two");
        // What names no server takes the next one, and no turn is lost to a cookie.
        let unknown = cookie_of(SocketAddr::from(([127, 0, 0, 1], 1)));
        let turns = [unknown.as_str(), "garbage", &two, "1.", &unknown].map(|value| who(plain, value));
        assert_eq!(turns, ["one", "two", "two", "three", "one"], "{program:?}");
        // A rule is stronger; the cookie is stronger than a table, which learns from it.
        assert_eq!(who(steered, &two), "three", "{program:?}");
        let stuck =
            [two.as_str(), "garbage", &cookie_of(servers[2]), "garbage"].map(|value| who(sticky, value));
        assert_eq!(stuck, ["two", "two", "three", "three"], "{program:?}");
        // One that is down, or in maintenance, is asked all the same where the file wants that.
        assert_eq!(who(kept, &two), "two", "{program:?}");
    }
}
