//! Targets that are rings: lines are kept for who reads them, the ring's servers and the stats socket.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use haproxy_cfg::model::sections::{self, Endpoint, RingFormat};
use haproxy_cfg::model::{Address, Config, LogFormat, LogServer, LogTransport, Proxy, ServerAt};
use proxy_core::cli::Held;
use proxy_core::logline::RingBuffer;
use tokio::sync::watch;

use super::backing::{Backing, Backings};

/// Bytes of a ring whose size is not given.
pub(super) const DEFAULT_SIZE: usize = 16384;

/// Bytes of a line for which nothing is given.
const DEFAULT_LENGTH: u32 = 1024;

/// The rings that every process has, and what they are.
const OWN: [(&str, &str); 1] = [("buf0", "in-memory ring buffer")];

/// How a ring's server wants its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Each ends with an end of line (`log-proto legacy`).
    Lines,
    /// Each begins with its length (`log-proto octet-count`, RFC 6587).
    Counted,
}

/// A server that a ring's lines are forwarded to.
#[derive(Debug)]
pub(super) struct RingServer {
    pub(super) place: Place,
    pub(super) framing: Framing,
}

/// Where a ring's server is.
#[derive(Debug)]
pub(super) enum Place {
    /// There, for as long as the process lives.
    At(Endpoint),
    /// Where the line of a `ring` section says: the section's number, and that of the server in it.
    OfRing(usize, usize),
    /// Where a server of a backend is, which may move.
    OfServer(ServerAt),
}

/// Bytes of the rings that every process has.
const OWN_SIZE: usize = 1 << 20;

/// One ring.
#[derive(Debug)]
pub(crate) struct Ring {
    /// What `show events` says that it is.
    pub(super) about: Box<[u8]>,
    /// The format of its lines; that of the target where it gives none.
    pub(super) format: LogFormat,
    /// Bytes of a line at most.
    pub(super) max_len: u32,
    pub(super) servers: Vec<RingServer>,
    /// Milliseconds; none is no limit.
    pub(super) connect_timeout: Option<u32>,
    /// Milliseconds; none is no limit.
    pub(super) server_timeout: Option<u32>,
    inner: Mutex<Inner>,
    /// Told of each line.
    pub(super) news: watch::Sender<()>,
}

#[derive(Debug)]
struct Inner {
    lines: RingBuffer,
    /// By server: the line that it waits for; none while it cannot be reached.
    readers: Vec<Option<u64>>,
    /// The file that its lines stand in as well.
    backing: Option<Box<Backing>>,
}

impl Ring {
    fn new(number: usize, section: &sections::Ring) -> Self {
        let size = section
            .size
            .map_or(DEFAULT_SIZE, |size| usize::try_from(size).unwrap_or(usize::MAX));
        let servers: Vec<RingServer> = section
            .servers
            .iter()
            .enumerate()
            .map(|(at, server)| RingServer {
                place: Place::OfRing(number, at),
                framing: framing(server.log.unwrap_or_default()),
            })
            .collect();
        let format = match section.format {
            RingFormat::Default => LogFormat::Unset,
            RingFormat::Named(name) => LogFormat::named(name).unwrap_or_default(),
        };
        let max_len = section.max_len.unwrap_or(DEFAULT_LENGTH);
        Self {
            connect_timeout: section.timeout_connect,
            server_timeout: section.timeout_server,
            about: section.description.as_deref().unwrap_or(&section.name).into(),
            ..Self::holding(size, servers, format, max_len)
        }
    }

    fn holding(size: usize, servers: Vec<RingServer>, format: LogFormat, max_len: u32) -> Self {
        Self {
            about: Box::default(),
            format,
            max_len,
            inner: Mutex::new(Inner {
                lines: RingBuffer::new(size),
                readers: servers.iter().map(|_| None).collect(),
                backing: None,
            }),
            servers,
            connect_timeout: None,
            server_timeout: None,
            news: watch::Sender::new(()),
        }
    }

    /// The ring of a server of a backend with `mode log`; `size` is for one whose line gives none.
    pub(super) fn of_server(proxy: &Proxy, at: ServerAt, log: LogServer, size: u32) -> Self {
        let server = RingServer {
            place: Place::OfServer(at),
            framing: framing(log),
        };
        let size = log.buffer.unwrap_or(size) as usize;
        Self {
            connect_timeout: proxy.timeouts.connect,
            server_timeout: proxy.timeouts.server,
            about: format!("created for a server of log backend '{}'", proxy.name)
                .into_bytes()
                .into(),
            ..Self::holding(size, vec![server], LogFormat::Unset, u32::MAX)
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a line; false where it was dropped.
    pub(super) fn push(&self, line: &[u8]) -> bool {
        let taken = {
            let mut inner = self.lock();
            let held = inner.readers.iter().copied().flatten().min();
            let taken = inner.lines.push(line, held);
            if taken && let Some(backing) = &mut inner.backing {
                backing.add(line);
            }
            taken
        };
        self.news.send_replace(());
        taken
    }

    /// Puts lines from `from` on, framed, behind those of `out`, as many as there are up to `room` bytes or one. Adds to `ends`
    /// where in `out` each ends. Gives the number of the first.
    pub(super) fn read(
        &self,
        from: u64,
        framing: Framing,
        room: usize,
        out: &mut Vec<u8>,
        ends: &mut Vec<usize>,
    ) -> u64 {
        let inner = self.lock();
        let (first, lines) = inner.lines.since(from);
        for line in lines {
            if !out.is_empty() && out.len() + line.len() > room {
                break;
            }
            match framing {
                Framing::Lines => {
                    out.extend_from_slice(line);
                    out.push(b'\n');
                }
                Framing::Counted => {
                    out.extend_from_slice(line.len().to_string().as_bytes());
                    out.push(b' ');
                    out.extend_from_slice(line);
                }
            }
            ends.push(out.len());
        }
        first
    }

    /// The lines from number `from` on, and the number of the next one.
    pub(super) fn held(&self, from: u64) -> Held {
        let inner = self.lock();
        let (_, lines) = inner.lines.since(from);
        Held {
            messages: lines.map(Box::from).collect(),
            next: inner.lines.next(),
        }
    }

    /// How many lines had no room.
    pub(super) fn dropped(&self) -> u64 {
        self.lock().lines.dropped()
    }

    /// Says which line a server waits for; none when it cannot be reached.
    pub(super) fn note_reader(&self, server: usize, waits_for: Option<u64>) {
        self.lock().readers[server] = waits_for;
    }
}

fn framing(log: LogServer) -> Framing {
    if log.counted {
        Framing::Counted
    } else {
        Framing::Lines
    }
}

/// All rings of a configuration: its sections, and those that `log tcp@ADDRESS` stands for.
#[derive(Debug, Default)]
pub(crate) struct Rings {
    rings: Vec<Ring>,
    /// The names of those that have one, in the order in which they are shown.
    names: Vec<(Box<[u8]>, usize)>,
    by_name: HashMap<Box<[u8]>, usize>,
    /// By the number of the `log` line.
    by_line: HashMap<u32, usize>,
}

impl Rings {
    pub(super) fn new(config: &Config, backings: &mut Backings) -> Self {
        let mut all = Self::default();
        for (name, about) in OWN {
            let ring = Ring::holding(OWN_SIZE, Vec::new(), LogFormat::Timed, u32::MAX);
            let about = about.as_bytes().into();
            all.add(name.as_bytes(), Ring { about, ..ring });
        }
        for (number, section) in config.sections.rings.iter().enumerate() {
            let ring = Ring::new(number, section);
            ring.lock().backing = backings.take(&section.name).map(Box::new);
            all.add(&section.name, ring);
        }
        for target in super::targets(config) {
            let LogTransport::Stream(address) = &target.transport else {
                continue;
            };
            let endpoint = match address {
                Address::Inet(address) => Endpoint::Inet(*address),
                Address::Unix(path) => Endpoint::Unix(path.clone()),
                Address::Abstract(name) => Endpoint::Abstract(name.clone()),
                Address::Fd(_) | Address::SockPair(_) => continue,
            };
            let next = all.rings.len();
            if *all.by_line.entry(target.id).or_insert(next) != next {
                continue;
            }
            let server = RingServer {
                place: Place::At(endpoint),
                framing: Framing::Lines,
            };
            all.rings.push(Ring::holding(
                DEFAULT_SIZE,
                vec![server],
                LogFormat::Unset,
                u32::MAX,
            ));
        }
        all
    }

    /// Takes in the ring of a server; gives its number.
    pub(super) fn add_server(&mut self, name: &[u8], ring: Ring) -> usize {
        self.add(name, ring);
        self.rings.len() - 1
    }

    fn add(&mut self, name: &[u8], ring: Ring) {
        self.names.push((name.into(), self.rings.len()));
        self.by_name.insert(name.into(), self.rings.len());
        self.rings.push(ring);
    }

    /// Each ring that has a name.
    pub(super) fn all_named(&self) -> impl Iterator<Item = (&[u8], &Ring)> {
        self.names.iter().map(|(name, at)| (&**name, &self.rings[*at]))
    }

    /// The ring of that name.
    pub(super) fn named(&self, name: &[u8]) -> Option<&Ring> {
        self.by_name.get(name).map(|at| &self.rings[*at])
    }

    /// The ring that the `log` line of that number stands for.
    pub(super) fn of_line(&self, id: u32) -> Option<&Ring> {
        self.by_line.get(&id).map(|at| &self.rings[*at])
    }

    /// Each ring with its number.
    pub(super) fn at(&self, at: usize) -> Option<&Ring> {
        self.rings.get(at)
    }
}
