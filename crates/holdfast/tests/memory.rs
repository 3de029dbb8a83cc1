//! Memory under floods of what never ends: it stays inside `maxconn` × 2 × `tune.bufsize` and what `docs/performance.md` says that a
//! connection takes beside.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use test_support::process::{Program, free_address, resident_kib, wait_for};

/// Connections that are served at once.
const MAXCONN: usize = 300;
/// Bytes of a buffer.
const BUFSIZE: usize = 16_384;
/// Bytes of a connection and its request beside buffers, as the document states them.
const OVERHEAD: usize = 6_144;
/// Rounds without a byte moved until a flood counts as held up. Each takes some milliseconds.
const IDLE_ROUNDS: u32 = 60;

/// What a client does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flood {
    /// Sends a body of known length that the server does not read.
    Upload,
    /// The same in chunks.
    ChunkedUpload,
    /// Asks for a body that it does not read.
    Download,
    /// Sends a head without its end.
    EndlessHead,
}

/// A server that sends as much as is taken on `/down`, and reads nothing of any other request's body. Ends with its handle.
struct Server {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut streams: Vec<(TcpStream, Vec<u8>)> = Vec::new();
            // The loop ends with the test; between rounds it waits as every condition is waited for.
            while !stopped.load(Ordering::Relaxed) {
                let mut moved = false;
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true).unwrap();
                    streams.push((stream, Vec::new()));
                }
                for (stream, head) in &mut streams {
                    moved |= serve(stream, head);
                }
                if !moved {
                    breathe();
                }
            }
        });
        Self {
            address,
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// A few milliseconds, by asking for what has not come.
fn breathe() {
    let mut asked = false;
    wait_for(|| std::mem::replace(&mut asked, true).then_some(()));
}

/// Goes on with one connection; whether a byte moved.
fn serve(stream: &mut TcpStream, head: &mut Vec<u8>) -> bool {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
    let mut moved = false;
    if !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        while stream.read(&mut byte).is_ok_and(|n| n == 1) {
            moved = true;
            head.push(byte[0]);
            if head.ends_with(b"\r\n\r\n") {
                if head.starts_with(b"GET /down") {
                    // Whoever does not want it any more has reset the connection.
                    drop(stream.write_all(ANSWER));
                }
                break;
            }
        }
    } else if head.starts_with(b"GET /down") {
        moved |= pour(stream);
    }
    moved
}

/// Writes until no more is taken; whether any was.
fn pour(stream: &mut TcpStream) -> bool {
    let bytes = [b'x'; 8192];
    let mut any = false;
    loop {
        match stream.write(&bytes) {
            Ok(n) if n > 0 => any = true,
            _ => return any,
        }
    }
}

/// A client of that kind, its head sent.
fn client(address: SocketAddr, flood: Flood) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = match flood {
        Flood::Upload => "POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n".to_owned(),
        // One chunk that does not end.
        Flood::ChunkedUpload => {
            "POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3b9aca00\r\n".to_owned()
        }
        Flood::Download => "GET /down HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        Flood::EndlessHead => {
            let value = "x".repeat(BUFSIZE - 2048);
            format!("GET / HTTP/1.1\r\nHost: a\r\nA: {value}")
        }
    };
    stream.write_all(head.as_bytes()).unwrap();
    stream.set_nonblocking(true).unwrap();
    stream
}

/// Resident memory of a process, in bytes.
fn resident(pid: i32) -> usize {
    usize::try_from(resident_kib(pid).unwrap()).unwrap() * 1024
}

/// What a flood of those kinds, twice as many clients as are served, adds to the memory, in bytes.
fn flooded(global: &str, kinds: &[Flood]) -> usize {
    let server = Server::start();
    let front = free_address().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        "global\n nbthread 2\n maxconn {MAXCONN}\n tune.bufsize {BUFSIZE}\n{global}\ndefaults\n mode http\n timeout connect 30s\n \
         timeout client 120s\n timeout server 120s\n timeout http-request 120s\n\
         listen all\n bind {front}\n monitor-uri /alive\n balance roundrobin\n server s {}\n",
        server.address
    );
    let file = folder.path().join("haproxy.cfg");
    fs::write(&file, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    let program = Program::start(command.args(["haproxy", "-db", "-f"]).arg(&file)).unwrap();
    let alive = wait_for(|| {
        let mut stream = TcpStream::connect(front).ok()?;
        stream.write_all(b"GET /alive HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.contains(" 200 ").then_some(())
    });
    assert!(alive.is_some(), "it said: {}", program.output().unwrap());
    let before = resident(program.pid());
    let mut clients: Vec<_> = (0..2 * MAXCONN)
        .map(|number| {
            let kind = kinds[number % kinds.len()];
            (client(front, kind), kind)
        })
        .collect();
    let mut idle = 0;
    let mut most = 0;
    while idle < IDLE_ROUNDS {
        let mut moved = false;
        for (stream, kind) in &mut clients {
            if matches!(kind, Flood::Upload | Flood::ChunkedUpload) {
                moved |= pour(stream);
            }
        }
        most = most.max(resident(program.pid()));
        idle = if moved { 0 } else { idle + 1 };
        breathe();
    }
    // The flood was held up, not refused: nobody was sent away.
    for (stream, kind) in &mut clients {
        if *kind != Flood::Download {
            let read = stream.read(&mut [0]);
            assert!(
                read.as_ref()
                    .is_err_and(|error| error.kind() == ErrorKind::WouldBlock),
                "a client was let go: {read:?}; it said: {}",
                program.output().unwrap()
            );
        }
    }
    most.saturating_sub(before)
}

fn holds(global: &str, kinds: &[Flood]) {
    let bound = MAXCONN * (2 * BUFSIZE + OVERHEAD);
    let grown = flooded(global, kinds);
    assert!(
        grown <= bound,
        "{grown} bytes more, where {bound} are allowed: {} for each connection",
        grown / MAXCONN
    );
}

#[test]
fn uploads_that_the_server_does_not_read_take_two_buffers_at_most() {
    holds(" nosplice", &[Flood::Upload, Flood::ChunkedUpload]);
}

#[test]
fn downloads_that_the_client_does_not_read_take_two_buffers_at_most() {
    holds(" nosplice", &[Flood::Download]);
}

#[test]
fn all_floods_together_take_two_buffers_at_most() {
    holds(
        "",
        &[
            Flood::EndlessHead,
            Flood::Upload,
            Flood::Download,
            Flood::ChunkedUpload,
        ],
    );
}
