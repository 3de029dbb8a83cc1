//! Binds what a configuration listens on: the proxies' `bind` lines and the stats sockets. Nothing is accepted here.
//!
//! Binding may be tried again: what was bound stays bound, so that a new process can ask an old one to let go of its ports
//! between two attempts. What another process has handed over ([`crate::handover`]) is used instead of being bound.

mod inet;
mod inherited;
mod unix;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};

use haproxy_cfg::model::{Address, Bind, Config, ProxyId, SocketBuffers};
use socket2::{SockRef, Socket};
use syntax::Span;

use crate::handover::Taken;

/// Connections that may wait for a section that passes log lines on and says nothing of them.
const LOG_BACKLOG: u32 = 10;

/// A socket that is being listened on, non-blocking and closed on exec.
#[derive(Debug)]
pub enum ListenSocket {
    /// TCP over IPv4 or IPv6.
    Tcp(TcpListener),
    /// A stream over a unix socket.
    Unix(UnixListener),
    /// Half of a socket pair over which connections come as descriptors.
    Pair(UnixStream),
}

impl ListenSocket {
    /// The same socket once more; what arrives goes to whichever handle accepts first.
    ///
    /// # Errors
    /// What the system says when it has no descriptor left.
    pub fn try_clone(&self) -> io::Result<Self> {
        Ok(match self {
            Self::Tcp(socket) => Self::Tcp(socket.try_clone()?),
            Self::Unix(socket) => Self::Unix(socket.try_clone()?),
            Self::Pair(socket) => Self::Pair(socket.try_clone()?),
        })
    }
}

/// Whose line a listener is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenOwner {
    /// A `bind` line of a proxy.
    Proxy {
        /// The proxy.
        proxy: ProxyId,
        /// Index in its `binds`.
        bind: usize,
    },
    /// A listener of a `peers` section.
    Peers {
        /// The section, by its index.
        section: usize,
        /// Index among its listeners.
        bind: usize,
    },
    /// A `bind` line of a section that passes log lines on.
    LogForward {
        /// The section, by its index.
        section: usize,
        /// Index among its listeners.
        bind: usize,
    },
    /// A stats socket, by its index in the `global` section.
    Stats(usize),
}

/// One bound address.
#[derive(Debug)]
pub struct BoundListener {
    /// Whose it is.
    pub owner: ListenOwner,
    /// One socket, or several over which the kernel spreads connections: one for each thread, or those of an old process.
    pub sockets: Vec<ListenSocket>,
}

/// Something that went wrong while binding, in the original's words.
#[derive(Clone, Debug)]
pub struct ListenFault {
    /// The `bind` or `stats socket` line.
    pub span: Span,
    /// `proxy NAME` or `frontend GLOBAL`.
    pub owner: String,
    /// What happened, with the address.
    pub message: String,
    /// Whether the listener is missing; otherwise it is bound but lacks something.
    pub fatal: bool,
    /// Whether another process holds the address, so that it may be asked to let go.
    pub in_use: bool,
}

/// How to bind.
#[derive(Clone, Copy, Debug)]
pub struct ListenOptions {
    /// Worker threads that accept.
    pub threads: usize,
    /// Whether `SO_REUSEPORT` may be set (`-dR` forbids it).
    pub reuse_port: bool,
    /// Connections that may wait where neither the line nor its frontend says how many.
    pub default_backlog: u32,
}

/// Binds everything, in one attempt or in several.
#[derive(Debug)]
pub struct Binder<'a> {
    config: &'a Config,
    options: ListenOptions,
    bound: Vec<BoundListener>,
    missing: Vec<ListenOwner>,
    taken: Vec<Taken>,
}

impl<'a> Binder<'a> {
    /// A binder for all listeners of `config` that are not disabled. Nothing is bound yet.
    #[must_use]
    pub fn new(config: &'a Config, options: ListenOptions) -> Self {
        let proxies = config
            .proxies
            .iter()
            .enumerate()
            .filter(|(_, proxy)| !proxy.disabled);
        let missing = proxies
            .flat_map(|(index, proxy)| {
                let proxy_id = ProxyId(u32::try_from(index).unwrap_or(u32::MAX));
                (0..proxy.binds.len()).map(move |bind| ListenOwner::Proxy {
                    proxy: proxy_id,
                    bind,
                })
            })
            .chain(peers(config))
            .chain(log_forwards(config))
            .chain((0..config.global.stats_sockets.len()).map(ListenOwner::Stats))
            .collect();
        Self {
            config,
            options,
            bound: Vec::new(),
            missing,
            taken: Vec::new(),
        }
    }

    /// Looks for its addresses among the sockets of an old process first. Those that no line wants are closed with the binder.
    #[must_use]
    pub fn with_taken(mut self, taken: Vec<Taken>) -> Self {
        self.taken = taken;
        self
    }

    /// Binds what is still missing and tells what went wrong. `inherit` hands out an inherited descriptor by its number,
    /// as a new handle.
    pub fn attempt(&mut self, inherit: &dyn Fn(i32) -> io::Result<OwnedFd>) -> Vec<ListenFault> {
        let mut faults = Vec::new();
        for owner in std::mem::take(&mut self.missing) {
            match self.bind_one(owner, inherit, &mut faults) {
                Some(sockets) => {
                    self.settle(owner, &sockets);
                    self.bound.push(BoundListener { owner, sockets });
                }
                None => self.missing.push(owner),
            }
        }
        faults
    }

    /// Whether all is bound.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    /// What was bound.
    #[must_use]
    pub fn finish(self) -> Vec<BoundListener> {
        self.bound
    }

    fn bind_one(
        &mut self,
        owner: ListenOwner,
        inherit: &dyn Fn(i32) -> io::Result<OwnedFd>,
        faults: &mut Vec<ListenFault>,
    ) -> Option<Vec<ListenSocket>> {
        let (bind, owner_name, backlog) = self.line(owner)?;
        let mut fault = |fatal: bool, in_use: bool, message: String| {
            faults.push(ListenFault {
                span: bind.span,
                owner: owner_name.clone(),
                message,
                fatal,
                in_use,
            });
        };
        match inherited::claim(bind, &mut self.taken, backlog) {
            Ok(claimed) if claimed.is_empty() => {}
            Ok(claimed) => return Some(claimed),
            Err(error) => fault(
                false,
                false,
                format!(
                    "cannot use the socket of the old process ({})",
                    system_words(&error)
                ),
            ),
        }
        let opened = match &bind.address {
            Address::Inet(address) => {
                let spread = self.options.reuse_port && matches!(owner, ListenOwner::Proxy { .. });
                let shards = if spread { self.options.threads.max(1) } else { 1 };
                inet::open(
                    bind,
                    *address,
                    shards,
                    self.options.reuse_port,
                    backlog,
                    &mut fault,
                )
            }
            Address::Unix(path) => unix::open(bind, path, backlog, &mut fault).map(|socket| vec![socket]),
            Address::Abstract(name) => {
                unix::open_abstract(name, backlog, &mut fault).map(|socket| vec![socket])
            }
            Address::SockPair(_) if matches!(owner, ListenOwner::Stats(_)) => {
                let text = "a socket pair cannot be listened on here; write an address, a path or fd@N";
                fault(true, false, format!("{text} [{}]", bind.written));
                None
            }
            Address::Fd(fd) | Address::SockPair(fd) => {
                let taken = inherit(*fd).and_then(|taken| match bind.address {
                    Address::SockPair(_) => take_half(taken),
                    _ => take_over(taken, backlog),
                });
                let refused = |error| {
                    fault(
                        true,
                        false,
                        format!("cannot use file descriptor '{fd}' : {}", system_words(&error)),
                    );
                };
                taken.map_err(refused).ok().map(|socket| vec![socket])
            }
        }?;
        Some(opened)
    }

    /// Gives connections the buffers of the file, and has them acknowledge requests with their answers (`option tcp-smart-accept`), or at once. They take it over from the
    /// socket, which may be one of a process that wanted the other.
    fn settle(&self, owner: ListenOwner, sockets: &[ListenSocket]) {
        let ListenOwner::Proxy { proxy, .. } = owner else {
            return;
        };
        let at_once = !self.config.proxy(proxy).options.smart_accept;
        let buffers = &self.config.global.tune.clients;
        for socket in sockets {
            if let ListenSocket::Tcp(socket) = socket {
                let socket = SockRef::from(socket);
                // Without any of it connections work all the same.
                let _ = socket.set_tcp_quickack(at_once);
                set_buffers(&socket, buffers);
            }
        }
    }

    /// The line, its owner's name in messages and its backlog.
    fn line(&self, owner: ListenOwner) -> Option<(&'a Bind, String, i32)> {
        let (bind, name, backlog) = match owner {
            ListenOwner::Proxy { proxy, bind } => {
                let proxy = self.config.proxy(proxy);
                let bind = proxy.binds.get(bind)?;
                let backlog = bind.backlog.or(proxy.backlog).or(proxy.maxconn);
                (
                    bind,
                    format!("proxy {}", proxy.name),
                    backlog.unwrap_or(self.options.default_backlog),
                )
            }
            ListenOwner::Peers { section, bind } => {
                let section = self.config.sections.peers.get(section)?;
                let bind = section.listener.as_ref()?.binds.get(bind)?;
                let backlog = bind.backlog.unwrap_or(self.options.default_backlog);
                (bind, format!("peers {}", section.name), backlog)
            }
            ListenOwner::LogForward { section, bind } => {
                let section = self.config.sections.log_forwards.get(section)?;
                let bind = section.binds.get(bind)?;
                let own = section.backlog.and_then(|given| u32::try_from(given).ok());
                let backlog = bind.backlog.or(own.filter(|given| *given > 0));
                (
                    bind,
                    format!("log-forward {}", section.name),
                    backlog.unwrap_or(LOG_BACKLOG),
                )
            }
            ListenOwner::Stats(index) => {
                let bind = self.config.global.stats_sockets.get(index)?;
                let backlog = bind.backlog.or(self.config.global.stats_maxconn).unwrap_or(10);
                (bind, "frontend GLOBAL".to_owned(), backlog)
            }
        };
        Some((bind, name, i32::try_from(backlog.max(1)).unwrap_or(i32::MAX)))
    }
}

/// Has the system keep as much for a connection as the file says (`tune.rcvbuf.…`, `tune.sndbuf.…`). It takes less where it allows no
/// more.
pub(crate) fn set_buffers(socket: &Socket, buffers: &SocketBuffers) {
    if let Some(bytes) = buffers.receive.filter(|bytes| *bytes > 0) {
        let _ = socket.set_recv_buffer_size(bytes as usize);
    }
    if let Some(bytes) = buffers.send.filter(|bytes| *bytes > 0) {
        let _ = socket.set_send_buffer_size(bytes as usize);
    }
}

/// The listeners of sections of peers that are at work.
fn peers(config: &Config) -> impl Iterator<Item = ListenOwner> {
    let sections = config.sections.peers.iter().enumerate();
    let at_work = sections.filter(|(_, section)| section.is_at_work());
    at_work.flat_map(|(section, model)| {
        let binds = model.listener.as_ref().map_or(0, |listener| listener.binds.len());
        (0..binds).map(move |bind| ListenOwner::Peers { section, bind })
    })
}

/// The listeners of sections that pass log lines on.
fn log_forwards(config: &Config) -> impl Iterator<Item = ListenOwner> {
    let sections = config.sections.log_forwards.iter().enumerate();
    sections.flat_map(|(section, model)| {
        (0..model.binds.len()).map(move |bind| ListenOwner::LogForward { section, bind })
    })
}

/// Takes an inherited socket. It may already listen; listening again only sets its backlog.
fn take_over(fd: OwnedFd, backlog: i32) -> io::Result<ListenSocket> {
    let socket = Socket::from(fd);
    let unix = socket.local_addr()?.is_unix();
    socket.listen(backlog)?;
    socket.set_nonblocking(true)?;
    Ok(if unix {
        ListenSocket::Unix(socket.into())
    } else {
        ListenSocket::Tcp(socket.into())
    })
}

/// Takes an inherited half of a socket pair.
fn take_half(fd: OwnedFd) -> io::Result<ListenSocket> {
    let socket = Socket::from(fd);
    socket.set_nonblocking(true)?;
    Ok(ListenSocket::Pair(OwnedFd::from(socket).into()))
}

/// Whether a TCP address could be bound now, as its line wants it; nothing listens on it meanwhile.
///
/// # Errors
/// What the system says otherwise.
pub fn attempt_inet(bind: &Bind, address: SocketAddr) -> io::Result<()> {
    inet::attempt(bind, address)
}

/// What the system calls an error, without Rust's `(os error N)`.
#[must_use]
pub fn system_words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
