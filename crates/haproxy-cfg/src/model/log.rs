//! Log targets and formats (manual, section 8).

use super::{Address, Word};

/// Syslog severities, most severe first; the number is RFC 5424's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LogLevel {
    /// 0
    Emerg,
    /// 1
    Alert,
    /// 2
    Crit,
    /// 3
    Err,
    /// 4
    Warning,
    /// 5
    Notice,
    /// 6
    Info,
    /// 7
    Debug,
}

/// `log-steps`: the steps of a stream at which lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogSteps {
    /// The connection was accepted.
    pub accept: bool,
    /// The request is there.
    pub request: bool,
    /// A server is connected.
    pub connect: bool,
    /// The response is there.
    pub response: bool,
    /// All is over.
    pub close: bool,
}

/// How a log line travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogTransport {
    /// A datagram to an address (UDP, or a unix datagram socket).
    Datagram(Address),
    /// `stdout`.
    Stdout,
    /// `stderr`.
    Stderr,
    /// `fd@N`.
    Fd(i32),
    /// `ring@NAME`: a ring of the configuration.
    Ring(Word),
    /// `backend@NAME`: the servers of a backend with `mode log`.
    Backend(Word),
    /// `tcp@ADDRESS` or `uxst@PATH`: a ring of its own, which forwards to that address.
    Stream(Address),
}

/// The header of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// None is given: that of the ring where it goes to one, otherwise RFC 3164 with a host name only where one is asked for.
    #[default]
    Unset,
    /// RFC 3164, always with a host name.
    Rfc3164,
    /// RFC 3164 never with a host name (`local`).
    Local,
    /// RFC 5424.
    Rfc5424,
    /// Facility and level: `<NNN>` (`priority`).
    Priority,
    /// The level and the time (`timed`).
    Timed,
    /// The time (`iso`).
    Iso,
    /// Only the level: `<N>`.
    Short,
    /// Only the message.
    Raw,
}

impl LogFormat {
    /// The format of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "rfc3164" => Self::Rfc3164,
            "rfc5424" => Self::Rfc5424,
            "short" => Self::Short,
            "raw" => Self::Raw,
            "local" => Self::Local,
            "priority" => Self::Priority,
            "timed" => Self::Timed,
            "iso" => Self::Iso,
            _ => return None,
        })
    }
}

/// One `log` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogTarget {
    /// Where to.
    pub transport: LogTransport,
    /// `format`.
    pub format: LogFormat,
    /// Facility number (kern 0 … local7 23).
    pub facility: u8,
    /// Lines less severe than this are not sent.
    pub max_level: LogLevel,
    /// Lines more severe than this are sent as this.
    pub min_level: LogLevel,
    /// `len`, bytes; 1024 unless given.
    pub max_len: u32,
    /// Which lines of how many are sent; all without.
    pub sample: Option<LogSample>,
    /// `profile`: the log profile that its lines are made by.
    pub profile: Option<Word>,
    /// As written, for messages.
    pub written: Word,
    /// A number that no other `log` line has. Proxies that take a target over share it, and its sampling with it.
    pub id: u32,
}

impl LogTarget {
    /// Whether a second line says nothing that this one does not.
    pub(crate) fn is_repeated_by(&self, other: &Self) -> bool {
        *self
            == Self {
                id: self.id,
                ..other.clone()
            }
    }
}

/// `sample RANGES:SIZE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSample {
    /// First and last of each range, counted from 1, in their order.
    pub ranges: Vec<(u32, u32)>,
    /// Lines of a round.
    pub size: u32,
}

impl LogSample {
    /// Whether the line at that place of a round, from 0, is one that is sent.
    #[must_use]
    pub fn holds(&self, at: u32) -> bool {
        self.ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&(at + 1)))
    }
}

/// How a server of a backend with `mode log` takes its lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogServer {
    /// As datagrams (`udp@`), not over a connection.
    pub datagrams: bool,
    /// Over a connection, each with its length in front (`log-proto octet-count`), not with its end behind it.
    pub counted: bool,
    /// `log-bufsize`: bytes that wait for the connection; a buffer's size unless given.
    pub buffer: Option<u32>,
}
