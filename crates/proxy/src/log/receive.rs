//! Takes log lines of others in and passes them on (`log-forward`): datagrams, and streams of lines. All of it runs on the first
//! thread.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket as Datagrams};
use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use haproxy_cfg::model::sections::LogForward;
use haproxy_cfg::model::{Address, Bind, Config};
use proxy_core::logline::{Frame, Received, frame};
use socket2::{Domain, Socket, Type};
use tokio::io::AsyncReadExt as _;
use tokio::net::UdpSocket;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use crate::listen::{BoundListener, ListenFault, ListenOwner, ListenSocket, system_words};
use crate::listener::Listener;
use crate::thread::Thread;
use crate::upstream::Wired;
use crate::{namespace, proxy_header, socket};

/// Connections of a section that says nothing of them.
const MAXCONN: usize = 10;

/// The longest datagram.
const DATAGRAM: usize = 65536;

/// After a fault of the system's, such as a lack of descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// The time that a PROXY header and a handshake of TLS have, where the section gives clients none.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// The bound sockets for datagrams of all `log-forward` sections, each with the index of its section.
#[derive(Debug, Default)]
pub struct Receivers(Vec<(usize, Datagrams)>);

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
            for line in &section.datagrams {
                match open(line, inherit) {
                    Ok(socket) => bound.push((index, socket)),
                    Err(error) => faults.push(ListenFault {
                        span: line.span,
                        owner: format!("log-forward {}", section.name),
                        message: format!(
                            "cannot bind socket ({}) for [{}]",
                            system_words(&error),
                            shown(&line.address)
                        ),
                        fatal: true,
                        in_use: error.kind() == io::ErrorKind::AddrInUse,
                    }),
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

fn open(line: &Bind, inherit: &dyn Fn(i32) -> io::Result<OwnedFd>) -> io::Result<Datagrams> {
    let socket = match &line.address {
        Address::Inet(address) => bound(line, *address)?,
        Address::Fd(fd) => Socket::from(inherit(*fd)?),
        Address::Unix(_) | Address::Abstract(_) | Address::SockPair(_) => {
            return Err(io::Error::new(
                io::ErrorKind::Unsupported,
                "datagrams are taken in at addresses of IPv4 and IPv6",
            ));
        }
    };
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

/// A socket at an address that a process which goes may still hold.
fn bound(line: &Bind, address: SocketAddr) -> io::Result<Socket> {
    let make = || Socket::new(Domain::for_address(address), Type::DGRAM.cloexec(), None);
    let socket = namespace::within(line.namespace.as_ref(), make)?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(true)?;
    if line.transparent {
        match address {
            SocketAddr::V4(_) => socket.set_ip_transparent_v4(true)?,
            SocketAddr::V6(_) => socket.set_ip_transparent_v6(true)?,
        }
    }
    if let Some(interface) = &line.interface {
        socket.bind_device(Some(interface))?;
    }
    if address.is_ipv6() {
        socket.set_only_v6(line.v6only)?;
    }
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

    /// Passes on a line that came from `sender`, where it has an address.
    fn pass_on(&self, line: &[u8], sender: Option<IpAddr>) {
        let thread = &self.thread;
        let section = self.section();
        let mut host = Vec::new();
        let received = if self.has("dont-parse-log") {
            Received::unread(line)
        } else {
            Received::read(line).sent_by(section.host, sender, &mut host)
        };
        thread.shared.runtime.received_logs.fetch_add(1, Relaxed);
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
            match socket.recv_from(&mut buffer).await {
                Ok((length, from)) => self.pass_on(&buffer[..length], Some(from.ip())),
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// The time in which a client has to say something.
    fn silence(&self) -> Option<Duration> {
        let limit = self.section().timeout_client?;
        (limit > 0).then(|| Duration::from_millis(limit.into()))
    }

    /// Takes connections in for as long as the process lives, as many at once as there may be.
    async fn streams(self, listener: Listener, bind: usize, room: Arc<Semaphore>) {
        let own = self.section().binds[bind].maxconn.filter(|most| *most > 0);
        let own = Arc::new(Semaphore::new(
            own.map_or(Semaphore::MAX_PERMITS, |most| most as usize),
        ));
        loop {
            let places = (
                Arc::clone(&own).acquire_owned().await,
                Arc::clone(&room).acquire_owned().await,
            );
            match accept(&listener).await {
                Ok((socket, from)) => {
                    let forwarder = self.clone();
                    tokio::task::spawn_local(async move {
                        forwarder.welcome(socket, from, bind).await;
                        drop(places);
                    });
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }

    /// Takes the lines of a connection in, once it has said what its listener asks for in front of them.
    async fn welcome(&self, mut socket: socket::Socket, from: Option<IpAddr>, bind: usize) {
        let limit = self.silence().unwrap_or(HANDSHAKE);
        let line = &self.section().binds[bind];
        // Whoever sends no such header, and a client that TLS refuses, is not served.
        let passed = timeout(limit, proxy_header::pass_over(&mut socket, line)).await;
        if !matches!(passed, Ok(Ok(()))) {
            return;
        }
        let tls = self.thread.shared.tls.log_binds.get(&(self.section, bind));
        let stream: Box<dyn Wired> = match tls.cloned() {
            None => Box::new(socket),
            Some(tls) => match timeout(limit, Box::pin(tls.accept(socket))).await {
                Ok(Ok((stream, ..))) => Box::new(stream),
                Ok(Err(_)) | Err(_) => return,
            },
        };
        self.stream(stream, from).await;
    }

    /// Takes the lines of a connection in, until it ends, is silent for too long, or brings what is no line.
    async fn stream(&self, mut stream: Box<dyn Wired>, from: Option<IpAddr>) {
        let most = self.thread.config().global.tune.bufsize as usize;
        let lenient = self.has("assume-rfc6587-ntf");
        let silence = self.silence();
        let mut received: Vec<u8> = Vec::new();
        loop {
            let read = stream.read_buf(&mut received);
            let read = match silence {
                Some(limit) => match timeout(limit, read).await {
                    Ok(read) => read,
                    Err(_) => return,
                },
                None => read.await,
            };
            if !matches!(read, Ok(1..)) {
                return;
            }
            let mut taken = 0;
            loop {
                match frame(&received[taken..], lenient, most) {
                    Frame::Line(begin, end, next) => {
                        self.pass_on(&received[taken + begin..taken + end], from);
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

/// The next connection, and where it comes from.
async fn accept(listener: &Listener) -> io::Result<(socket::Socket, Option<IpAddr>)> {
    match listener {
        Listener::Tcp(listener) => {
            let (stream, from) = listener.accept().await?;
            Ok((socket::Socket::Tcp(stream), Some(from.ip())))
        }
        Listener::Unix(listener) => {
            let (stream, _) = listener.accept().await?;
            Ok((socket::Socket::Unix(stream), None))
        }
        Listener::Pair(_) | Listener::Released(_) => std::future::pending().await,
    }
}

/// Starts to take lines in.
///
/// # Errors
/// When the system watches no more sockets.
pub(crate) fn start(
    thread: &Rc<Thread>,
    listeners: Vec<BoundListener>,
    receivers: Receivers,
) -> io::Result<()> {
    let forwarder = |section| Forwarder {
        thread: Rc::clone(thread),
        section,
    };
    for (section, socket) in receivers.0 {
        let socket = UdpSocket::from_std(socket)?;
        tokio::task::spawn_local(forwarder(section).datagrams(socket));
    }
    let sections = &thread.config().sections.log_forwards;
    let room = sections.iter().map(|section| {
        let most = section.maxconn.and_then(|given| usize::try_from(given).ok());
        let most = most.filter(|given| *given > 0).unwrap_or(MAXCONN);
        Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS)))
    });
    let room: Vec<Arc<Semaphore>> = room.collect();
    for listener in listeners {
        let ListenOwner::LogForward { section, bind } = listener.owner else {
            continue;
        };
        for socket in listener.sockets {
            if matches!(socket, ListenSocket::Pair(_)) {
                crate::run::alert("log lines cannot be listened for on a socket pair");
                continue;
            }
            let listener = Listener::new(socket)?;
            let room = Arc::clone(&room[section]);
            tokio::task::spawn_local(forwarder(section).streams(listener, bind, room));
        }
    }
    Ok(())
}
