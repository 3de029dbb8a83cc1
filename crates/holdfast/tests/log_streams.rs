//! Streams of log lines: over TLS from a ring to a section that passes them on, behind PROXY headers, over unix sockets; beside
//! Debian's haproxy where it is installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use test_support::process::{PATIENCE, Program, both_programs, free_address, wait_for};

const CERTIFICATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../compat-fixtures/verdicts/haproxy/tls/accepted/site.pem"
);

fn start(mut program: Command, folder: &Path, name: &str, text: &str) -> Program {
    let file = folder.join(name);
    fs::write(&file, text).unwrap();
    Program::start(program.arg("-db").arg("-f").arg(file)).unwrap()
}

fn sink() -> UdpSocket {
    let sink = UdpSocket::bind("127.0.0.1:0").unwrap();
    sink.set_read_timeout(Some(PATIENCE)).unwrap();
    sink
}

fn received(sink: &UdpSocket) -> String {
    let mut buffer = [0; 2048];
    let length = sink.recv(&mut buffer).expect("a line arrives");
    String::from_utf8_lossy(&buffer[..length]).into_owned()
}

/// The programs by their numbers, Holdfast first: it with itself, and with the original on either side.
fn pairs() -> Vec<[usize; 2]> {
    match both_programs(env!("CARGO_BIN_EXE_holdfast")).len() {
        1 => vec![[0, 0]],
        _ => vec![[0, 0], [0, 1], [1, 0]],
    }
}

fn program(number: usize) -> Command {
    both_programs(env!("CARGO_BIN_EXE_holdfast")).swap_remove(number)
}

#[test]
fn lines_go_over_tls_from_a_ring_to_a_section_that_passes_them_on() {
    for [from, to] in pairs() {
        for framing in ["legacy", "octet-count"] {
            let folder = tempfile::tempdir().unwrap();
            let (entry, between, sink) = (free_address().unwrap(), free_address().unwrap(), sink());
            let both = format!("{from} to {to}, {framing}");
            let _taking = start(
                program(to),
                folder.path(),
                "to.cfg",
                &format!(
                    "log-forward out\n bind {between} ssl crt {CERTIFICATE}\n timeout client 10s\n log {} format raw local0\n",
                    sink.local_addr().unwrap()
                ),
            );
            assert!(wait_for(|| TcpStream::connect(between).ok()).is_some(), "{both}");
            let _sending = start(
                program(from),
                folder.path(),
                "from.cfg",
                &format!(
                    "ring r\n format rfc3164\n timeout connect 2s\n timeout server 5s\n \
                     server s {between} ssl verify none log-proto {framing}\n\
                     log-forward in\n bind {entry}\n timeout client 10s\n log ring@r format rfc3164 local0\n"
                ),
            );
            let mut client = wait_for(|| TcpStream::connect(entry).ok()).expect("it listens");
            client
                .write_all(b"<134>Oct 11 22:14:15 h su: one\n<134>Oct 11 22:14:15 h su: two\n")
                .unwrap();
            assert_eq!([received(&sink), received(&sink)], ["one\n", "two\n"], "{both}");
        }
    }
}

#[test]
fn a_server_of_a_ring_whose_certificate_is_not_trusted_gets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (entry, between) = (free_address().unwrap(), TcpListener::bind("127.0.0.1:0").unwrap());
    let other = folder.path().join("other.pem");
    let certificates = concat!(env!("CARGO_MANIFEST_DIR"), "/../../compat-fixtures/certificates");
    fs::copy(Path::new(certificates).join("rsa.pem"), &other).unwrap();
    let taking_at = free_address().unwrap();
    let sink = sink();
    let _taking = start(
        program(0),
        folder.path(),
        "to.cfg",
        &format!(
            "log-forward out\n bind {taking_at} ssl crt {CERTIFICATE}\n log {} format raw local0\n",
            sink.local_addr().unwrap()
        ),
    );
    assert!(wait_for(|| TcpStream::connect(taking_at).ok()).is_some());
    let line = |verify: &str| {
        format!(
            "ring r\n timeout connect 2s\n timeout server 5s\n server s {taking_at} ssl {verify}\n server plain {}\n\
             log-forward in\n bind {entry}\n log ring@r local0\n",
            between.local_addr().unwrap()
        )
    };
    let verified = format!("verify required ca-file {}", other.display());
    let _sending = start(program(0), folder.path(), "from.cfg", &line(&verified));
    let mut client = wait_for(|| TcpStream::connect(entry).ok()).expect("it listens");
    client.write_all(b"<134>hello\n").unwrap();
    // Whoever is spoken to in clear has the line; by then the other was tried.
    let (mut plain, _) = between.accept().unwrap();
    plain.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut buffer = [0; 64];
    let length = plain.read(&mut buffer).unwrap();
    assert!(String::from_utf8_lossy(&buffer[..length]).ends_with("hello\n"));
    sink.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(sink.recv(&mut buffer).is_err());
}

#[test]
fn headers_in_front_of_streams_are_passed_over_and_a_unix_socket_has_no_address() {
    let folder = tempfile::tempdir().unwrap();
    let (behind, sink) = (free_address().unwrap(), sink());
    let socket = folder.path().join("lines.sock");
    let text = format!(
        "log-forward in\n bind {behind} accept-proxy\n bind unix@{}\n option host append\n timeout client 10s\n log {} local0\n",
        socket.display(),
        sink.local_addr().unwrap()
    );
    let running = start(program(0), folder.path(), "haproxy.cfg", &text);
    const LINE: &[u8] = b"<34>1 2003-10-11T22:14:15.003Z h a 77 id - m\n";
    let mut client = wait_for(|| TcpStream::connect(behind).ok()).expect("it listens");
    let header = b"PROXY TCP4 192.0.2.7 192.0.2.8 1234 5678\r\n";
    client.write_all(&[header, LINE].concat()).unwrap();
    // As with the original, it is the connection's own address that counts.
    assert_eq!(
        received(&sink),
        "<34>1 2003-10-11T22:14:15.003Z h,127.0.0.1 a 77 id - m\n"
    );
    let mut unix = UnixStream::connect(&socket).unwrap();
    unix.write_all(LINE).unwrap();
    assert_eq!(received(&sink), "<34>1 2003-10-11T22:14:15.003Z h a 77 id - m\n");
    // Without the header the client is not listened to.
    let mut client = TcpStream::connect(behind).unwrap();
    client.set_read_timeout(Some(PATIENCE)).unwrap();
    client.write_all(LINE).unwrap();
    let ended = client.read(&mut [0; 8]);
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    let output = running.output().unwrap();
    assert!(!output.contains("not acted on"), "{output}");
}

/// The lines of a ring's file, as haproxy 3.0 and later leave it: the header says how large the area is, how far the header goes, where
/// the last line ends and where the first begins. None for one that was read while a line was being written.
fn lines_of(file: &Path) -> Vec<String> {
    let bytes = fs::read(file).unwrap();
    let number =
        |at: usize| usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())).unwrap();
    let (size, tail, mut at) = (number(0), number(64), number(128));
    let area = &bytes[number(8)..];
    assert_eq!(area.len(), size);
    let (mut lines, mut walked) = (Vec::new(), 0);
    while (at + 1) % size != tail {
        // Those of the test are short: one byte is the length.
        let length = usize::from(area[(at + 1) % size]);
        let line = (0..length).map(|by| char::from(area[(at + 2 + by) % size]));
        lines.push(line.collect());
        at = (at + 2 + length) % size;
        walked += 2 + length;
        if walked > size {
            return Vec::new();
        }
    }
    lines
}

#[test]
fn lines_of_a_ring_outlive_the_process_in_its_file_and_are_kept_beside_by_the_next() {
    // Another version of the original can be named, whose 3.0 was the first with this layout.
    let other = std::env::var("HOLDFAST_OTHER_HAPROXY").ok();
    for program_of in std::iter::once(None).chain(other.map(Some)) {
        let command = || match &program_of {
            None => program(0),
            Some(path) => Command::new(path),
        };
        let folder = tempfile::tempdir().unwrap();
        let (entry, file) = (free_address().unwrap(), folder.path().join("ring"));
        let kept = folder.path().join("ring.bak");
        fs::write(&file, "of somebody else").unwrap();
        let text = format!(
            "ring r\n format raw\n size 16384\n backing-file {}\nlog-forward in\n bind {entry}\n timeout client 10s\n \
             log ring@r format raw local0\n",
            file.display()
        );
        let mut running = start(command(), folder.path(), "ring.cfg", &text);
        let mut client = wait_for(|| TcpStream::connect(entry).ok()).expect("it listens");
        // It listens before it makes the file.
        let made = || {
            fs::read(&file)
                .ok()
                .filter(|bytes| bytes.len() == 16384 && bytes[0] != 0)
        };
        assert!(wait_for(made).is_some(), "{}", running.output().unwrap());
        assert_eq!(fs::read(&kept).unwrap(), b"of somebody else");
        let mut sent: Vec<String> = Vec::new();
        for number in 0..600 {
            let line = format!("line {number} {}", "x".repeat(number % 80));
            client.write_all(format!("<134>{line}\n").as_bytes()).unwrap();
            sent.push(line);
        }
        let there = wait_for(|| (lines_of(&file).last() == sent.last()).then_some(()));
        assert!(there.is_some(), "{}", running.output().unwrap());
        running.signal(nix::sys::signal::Signal::SIGKILL).unwrap();
        running.wait().expect("it is killed");
        let lines = lines_of(&file);
        assert!(sent.ends_with(&lines) && lines.len() > 200, "{lines:?}");
        let again = start(command(), folder.path(), "ring.cfg", &text);
        let up = wait_for(|| TcpStream::connect(entry).ok());
        assert!(up.is_some(), "{}", again.output().unwrap());
        let moved = || fs::read(&kept).ok().filter(|bytes| bytes.len() == 16384);
        assert!(wait_for(moved).is_some() && wait_for(made).is_some());
        assert_eq!(lines_of(&kept), lines);
        assert!(lines_of(&file).is_empty());
    }
}

#[test]
fn a_file_of_a_ring_that_cannot_be_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let entry = free_address().unwrap();
    let ring = |lines: &str| format!("ring r\n{lines}log-forward in\n bind {entry}\n log ring@r local0\n");
    let resized = format!(" backing-file {}/r\n size 32768\n", folder.path().display());
    let a_folder = format!(" backing-file {}\n", folder.path().display());
    for (lines, told) in [
        (resized, "cannot resize an already mapped file"),
        (a_folder, "cannot open backing-file"),
    ] {
        let mut running = start(program(0), folder.path(), "ring.cfg", &ring(&lines));
        assert_eq!(running.wait_code(), Some(1));
        let output = running.output().unwrap();
        assert!(output.contains(told), "{output}");
    }
}
