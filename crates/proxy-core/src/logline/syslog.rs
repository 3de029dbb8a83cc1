//! The header in front of a line, for each format of a log target.

use std::io::Write as _;

use haproxy_cfg::model::{LogFormat, LogLevel, LogTarget};

use super::DateText;

/// What a header says of the process.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// `log-send-hostname`: the host's name, when it is to be sent.
    pub hostname: Option<&'a [u8]>,
    /// `log-tag`.
    pub tag: &'a [u8],
    /// Process id.
    pub pid: u32,
}

/// Puts header, line and end of line into `out`, which is cleared first: at most the target's `len` and the end of line.
/// `now_us` is in microseconds since the epoch. False when the target does not want lines of that level.
pub fn message(
    out: &mut Vec<u8>,
    target: &LogTarget,
    level: LogLevel,
    origin: &Origin<'_>,
    now_us: u64,
    dates: &mut DateText,
    line: &[u8],
) -> bool {
    out.clear();
    if level > target.max_level {
        return false;
    }
    header(out, target, level, origin, now_us, dates);
    out.extend_from_slice(line);
    out.truncate(target.max_len as usize);
    out.push(b'\n');
    true
}

/// Appends the header alone. Formats without a date cost none.
pub fn header(
    out: &mut Vec<u8>,
    target: &LogTarget,
    level: LogLevel,
    origin: &Origin<'_>,
    now_us: u64,
    dates: &mut DateText,
) {
    let severity = level.max(target.min_level) as u32;
    let priority = u32::from(target.facility) * 8 + severity;
    match target.format {
        LogFormat::Raw => {}
        LogFormat::Short => bracketed(out, severity),
        LogFormat::Priority => bracketed(out, priority),
        LogFormat::Timed => {
            bracketed(out, severity);
            dates.write_iso(out, now_us);
            out.push(b' ');
        }
        LogFormat::Iso => {
            dates.write_iso(out, now_us);
            out.push(b' ');
        }
        LogFormat::Rfc3164 | LogFormat::Local => {
            bracketed(out, priority);
            dates.write_rfc3164(out, now_us / 1_000_000);
            out.push(b' ');
            if let Some(host) = origin.hostname.filter(|_| target.format == LogFormat::Rfc3164) {
                out.extend_from_slice(host);
                out.push(b' ');
            }
            out.extend_from_slice(origin.tag);
            out.push(b'[');
            decimal(out, origin.pid);
            out.extend_from_slice(b"]: ");
        }
        LogFormat::Rfc5424 => {
            bracketed(out, priority);
            out.extend_from_slice(b"1 ");
            dates.write_iso(out, now_us);
            out.push(b' ');
            out.extend_from_slice(origin.hostname.unwrap_or(b"-"));
            out.push(b' ');
            out.extend_from_slice(origin.tag);
            out.push(b' ');
            decimal(out, origin.pid);
            out.extend_from_slice(b" - - ");
        }
    }
}

fn bracketed(out: &mut Vec<u8>, number: u32) {
    out.push(b'<');
    decimal(out, number);
    out.push(b'>');
}

fn decimal(out: &mut Vec<u8>, number: u32) {
    // Writing to a vector does not fail.
    let _infallible = write!(out, "{number}");
}
