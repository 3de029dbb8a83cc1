//! Sends log lines. A line costs one system call for each target; a target that takes none loses it, and the traffic does not
//! wait. What the lines say stands in `stream`.

mod backing;
mod bystander;
mod datagram;
mod farm;
mod file;
mod forward;
mod receive;
mod ring;
mod sink;
pub(crate) mod stream;

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use haproxy_cfg::model::{Config, LogFormat, LogLevel, LogTarget, LogTransport, Word};
use proxy_core::logline::syslog::{self, Origin, Shape};
use proxy_core::logline::{DateText, Received};

use crate::thread::Shared;
pub use backing::Backings;
use datagram::Datagrams;
use farm::Farms;
pub use file::Files;
use ring::{Ring, Rings};

pub(crate) use forward::start as start_forwarding;
pub use receive::Receivers;
pub(crate) use receive::start as start_receiving;

/// The tag of lines when neither proxy nor process has one.
const DEFAULT_TAG: &[u8] = b"haproxy";

/// What all threads share of the logs.
#[derive(Debug, Default)]
pub struct Logs {
    rings: Rings,
    farms: Farms,
    /// By the number of a `log` line with `sample`: the place of the next line in its round.
    samples: HashMap<u32, AtomicU32>,
    files: Files,
    /// The end of a line is one of the bytes that `len` allows, whatever the format, as since 3.0.
    counts_ends: bool,
}

impl Logs {
    /// The rings and the counters of a configuration, whose targets that were open already are `files`.
    #[must_use]
    pub fn new(config: &Config, mut files: Files) -> Self {
        let mut rings = Rings::new(config, &mut files.backings);
        Self {
            files,
            counts_ends: config.dialect.does_as(3, 0),
            farms: Farms::new(config, &mut rings),
            rings,
            samples: targets(config)
                .filter(|target| target.sample.is_some())
                .map(|target| (target.id, AtomicU32::new(0)))
                .collect(),
        }
    }

    /// Whether the next line for the target is one that its `sample` holds.
    fn takes_next(&self, target: &LogTarget) -> bool {
        let (Some(sample), Some(next)) = (&target.sample, self.samples.get(&target.id)) else {
            return true;
        };
        let following = |at: u32| Some((at + 1) % sample.size);
        let at = next.fetch_update(Relaxed, Relaxed, following);
        sample.holds(at.unwrap_or(0))
    }

    /// How messages for a target are shaped.
    fn shape(&self, target: &LogTarget) -> Shape {
        let ring = self.ring(target);
        // A ring that says something has the last word.
        let format = ring
            .map(|ring| ring.format)
            .filter(|format| *format != LogFormat::Unset)
            .unwrap_or(target.format);
        let end = u32::from(self.counts_ends || format == LogFormat::Raw);
        let of_ring = ring.map_or(u32::MAX, |ring| ring.max_len);
        Shape {
            format,
            max_len: target.max_len.saturating_sub(end).min(of_ring),
        }
    }

    /// The ring of a target that is one.
    fn ring(&self, target: &LogTarget) -> Option<&Ring> {
        match &target.transport {
            LogTransport::Ring(name) => self.rings.named(name),
            LogTransport::Stream(_) => self.rings.of_line(target.id),
            _ => None,
        }
    }
}

/// All targets of a configuration.
fn targets(config: &Config) -> impl Iterator<Item = &LogTarget> {
    let received = config.sections.log_forwards.iter();
    config
        .proxies
        .iter()
        .flat_map(|proxy| &proxy.logs)
        .chain(&config.global.logs)
        .chain(received.flat_map(|section| &section.logs))
}

/// A line for the log.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The proxy's own tag.
    pub tag: Option<&'a Word>,
    /// Its level.
    pub level: LogLevel,
    /// When it is written, microseconds since the epoch.
    pub now_us: u64,
    /// What it says.
    pub line: &'a [u8],
    /// Structured data for targets of RFC 5424.
    pub structured: Option<&'a [u8]>,
}

/// What sends a thread's log lines.
#[derive(Debug)]
pub struct LogSender {
    hostname: Option<Vec<u8>>,
    tag: Word,
    pid: u32,
    shared: Arc<Shared>,
    /// The last number that was drawn for `balance random`.
    random: u64,
    datagrams: Datagrams,
    message: Vec<u8>,
}

impl LogSender {
    /// A sender for the process. `hostname` is the host's own name, used where `log-send-hostname` gives none; lines that are
    /// lost are counted.
    #[must_use]
    pub fn new(hostname: &str, shared: Arc<Shared>) -> Self {
        let config = &shared.plan.config;
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
            random: farm::seed(),
            shared,
            datagrams: Datagrams::default(),
            message: Vec::with_capacity(1024),
        }
    }

    /// Sends a line to the targets that want it.
    pub fn send<'t>(
        &mut self,
        targets: impl IntoIterator<Item = &'t LogTarget>,
        dates: &mut DateText,
        entry: Entry<'_>,
    ) {
        let mut message = std::mem::take(&mut self.message);
        for target in targets {
            if entry.level > target.max_level || !self.shared.logs.takes_next(target) {
                continue;
            }
            let shape = self.shared.logs.shape(target);
            let origin = Origin {
                hostname: self.hostname.as_deref(),
                tag: entry.tag.unwrap_or(&self.tag),
                pid: self.pid,
                structured: entry.structured,
            };
            let (level, now_us) = (entry.level, entry.now_us);
            syslog::message(
                &mut message,
                target,
                shape,
                level,
                &origin,
                now_us,
                dates,
                entry.line,
            );
            if self
                .deliver(target, &mut message, (entry.line, now_us), dates)
                .is_err()
            {
                self.shared.runtime.dropped_logs.fetch_add(1, Relaxed);
            }
        }
        self.message = message;
    }

    /// Passes a line of others on to the targets that want it.
    fn forward<'t>(
        &mut self,
        targets: impl IntoIterator<Item = &'t LogTarget>,
        dates: &mut DateText,
        received: &Received<'_>,
        now_us: u64,
    ) {
        let mut message = std::mem::take(&mut self.message);
        for target in targets {
            if received.level() > target.max_level || !self.shared.logs.takes_next(target) {
                continue;
            }
            received.message(
                &mut message,
                target,
                self.shared.logs.shape(target),
                now_us,
                dates,
            );
            let line = (received.text(), now_us);
            if self.deliver(target, &mut message, line, dates).is_err() {
                self.shared.runtime.dropped_logs.fetch_add(1, Relaxed);
            }
        }
        self.message = message;
    }

    /// Sends a message that says `line`.
    fn deliver(
        &mut self,
        target: &LogTarget,
        message: &mut Vec<u8>,
        line: (&[u8], u64),
        dates: &mut DateText,
    ) -> io::Result<()> {
        if let LogTransport::Backend(name) = &target.transport {
            return self.deliver_to_farm(name, message, line, dates);
        }
        if let Some(ring) = self.shared.logs.ring(target) {
            return if ring.push(message) {
                Ok(())
            } else {
                Err(io::ErrorKind::StorageFull.into())
            };
        }
        message.push(b'\n');
        match &target.transport {
            LogTransport::Datagram(address) => self.datagrams.send(address, message),
            LogTransport::Stdout => self.shared.logs.files.write(1, message),
            LogTransport::Stderr => self.shared.logs.files.write(2, message),
            LogTransport::Fd(fd) => self.shared.logs.files.write(*fd, message),
            // A ring that there is not.
            LogTransport::Ring(_) | LogTransport::Stream(_) | LogTransport::Backend(_) => {
                Err(io::ErrorKind::NotFound.into())
            }
        }
    }
}
