//! The header in front of a line, for each format of a log target.

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

/// Puts header, line and end of line into `out`, which is cleared first, no longer than the target's `len`. False when the
/// target does not want lines of that level.
pub fn message(
    out: &mut Vec<u8>,
    target: &LogTarget,
    level: LogLevel,
    origin: &Origin<'_>,
    now_seconds: u64,
    dates: &mut DateText,
    line: &[u8],
) -> bool {
    out.clear();
    if level > target.max_level {
        return false;
    }
    header(out, target, level, origin, now_seconds, dates);
    out.extend_from_slice(line);
    out.truncate((target.max_len as usize).saturating_sub(1));
    out.push(b'\n');
    true
}

/// Appends the header alone.
pub fn header(
    out: &mut Vec<u8>,
    target: &LogTarget,
    level: LogLevel,
    origin: &Origin<'_>,
    now_seconds: u64,
    dates: &mut DateText,
) {
    let severity = level.max(target.min_level) as u32;
    let priority = u32::from(target.facility) * 8 + severity;
    match target.format {
        LogFormat::Raw => {}
        LogFormat::Short => out.extend_from_slice(format!("<{severity}>").as_bytes()),
        LogFormat::Rfc3164 => {
            out.extend_from_slice(format!("<{priority}>").as_bytes());
            dates.write_rfc3164(out, now_seconds);
            out.push(b' ');
            if let Some(host) = origin.hostname {
                out.extend_from_slice(host);
                out.push(b' ');
            }
            out.extend_from_slice(origin.tag);
            out.extend_from_slice(format!("[{}]: ", origin.pid).as_bytes());
        }
        LogFormat::Rfc5424 => {
            out.extend_from_slice(format!("<{priority}>1 ").as_bytes());
            dates.write_rfc5424(out, now_seconds);
            out.push(b' ');
            out.extend_from_slice(origin.hostname.unwrap_or(b"-"));
            out.push(b' ');
            out.extend_from_slice(origin.tag);
            out.extend_from_slice(format!(" {} - - ", origin.pid).as_bytes());
        }
    }
}
