//! Sends log lines. A line costs one system call; a target that takes none loses it, and the traffic does not wait.

use std::fs::File;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::ffi::OsStrExt;

use haproxy_cfg::model::{Address, Config, LogLevel, LogTarget, LogTransport, Word};
use proxy_core::logline::DateText;
use proxy_core::logline::syslog::{self, Origin};
use socket2::{Domain, SockAddr, Socket, Type};

/// The tag of lines when neither proxy nor process has one.
const DEFAULT_TAG: &[u8] = b"haproxy";

/// What sends a thread's log lines. Each thread has its own sockets, none connected: a receiver that is away for a while gets
/// the lines that come after its return.
#[derive(Debug)]
pub struct LogSender {
    hostname: Option<Vec<u8>>,
    tag: Word,
    pid: u32,
    inet4: Option<Socket>,
    inet6: Option<Socket>,
    unix: Option<Socket>,
    /// Inherited descriptors that lines go to, opened when first used.
    files: Vec<(i32, File)>,
    message: Vec<u8>,
    lost: u64,
}

impl LogSender {
    /// A sender for the process. `hostname` is the host's own name, used where `log-send-hostname` gives none.
    #[must_use]
    pub fn new(config: &Config, hostname: &str) -> Self {
        let hostname = config.global.log_send_hostname.as_ref().map(|given| match given {
            Some(name) => name.to_vec(),
            None => hostname.as_bytes().to_vec(),
        });
        Self {
            hostname,
            tag: config
                .global
                .log_tag
                .clone()
                .unwrap_or_else(|| DEFAULT_TAG.into()),
            pid: std::process::id(),
            inet4: None,
            inet6: None,
            unix: None,
            files: Vec::new(),
            message: Vec::with_capacity(1024),
            lost: 0,
        }
    }

    /// Sends `line` to the targets that want lines of that level. `tag` is the proxy's own, `now_seconds` counts from the
    /// epoch.
    pub fn send(
        &mut self,
        targets: &[LogTarget],
        tag: Option<&Word>,
        level: LogLevel,
        now_seconds: u64,
        dates: &mut DateText,
        line: &[u8],
    ) {
        let mut message = std::mem::take(&mut self.message);
        for target in targets {
            let origin = Origin {
                hostname: self.hostname.as_deref(),
                tag: tag.unwrap_or(&self.tag),
                pid: self.pid,
            };
            if syslog::message(
                &mut message,
                target,
                level,
                &origin,
                now_seconds * 1_000_000,
                dates,
                line,
            ) && self.deliver(&target.transport, &message).is_err()
            {
                self.lost += 1;
            }
        }
        self.message = message;
    }

    /// Lines that no target took.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    fn deliver(&mut self, transport: &LogTransport, message: &[u8]) -> io::Result<()> {
        match transport {
            LogTransport::Datagram(address) => self.datagram(address, message),
            LogTransport::Stdout => io::stdout()
                .write_all(message)
                .and_then(|()| io::stdout().flush()),
            LogTransport::Stderr => io::stderr().write_all(message),
            LogTransport::Fd(fd) => self.file(*fd)?.write_all(message),
        }
    }

    fn datagram(&mut self, address: &Address, message: &[u8]) -> io::Result<()> {
        let (slot, domain, to) = match address {
            Address::Inet(to @ SocketAddr::V4(_)) => (&mut self.inet4, Domain::IPV4, SockAddr::from(*to)),
            Address::Inet(to @ SocketAddr::V6(_)) => (&mut self.inet6, Domain::IPV6, SockAddr::from(*to)),
            Address::Unix(path) => (
                &mut self.unix,
                Domain::UNIX,
                SockAddr::unix(std::ffi::OsStr::from_bytes(path))?,
            ),
            Address::Abstract(name) => (
                &mut self.unix,
                Domain::UNIX,
                SockAddr::unix(std::ffi::OsStr::from_bytes(&name.path()))?,
            ),
            Address::Fd(fd) | Address::SockPair(fd) => return self.file(*fd)?.write_all(message),
        };
        let socket = match slot {
            Some(socket) => socket,
            None => slot.insert(Socket::new(domain, Type::DGRAM.nonblocking().cloexec(), None)?),
        };
        socket.send_to(message, &to).map(|_| ())
    }

    fn file(&mut self, fd: i32) -> io::Result<&mut File> {
        let at = match self.files.iter().position(|(n, _)| *n == fd) {
            Some(at) => at,
            None => {
                let file = File::options().append(true).open(format!("/proc/self/fd/{fd}"))?;
                self.files.push((fd, file));
                self.files.len() - 1
            }
        };
        Ok(&mut self.files[at].1)
    }
}
