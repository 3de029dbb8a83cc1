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
    /// `log-format-sd`: structured data, which RFC 5424 alone has a place for.
    pub structured: Option<&'a [u8]>,
}

/// How a target wants its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The header.
    pub format: LogFormat,
    /// Bytes of a message at most, its end of line not counted.
    pub max_len: u32,
}

/// Puts header and line into `out`, which is cleared first: at most as many bytes as the shape allows. `now_us` is in
/// microseconds since the epoch.
#[allow(clippy::too_many_arguments, reason = "a message is made of so much")]
pub fn message(
    out: &mut Vec<u8>,
    target: &LogTarget,
    shape: Shape,
    level: LogLevel,
    origin: &Origin<'_>,
    now_us: u64,
    dates: &mut DateText,
    line: &[u8],
) {
    out.clear();
    header(out, target, shape.format, level, origin, now_us, dates);
    out.extend_from_slice(line);
    out.truncate(shape.max_len as usize);
}

/// Appends the header alone. Formats without a date cost none.
fn header(
    out: &mut Vec<u8>,
    target: &LogTarget,
    format: LogFormat,
    level: LogLevel,
    origin: &Origin<'_>,
    now_us: u64,
    dates: &mut DateText,
) {
    let severity = level.max(target.min_level) as u32;
    let priority = u32::from(target.facility) * 8 + severity;
    match format {
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
        LogFormat::Unset | LogFormat::Rfc3164 | LogFormat::Local => {
            bracketed(out, priority);
            dates.write_rfc3164(out, now_us / 1_000_000);
            out.push(b' ');
            let host = match format {
                LogFormat::Rfc3164 => Some(origin.hostname.unwrap_or(b"localhost")),
                LogFormat::Local => None,
                _ => origin.hostname,
            };
            if let Some(host) = host {
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
            out.extend_from_slice(b" - ");
            let structured = origin.structured.filter(|data| !data.is_empty());
            out.extend_from_slice(structured.unwrap_or(b"-"));
            out.push(b' ');
        }
    }
}

/// Puts a message of the program itself into `out`, which is cleared first, as it goes to a sink of that format: of the most
/// severe level, and from nobody.
pub fn event(out: &mut Vec<u8>, shape: Shape, now_us: u64, dates: &mut DateText, line: &[u8]) {
    out.clear();
    match shape.format {
        LogFormat::Raw => {}
        LogFormat::Short | LogFormat::Priority => bracketed(out, 0),
        LogFormat::Timed | LogFormat::Iso => {
            if shape.format == LogFormat::Timed {
                bracketed(out, 0);
            }
            dates.write_iso(out, now_us);
            out.push(b' ');
        }
        LogFormat::Unset | LogFormat::Rfc3164 | LogFormat::Local => {
            bracketed(out, 0);
            dates.write_rfc3164(out, now_us / 1_000_000);
            out.push(b' ');
            if shape.format == LogFormat::Rfc3164 {
                out.extend_from_slice(b"localhost ");
            }
        }
        LogFormat::Rfc5424 => {
            bracketed(out, 0);
            out.extend_from_slice(b"1 ");
            dates.write_iso(out, now_us);
            out.extend_from_slice(b" - - - - - ");
        }
    }
    out.extend_from_slice(line);
    out.truncate(shape.max_len as usize);
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
