//! What clients do to the program: proper requests among broken ones, clients that go away at any moment, headers and
//! handshakes that are forged, cut or too long. Nobody looks at the answers closely; the program is to survive.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use super::instance::Instance;

/// Numbers from a seed: Marsaglia's xorshift.
pub(super) struct Chance(u64);

impl Chance {
    /// Those of `seed`.
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }
}

/// Where clients go.
#[derive(Clone, Copy)]
pub(super) struct Places {
    web: SocketAddr,
    behind_proxy: SocketAddr,
    tcp: SocketAddr,
}

impl From<&Instance> for Places {
    fn from(instance: &Instance) -> Self {
        Self {
            web: instance.web,
            behind_proxy: instance.behind_proxy,
            tcp: instance.tcp,
        }
    }
}

/// What came of visits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Connections that were made.
    pub(super) visits: u64,
    /// Answers with the status 200.
    pub(super) answers: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.visits += other.visits;
        self.answers += other.answers;
    }
}

/// One connection and what happens on it. That the program ends it early, as it may, is no error.
pub(super) fn visit(places: Places, chance: &mut Chance) -> io::Result<Counts> {
    let kind = chance.below(10);
    let to = match kind {
        0..=6 => places.web,
        7 | 8 => places.behind_proxy,
        _ => places.tcp,
    };
    let mut connection = TcpStream::connect(to)?;
    connection.set_read_timeout(Some(Duration::from_secs(3)))?;
    connection.set_nodelay(true)?;
    let mut counts = Counts {
        visits: 1,
        answers: 0,
    };
    let done = match kind {
        0..=4 => requests(&mut connection, chance, &mut counts.answers),
        5 => leaves(&mut connection, chance),
        6 => garbage(&mut connection, chance),
        7 | 8 => behind_proxy(&mut connection, chance, &mut counts.answers),
        _ => hello(&mut connection, chance),
    };
    // A connection that is closed or reset under a client is what most of these are about.
    drop(done);
    Ok(counts)
}

fn request(chance: &mut Chance) -> String {
    let path = chance.one_of(&["/", "/", "/tight", "/sticky", "/deny", "/tarpit", "/body"]);
    let key = match chance.below(10) {
        0 => "k".repeat(200),
        1 => String::new(),
        _ => format!("key{}", chance.below(50_000)),
    };
    let cookie = chance.one_of(&[
        "",
        "Cookie: S=a\r\n",
        "Cookie: S=b; T=1\r\n",
        "Cookie: S=gone\r\n",
        "Cookie: S=nobody\r\n",
        "Cookie: S\r\n",
        "Cookie: S=\"; ;=,=S=\x01\r\n",
    ]);
    format!("GET {path} HTTP/1.1\r\nHost: soak\r\nX-Key: {key}\r\n{cookie}\r\n")
}

/// Requests one after the other on one connection.
fn requests(connection: &mut TcpStream, chance: &mut Chance, answers: &mut u64) -> io::Result<()> {
    for _ in 0..1 + chance.below(4) {
        connection.write_all(request(chance).as_bytes())?;
        let mut room = [0; 4096];
        let n = connection.read(&mut room)?;
        if n == 0 {
            break;
        }
        *answers += u64::from(room[..n].starts_with(b"HTTP/1.1 200"));
    }
    Ok(())
}

/// A client that goes away: within its request, right behind it, or with a reset.
fn leaves(connection: &mut TcpStream, chance: &mut Chance) -> io::Result<()> {
    let request = request(chance);
    let sent = match chance.below(3) {
        0 => chance.below(request.len() as u64) as usize,
        _ => request.len(),
    };
    connection.write_all(&request.as_bytes()[..sent])?;
    if chance.below(2) == 0 {
        connection.shutdown(Shutdown::Write)?;
    }
    if chance.below(3) == 0 {
        // What is not read when a connection is closed makes that a reset.
        socket2::SockRef::from(&*connection).set_linger(Some(Duration::ZERO))?;
    }
    Ok(())
}

fn garbage(connection: &mut TcpStream, chance: &mut Chance) -> io::Result<()> {
    let bytes: Vec<u8> = (0..1 + chance.below(3000))
        .map(|_| chance.below(256) as u8)
        .collect();
    connection.write_all(&bytes)?;
    connection.read(&mut [0; 4096]).map(drop)
}

/// PROXY headers: right, absent, cut, too long, forged.
fn behind_proxy(connection: &mut TcpStream, chance: &mut Chance, answers: &mut u64) -> io::Result<()> {
    let v2 = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c\x0a\x00\x00\x01\x0a\x00\x00\x02\x10\x00\x00\x50";
    match chance.below(8) {
        0 | 1 => connection.write_all(b"PROXY TCP4 10.0.0.1 10.0.0.2 1000 80\r\n")?,
        2 => connection.write_all(v2)?,
        3 => connection.write_all(&v2[..chance.below(v2.len() as u64) as usize])?,
        4 => connection.write_all(format!("PROXY TCP4 {}\r\n", "1".repeat(200)).as_bytes())?,
        5 => connection.write_all(b"PROXY TCP4 999.0.0.1 nobody 70000 -1\r\n")?,
        6 => connection.write_all(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff")?,
        _ => {}
    }
    requests(connection, chance, answers)
}

/// A ClientHello, whole or in one-byte pieces, with an end or without.
fn hello(connection: &mut TcpStream, chance: &mut Chance) -> io::Result<()> {
    let mut hello = b"\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03".to_vec();
    hello.extend_from_slice(&[7; 32]);
    hello.extend_from_slice(b"\x00\x00\x02\x13\x01\x01\x00\x00");
    let whole = hello.len() as u64;
    hello.truncate(match chance.below(3) {
        0 => chance.below(whole) as usize,
        _ => hello.len(),
    });
    if chance.below(2) == 0 {
        connection.write_all(&hello)?;
    } else {
        for byte in hello {
            connection.write_all(&[byte])?;
        }
    }
    if chance.below(2) == 0 {
        return connection.read(&mut [0; 64]).map(drop);
    }
    Ok(())
}
