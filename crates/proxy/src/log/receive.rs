//! Takes log lines of others in and passes them on (`log-forward`): datagrams, and streams of lines. All of it runs on the first
//! thread.

use std::io;
use std::net::{SocketAddr, TcpListener as Listener, UdpSocket as Datagrams};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use haproxy_cfg::model::sections::LogForward;
use haproxy_cfg::model::{Address, Config};
use proxy_core::logline::{Frame, Received, frame};
use socket2::{Domain, Socket, Type};
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::listen::{ListenFault, system_words};
use crate::thread::Thread;

/// Connections of a section that says nothing of them.
const MAXCONN: usize = 10;

/// Connections that may wait for a section that says nothing of them.
const BACKLOG: i32 = 10;

/// The longest datagram.
const DATAGRAM: usize = 65536;

/// After a fault of the system's, such as a lack of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// A socket that lines come in by.
#[derive(Debug)]
enum Source {
    Datagrams(Datagrams),
    Streams(Listener),
}

/// The bound sockets of all `log-forward` sections, each with the index of its section.
#[derive(Debug, Default)]
pub struct Receivers(Vec<(usize, Source)>);

impl Receivers {
    /// Binds what `config` asks for. `inherit` hands out an inherited descriptor by its number.
    ///
    /// # Errors
    /// What could not be bound, in the words of other listeners.
    pub fn bind(
        config: &Config,
        inherit: &dyn Fn(i32) -> io::Result<OwnedFd>,
    ) -> Result<Self, Vec<ListenFault>> {
        let (mut bound, mut faults) = (Vec::new(), Vec::new());
        for (index, section) in config.sections.log_forwards.iter().enumerate() {
            for source in &section.sources {
                for address in &source.addresses {
                    match open(section, address, source.datagrams, inherit) {
                        Ok(socket) => bound.push((index, socket)),
                        Err(error) => faults.push(ListenFault {
                            span: source.span,
                            owner: format!("log-forward {}", section.name),
                            message: format!(
                                "cannot bind socket ({}) for [{}]",
                                system_words(&error),
                                shown(address)
                            ),
                            fatal: true,
                            in_use: error.kind() == io::ErrorKind::AddrInUse,
                        }),
                    }
                }
            }
        }
        if faults.is_empty() {
            Ok(Self(bound))
        } else {
            Err(faults)
        }
    }
}

fn shown(address: &Address) -> String {
    match address {
        Address::Inet(address) => format!("{}:{}", address.ip(), address.port()),
        Address::Unix(path) => path.to_string(),
        Address::Abstract(name) => format!("abns@{}", name.name),
        Address::Fd(fd) => format!("fd@{fd}"),
        Address::SockPair(fd) => format!("sockpair@{fd}"),
    }
}

fn open(
    section: &LogForward,
    address: &Address,
    datagrams: bool,
    inherit: &dyn Fn(i32) -> io::Result<OwnedFd>,
) -> io::Result<Source> {
    let kind = if datagrams { Type::DGRAM } else { Type::STREAM };
    let socket = match address {
        Address::Inet(address) => bound(*address, kind)?,
        Address::Fd(fd) => Socket::from(inherit(*fd)?),
        Address::Unix(_) | Address::Abstract(_) | Address::SockPair(_) => {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "lines are taken in at addresses of IPv4 and IPv6",
            ));
        }
    };
    socket.set_nonblocking(true)?;
    if datagrams {
        return Ok(Source::Datagrams(socket.into()));
    }
    let backlog = section.backlog.and_then(|given| i32::try_from(given).ok());
    socket.listen(backlog.filter(|given| *given > 0).unwrap_or(BACKLOG))?;
    Ok(Source::Streams(socket.into()))
}

/// A socket at an address that a process which goes may still hold.
fn bound(address: SocketAddr, kind: Type) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind.cloexec(), None)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// What passes the lines of a section on.
#[derive(Clone)]
struct Forwarder {
    thread: Rc<Thread>,
    section: usize,
}

impl Forwarder {
    fn section(&self) -> &LogForward {
        &self.thread.config().sections.log_forwards[self.section]
    }

    fn has(&self, option: &str) -> bool {
        self.section().options.contains(&option)
    }

    fn pass_on(&self, line: &[u8]) {
        let thread = &self.thread;
        let received = if self.has("dont-parse-log") {
            Received::unread(line)
        } else {
            Received::read(line)
        };
        thread.shared.runtime.received_logs.fetch_add(1, Relaxed);
        let section = self.section();
        let global = section.global_logs.then_some(&thread.config().global.logs);
        let targets = section.logs.iter().chain(global.into_iter().flatten());
        let mut dates = thread.dates.borrow_mut();
        thread
            .log
            .borrow_mut()
            .forward(targets, &mut dates, &received, thread.epoch_us());
    }

    /// Takes datagrams in for as long as the process lives: each is a line.
    async fn datagrams(self, socket: UdpSocket) {
        let mut buffer = vec![0; DATAGRAM];
        loop {
            match socket.recv(&mut buffer).await {
                Ok(length) => self.pass_on(&buffer[..length]),
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Takes connections in for as long as the process lives, as many at once as there may be.
    async fn streams(self, listener: TcpListener) {
        let most = self
            .section()
            .maxconn
            .and_then(|given| usize::try_from(given).ok());
        let most = most.filter(|given| *given > 0).unwrap_or(MAXCONN);
        let room = Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)));
        loop {
            let Ok(place) = Arc::clone(&room).acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok((stream, _)) => {
                    let forwarder = self.clone();
                    tokio::task::spawn_local(async move {
                        forwarder.stream(stream).await;
                        drop(place);
                    });
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Takes the lines of a connection in, until it ends, is silent for too long, or brings what is no line.
    async fn stream(&self, mut stream: TcpStream) {
        let most = self.thread.config().global.tune.bufsize as usize;
        let lenient = self.has("assume-rfc6587-ntf");
        let silence = self
            .section()
            .timeout_client
            .map(|ms| Duration::from_millis(ms.into()));
        let mut received: Vec<u8> = Vec::new();
        loop {
            let read = stream.read_buf(&mut received);
            let read = match silence {
                Some(limit) if !limit.is_zero() => match timeout(limit, read).await {
                    Ok(read) => read,
                    Err(_) => return,
                },
                _ => read.await,
            };
            if !matches!(read, Ok(1..)) {
                return;
            }
            let mut taken = 0;
            loop {
                match frame(&received[taken..], lenient, most) {
                    Frame::Line(begin, end, next) => {
                        self.pass_on(&received[taken + begin..taken + end]);
                        taken += next;
                    }
                    Frame::Partial => break,
                    Frame::Broken => return,
                }
            }
            received.drain(..taken);
        }
    }
}

/// Starts to take lines in.
///
/// # Errors
/// When the system watches no more sockets.
pub(crate) fn start(thread: &Rc<Thread>, receivers: Receivers) -> io::Result<()> {
    for (section, source) in receivers.0 {
        let forwarder = Forwarder {
            thread: Rc::clone(thread),
            section,
        };
        match source {
            Source::Datagrams(socket) => {
                let socket = UdpSocket::from_std(socket)?;
                tokio::task::spawn_local(forwarder.datagrams(socket));
            }
            Source::Streams(listener) => {
                let listener = TcpListener::from_std(listener)?;
                tokio::task::spawn_local(forwarder.streams(listener));
            }
        }
    }
    Ok(())
}
