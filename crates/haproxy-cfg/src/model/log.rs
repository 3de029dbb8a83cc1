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
}

/// The header of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// RFC 3164 as the original writes it (without a host name unless asked for).
    #[default]
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
    /// As written, for messages.
    pub written: Word,
}
