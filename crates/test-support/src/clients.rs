//! Clients that ask one address over and over at an even pace, and say of each request that did not get its answer what became of
//! it; and the server that answers them. What they ask through is not known here.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The body of each answer.
const BODY: &str = "the whole of an answer\n";

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// A client that asks so late may find that its connection has been closed: a busy machine held it up, and nobody waits for ever.
const LATE: Duration = Duration::from_millis(900);

/// How clients of one kind use their connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// One for each request.
    Close,
    /// One for as many requests as the other side lets it have: it is told in an answer when that is the last one, and a
    /// connection that ends otherwise is a failure.
    KeepAlive,
    /// One for so many requests, which nobody may end: what happens on it is not known to be HTTP.
    Tunnel(u32),
}

/// Clients of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What they are called in a report.
    pub name: &'static str,
    /// Where they connect to.
    pub to: SocketAddr,
    /// How they use connections.
    pub manner: Manner,
    /// How many there are.
    pub clients: usize,
    /// Between the beginnings of two requests of one client.
    pub interval: Duration,
}

/// What clients of one kind saw.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Their name.
    pub name: &'static str,
    /// Answers that were right.
    pub answers: usize,
    /// Connections that were made.
    pub connections: usize,
    /// Connections whose end was told in an answer.
    pub told: usize,
    /// What went wrong, each with the time since the clients began.
    pub failures: Vec<String>,
    /// How long answers took, in order.
    pub times: Vec<Duration>,
}

impl Seen {
    /// The time that so many of a thousand answers did not exceed.
    #[must_use]
    pub fn permille(&self, permille: usize) -> Duration {
        let at = (self.times.len() * permille / 1000).min(self.times.len().saturating_sub(1));
        self.times.get(at).copied().unwrap_or_default()
    }
}

/// Clients at work.
#[derive(Debug)]
pub struct Clients {
    stop: Arc<AtomicBool>,
    at_work: Vec<(&'static str, JoinHandle<Seen>)>,
}

impl Clients {
    /// Lets clients of these kinds begin.
    #[must_use]
    pub fn start(kinds: &[Kind]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let began = Instant::now();
        let mut at_work = Vec::new();
        for kind in kinds {
            for number in 0..kind.clients {
                let (kind, stop) = (*kind, Arc::clone(&stop));
                // Not all at the same moment.
                let parts = u32::try_from(kind.clients.max(1)).unwrap_or(u32::MAX);
                let first = began + kind.interval / parts * u32::try_from(number).unwrap_or(0);
                let work = move || Client::new(kind, began).work(&stop, first);
                at_work.push((kind.name, std::thread::spawn(work)));
            }
        }
        Self { stop, at_work }
    }

    /// Lets them end, and gives what each kind saw.
    #[must_use]
    pub fn finish(self) -> Vec<Seen> {
        self.stop.store(true, Relaxed);
        let mut all: Vec<Seen> = Vec::new();
        for (name, client) in self.at_work {
            let seen = client.join().unwrap_or_else(|_| Seen {
                failures: vec!["a client panicked".to_owned()],
                ..Seen::of(name)
            });
            match all.iter_mut().find(|known| known.name == name) {
                Some(known) => known.add(seen),
                None => all.push(seen),
            }
        }
        for seen in &mut all {
            seen.times.sort_unstable();
        }
        all
    }
}

impl Seen {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            answers: 0,
            connections: 0,
            told: 0,
            failures: Vec::new(),
            times: Vec::new(),
        }
    }

    fn add(&mut self, other: Self) {
        self.answers += other.answers;
        self.connections += other.connections;
        self.told += other.told;
        self.failures.extend(other.failures);
        self.times.extend(other.times);
    }
}

/// One client.
struct Client {
    kind: Kind,
    began: Instant,
    seen: Seen,
    /// Its connection, with how many requests it has had, and when it had the last answer.
    connection: Option<(TcpStream, u32, Instant)>,
}

impl Client {
    fn new(kind: Kind, began: Instant) -> Self {
        Self {
            kind,
            began,
            seen: Seen::of(kind.name),
            connection: None,
        }
    }

    fn work(mut self, stop: &AtomicBool, first: Instant) -> Seen {
        let mut next = first;
        while !stop.load(Relaxed) {
            wait_until(next);
            next = (next + self.kind.interval).max(Instant::now());
            let start = Instant::now();
            match self.ask() {
                Ok(()) => {
                    self.seen.answers += 1;
                    self.seen.times.push(start.elapsed());
                }
                Err(error) => {
                    self.connection = None;
                    let at = self.began.elapsed().as_millis();
                    self.seen.failures.push(format!("{at} ms: {error}"));
                }
            }
        }
        self.seen
    }

    /// One request and its answer.
    fn ask(&mut self) -> io::Result<()> {
        let (mut stream, had) = match self.connection.take() {
            Some((open, had, last)) if !(last.elapsed() > LATE && has_ended(&open)) => (open, had),
            _ => {
                let stream = TcpStream::connect(self.kind.to)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_nodelay(true)?;
                self.seen.connections += 1;
                (stream, 0)
            }
        };
        let close = match self.kind.manner {
            Manner::Close => "Connection: close\r\n",
            Manner::KeepAlive | Manner::Tunnel(_) => "",
        };
        let context = |what: &str, error: &io::Error| {
            io::Error::new(
                error.kind(),
                format!("{what} (request {} of its connection): {error}", had + 1),
            )
        };
        let request = format!("GET / HTTP/1.1\r\nHost: test\r\n{close}\r\n");
        stream
            .write_all(request.as_bytes())
            .map_err(|error| context("sending", &error))?;
        let answer = read_answer(&mut stream).map_err(|error| context("reading", &error))?;
        if !answer.starts_with("HTTP/1.1 200 ") || !answer.ends_with(BODY) {
            return Err(io::Error::other(format!("answered {answer:?}")));
        }
        let is_last = answer.to_ascii_lowercase().contains("\r\nconnection: close\r\n");
        match self.kind.manner {
            Manner::Close => {}
            Manner::KeepAlive if is_last => self.seen.told += 1,
            Manner::Tunnel(requests) if had + 1 == requests => {}
            Manner::KeepAlive | Manner::Tunnel(_) => {
                self.connection = Some((stream, had + 1, Instant::now()));
            }
        }
        Ok(())
    }
}

/// Whether the other side has closed an idle connection.
fn has_ended(stream: &TcpStream) -> bool {
    let peeked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    stream.set_nonblocking(false).is_err() || matches!(peeked, Ok(0))
}

/// Reads a head and the body that it announces.
fn read_answer(stream: &mut TcpStream) -> io::Result<String> {
    let mut answer = Vec::new();
    let mut room = [0; 4096];
    loop {
        let n = stream.read(&mut room)?;
        if n == 0 {
            let text = String::from_utf8_lossy(&answer);
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                format!("the end behind {text:?}"),
            ));
        }
        answer.extend_from_slice(&room[..n]);
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.parse::<usize>().ok())?
        });
        if body.len() >= length.unwrap_or(0) {
            return Ok(text.into_owned());
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "an even pace is what clients are asked for"
)]
fn wait_until(time: Instant) {
    let now = Instant::now();
    if time > now {
        std::thread::sleep(time - now);
    }
}

/// A server that answers each request with the same page and keeps its connections, for as long as the test runs.
///
/// # Errors
/// When no address can be had.
pub fn serve_pages() -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            // A connection that fails is its client's to tell.
            std::thread::spawn(move || drop(answer(stream)));
        }
    });
    Ok(address)
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut held = Vec::new();
    let mut room = [0; 4096];
    loop {
        let n = stream.read(&mut room)?;
        if n == 0 {
            return Ok(());
        }
        held.extend_from_slice(&room[..n]);
        while let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
            held.drain(..at + 4);
            let page = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
            stream.write_all(page.as_bytes())?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_of_a_server_that_stays_see_no_failure_and_those_of_none_see_nothing_else() {
        let kind = |name, to, manner| Kind {
            name,
            to,
            manner,
            clients: 2,
            interval: Duration::from_millis(5),
        };
        let here = serve_pages().expect("a server");
        let nowhere = crate::process::free_address().expect("an address");
        let clients = Clients::start(&[
            kind("close", here, Manner::Close),
            kind("keep", here, Manner::KeepAlive),
            kind("tunnel", here, Manner::Tunnel(3)),
            kind("nobody", nowhere, Manner::Close),
        ]);
        wait_until(Instant::now() + Duration::from_millis(200));
        let seen = clients.finish();
        for seen in &seen[..3] {
            assert!(seen.failures.is_empty() && seen.answers > 5, "{seen:?}");
        }
        assert!(
            seen[0].connections == seen[0].answers && seen[1].connections == 2,
            "{seen:?}"
        );
        assert!(seen[3].answers == 0 && !seen[3].failures.is_empty(), "{seen:?}");
    }
}
