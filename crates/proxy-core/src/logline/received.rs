//! Log lines of others that are passed on (`log-forward`): what their header says, and the same in the format that a target wants.
//! RFC 3164 and RFC 5424 are understood; what is neither is a text behind a priority, or a text.

use std::io::Write as _;
use std::net::IpAddr;

use haproxy_cfg::model::sections::HostField;
use haproxy_cfg::model::{LogFormat, LogLevel, LogTarget};

use super::DateText;
use super::date::MONTHS;
use super::syslog::Shape;

/// Length of `Oct 11 22:14:15`.
const SHORT_DATE: usize = 15;

/// What is not known, as RFC 5424 writes it.
const NOTHING: &[u8] = b"-";

/// A line that came in. Fields that it lacks are empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received<'a> {
    /// Facility times eight, and level.
    pub priority: Option<u32>,
    date: Date<'a>,
    host: &'a [u8],
    tag: &'a [u8],
    pid: &'a [u8],
    message_id: &'a [u8],
    structured: &'a [u8],
    text: &'a [u8],
}

/// When a line was written, as it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Date<'a> {
    /// It does not say.
    #[default]
    None,
    /// `Oct 11 22:14:15`, of RFC 3164.
    Short(&'a [u8]),
    /// Of RFC 5424.
    Iso(&'a [u8]),
    /// That it is not known, as RFC 5424 says so.
    Unknown,
}

impl<'a> Received<'a> {
    /// Reads a line.
    #[must_use]
    pub fn read(line: &'a [u8]) -> Self {
        // Ends of lines behind the last one do not count.
        let length = line
            .iter()
            .rposition(|byte| *byte != b'\n')
            .map_or(0, |last| last + 1);
        let line = &line[..length];
        let Some((priority, rest)) = priority(line) else {
            return Self::unread(line);
        };
        let read = rfc5424(rest)
            .or_else(|| rfc3164(rest))
            .unwrap_or_else(|| Self::unread(rest));
        Self {
            priority: Some(priority),
            ..read
        }
    }

    /// What it says, without its header.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// A line whose header is left as it is (`option dont-parse-log`).
    #[must_use]
    pub fn unread(line: &'a [u8]) -> Self {
        Self {
            text: line,
            ..Self::default()
        }
    }

    /// What is passed on of it with regard to who has sent it: `option host`. A name that is made for it stands in `room`.
    #[must_use]
    pub fn sent_by(self, field: HostField, sender: Option<IpAddr>, room: &'a mut Vec<u8>) -> Self {
        let Some(sender) = sender else { return self };
        match field {
            HostField::Keep => return self,
            HostField::Fill if !self.host.is_empty() => return self,
            HostField::Append if !self.host.is_empty() => {
                room.extend_from_slice(self.host);
                room.push(b',');
            }
            HostField::Fill | HostField::Append | HostField::Replace => {}
        }
        // Writing to a vector does not fail.
        let _infallible = write!(room, "{sender}");
        Self { host: room, ..self }
    }

    /// The format that keeps what it says.
    fn own_format(&self) -> LogFormat {
        let is_new = matches!(self.date, Date::Iso(_) | Date::Unknown);
        match (self.host.is_empty(), self.tag.is_empty()) {
            (false, _) if is_new => LogFormat::Rfc5424,
            (false, _) => LogFormat::Rfc3164,
            (true, false) => LogFormat::Local,
            (true, true) if self.priority.is_some() => LogFormat::Priority,
            (true, true) => LogFormat::Raw,
        }
    }

    /// Its level; the most urgent where it says none.
    #[must_use]
    pub fn level(&self) -> LogLevel {
        match self.priority.unwrap_or(0) & 7 {
            0 => LogLevel::Emerg,
            1 => LogLevel::Alert,
            2 => LogLevel::Crit,
            3 => LogLevel::Err,
            4 => LogLevel::Warning,
            5 => LogLevel::Notice,
            6 => LogLevel::Info,
            _ => LogLevel::Debug,
        }
    }

    /// Puts the line into `out`, which is cleared first, as a target wants it. `now_us` is in microseconds since the epoch.
    pub fn message(
        &self,
        out: &mut Vec<u8>,
        target: &LogTarget,
        shape: Shape,
        now_us: u64,
        dates: &mut DateText,
    ) {
        out.clear();
        self.header(out, target, shape.format, now_us, dates);
        out.extend_from_slice(self.text);
        out.truncate(shape.max_len as usize);
    }

    fn header(
        &self,
        out: &mut Vec<u8>,
        target: &LogTarget,
        format: LogFormat,
        now_us: u64,
        dates: &mut DateText,
    ) {
        let level = (self.level() as u32).max(target.min_level as u32);
        // That of the target is for lines that have none.
        let facility = self
            .priority
            .map_or(u32::from(target.facility), |given| given >> 3);
        let priority = facility * 8 + level;
        let format = match format {
            LogFormat::Unset => self.own_format(),
            given => given,
        };
        match format {
            LogFormat::Raw | LogFormat::Unset => {}
            LogFormat::Short => bracketed(out, level),
            LogFormat::Priority => bracketed(out, priority),
            LogFormat::Timed => {
                bracketed(out, level);
                self.iso(out, now_us, dates);
                out.push(b' ');
            }
            LogFormat::Iso => {
                self.iso(out, now_us, dates);
                out.push(b' ');
            }
            LogFormat::Rfc3164 | LogFormat::Local => {
                bracketed(out, priority);
                self.short(out, now_us, dates);
                out.push(b' ');
                if format == LogFormat::Rfc3164 {
                    let host = if self.host.is_empty() {
                        b"localhost"
                    } else {
                        self.host
                    };
                    out.extend_from_slice(host);
                    out.push(b' ');
                }
                if !self.tag.is_empty() {
                    out.extend_from_slice(self.tag);
                    if !self.pid.is_empty() {
                        out.extend_from_slice(&[b"[", self.pid, b"]"].concat());
                    }
                    out.extend_from_slice(b": ");
                }
            }
            LogFormat::Rfc5424 => {
                bracketed(out, priority);
                out.extend_from_slice(b"1 ");
                match self.date {
                    Date::Unknown => out.extend_from_slice(NOTHING),
                    _ => self.iso(out, now_us, dates),
                }
                out.push(b' ');
                for field in [self.host, self.tag, self.pid, self.message_id, self.structured] {
                    out.extend_from_slice(if field.is_empty() { NOTHING } else { field });
                    out.push(b' ');
                }
            }
        }
    }

    /// The date as RFC 5424 writes it. One without a year is of this one.
    fn iso(&self, out: &mut Vec<u8>, now_us: u64, dates: &mut DateText) {
        match self.date {
            Date::Iso(date) => out.extend_from_slice(date),
            Date::Short(date) => {
                let begin = out.len();
                dates.write_iso(out, now_us);
                out.truncate(begin + 5);
                let month = MONTHS.iter().position(|month| date.starts_with(month.as_bytes()));
                let day = |byte: u8| if byte == b' ' { b'0' } else { byte };
                // Writing to a vector does not fail.
                let _infallible = write!(out, "{:02}-", month.unwrap_or(0) + 1);
                out.extend_from_slice(&[day(date[4]), date[5], b'T']);
                out.extend_from_slice(&date[7..]);
                out.extend_from_slice(b"-00:00");
            }
            Date::None | Date::Unknown => dates.write_iso(out, now_us),
        }
    }

    /// The date as RFC 3164 writes it.
    fn short(&self, out: &mut Vec<u8>, now_us: u64, dates: &mut DateText) {
        match self.date {
            Date::Short(date) => out.extend_from_slice(date),
            Date::Iso(date) => {
                let number = |at: usize| usize::from(date[at] - b'0') * 10 + usize::from(date[at + 1] - b'0');
                let month = MONTHS.get(number(5).wrapping_sub(1)).unwrap_or(&MONTHS[0]);
                // As above.
                let _infallible = write!(out, "{month} {:2} ", number(8));
                out.extend_from_slice(&date[11..19]);
            }
            Date::None | Date::Unknown => dates.write_rfc3164(out, now_us / 1_000_000),
        }
    }
}

fn bracketed(out: &mut Vec<u8>, number: u32) {
    // Writing to a vector does not fail.
    let _infallible = write!(out, "<{number}>");
}

/// The number in front of a line, and what is behind it.
fn priority(line: &[u8]) -> Option<(u32, &[u8])> {
    let rest = line.strip_prefix(b"<")?;
    let end = rest.iter().position(|byte| !byte.is_ascii_digit())?;
    let digits = &rest[..end];
    // No more than three count, as with the original.
    let counted = &digits[digits.len().saturating_sub(3)..];
    let number = counted
        .iter()
        .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    Some((number, rest[end..].strip_prefix(b">")?))
}

/// Whether `text` is like `shape`, in which `0` stands for a digit.
fn is_like(text: &[u8], shape: &[u8]) -> bool {
    text.len() >= shape.len()
        && shape.iter().zip(text).all(|(shape, byte)| match shape {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        })
}

/// A word and what is behind the blank that ends it.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| *byte == b' ')?;
    Some((&text[..end], &text[end + 1..]))
}

/// `Oct 11 22:14:15 HOST [TAG[PID]: ]TEXT`.
fn rfc3164(rest: &[u8]) -> Option<Received<'_>> {
    let date = rest.get(..SHORT_DATE)?;
    let known = MONTHS.iter().any(|month| date.starts_with(month.as_bytes()));
    let day = date[4] == b' ' || date[4].is_ascii_digit();
    if !known || !day || !is_like(&date[5..], b"0 00:00:00") || date[3] != b' ' {
        return None;
    }
    let (host, rest) = word(rest[SHORT_DATE..].strip_prefix(b" ")?)?;
    let (tag, pid, text) = tag(rest).unwrap_or((b"", b"", rest));
    Some(Received {
        date: Date::Short(date),
        host,
        tag,
        pid,
        text,
        ..Received::default()
    })
}

/// `TAG: ` or `TAG[PID]: `: both, and what is behind it.
fn tag(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (name, rest) = word(text)?;
    let name = name.strip_suffix(b":")?;
    let Some(inner) = name.strip_suffix(b"]") else {
        return Some((name, b"", rest));
    };
    let open = inner.iter().position(|byte| *byte == b'[')?;
    Some((&inner[..open], &inner[open + 1..], rest))
}

/// `1 DATE HOST APP PID ID DATA TEXT`.
fn rfc5424(rest: &[u8]) -> Option<Received<'_>> {
    let rest = rest.strip_prefix(b"1 ")?;
    let (date, rest) = word(rest)?;
    let date = match date {
        NOTHING => Date::Unknown,
        date if is_like(date, b"0000-00-00T00:00:00") => Date::Iso(date),
        _ => return None,
    };
    let (host, rest) = word(rest)?;
    let (tag, rest) = word(rest)?;
    let (pid, rest) = word(rest)?;
    let (message_id, rest) = word(rest)?;
    let (structured, text) = data(rest)?;
    Some(Received {
        priority: None,
        date,
        host: known(host),
        tag: known(tag),
        pid: known(pid),
        message_id: known(message_id),
        structured: known(structured),
        text,
    })
}

/// A field that may say that it is not known.
fn known(field: &[u8]) -> &[u8] {
    if field == NOTHING { b"" } else { field }
}

/// Structured data and what is behind the blank that ends it: blanks in quotes belong to it.
fn data(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if !text.starts_with(b"[") {
        return word(text);
    }
    let (mut quoted, mut escaped, mut open) = (false, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' if !quoted => open = true,
            b']' if !quoted => open = false,
            b' ' if !quoted && !open => return Some((&text[..at], &text[at + 1..])),
            _ => {}
        }
    }
    None
}

/// How a stream of lines is cut into them (RFC 6587).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The first line is in these bytes; what is taken off for it is up to the second number.
    Line(usize, usize, usize),
    /// More bytes are needed.
    Partial,
    /// This is no stream of lines.
    Broken,
}

/// Where the first line of a stream is: behind its length in bytes, or up to an end of line. `lenient` takes anything but a digit
/// for the beginning of a line (`option assume-rfc6587-ntf`); `most` is the longest line, in bytes.
#[must_use]
pub fn frame(bytes: &[u8], lenient: bool, most: usize) -> Frame {
    match bytes.first() {
        None => Frame::Partial,
        Some(b'1'..=b'9') if !lenient => {
            let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let length = bytes[..digits]
                .iter()
                .try_fold(0_usize, |sum, digit| {
                    sum.checked_mul(10)?.checked_add(usize::from(digit - b'0'))
                })
                .filter(|length| *length <= most);
            match (bytes.get(digits), length) {
                (_, None) => Frame::Broken,
                (None, _) => Frame::Partial,
                (Some(b' '), Some(length)) if bytes.len() > digits + length => {
                    Frame::Line(digits + 1, digits + 1 + length, digits + 1 + length)
                }
                (Some(b' '), Some(_)) => Frame::Partial,
                (Some(_), _) => Frame::Broken,
            }
        }
        Some(first) if lenient || *first == b'<' => match memchr::memchr(b'\n', bytes) {
            Some(end) => Frame::Line(0, end, end + 1),
            None if bytes.len() >= most => Frame::Broken,
            None => Frame::Partial,
        },
        Some(_) => Frame::Broken,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use haproxy_cfg::model::LogTransport;
    use serde::Deserialize;

    use super::*;
    use crate::logline::LocalTime;

    #[derive(Deserialize)]
    struct Recorded {
        #[serde(default)]
        host: Option<String>,
        message: String,
        formats: BTreeMap<String, String>,
    }

    /// 2026-11-22T03:24:28.170027+00:00.
    const NOW_US: u64 = 1_795_317_868_170_027;

    fn passed_on(message: &str, format: &str, host: &str) -> String {
        let target = LogTarget {
            transport: LogTransport::Stdout,
            format: LogFormat::Unset,
            facility: 20,
            max_level: LogLevel::Debug,
            min_level: LogLevel::Emerg,
            max_len: 1024,
            sample: None,
            profile: None,
            written: "stdout".into(),
            id: 0,
        };
        let shape = Shape {
            format: LogFormat::named(format).unwrap_or_default(),
            max_len: 1024,
        };
        let mut dates = DateText::new(Box::new(|_| LocalTime::default()));
        let mut out = Vec::new();
        let mut room = Vec::new();
        // Without a word of it the sender's address fills in.
        let field = HostField::named(host.as_bytes()).unwrap_or_default();
        let sender = Some(IpAddr::from([127, 0, 0, 9]));
        let received = Received::read(message.as_bytes()).sent_by(field, sender, &mut room);
        received.message(&mut out, &target, shape, NOW_US, &mut dates);
        String::from_utf8(out).unwrap()
    }

    fn compare(recorded: &str, least: usize) {
        let recorded: Vec<Recorded> = serde_json::from_str(recorded).unwrap();
        assert!(recorded.len() >= least);
        for case in recorded {
            let host = case.host.as_deref().unwrap_or("keep");
            for (format, expected) in case.formats {
                let expected = expected
                    .replace("NOW-ISO", "2026-11-22T03:24:28.170027+00:00")
                    .replace("NOW ", "Nov 22 03:24:28 ")
                    .replace("YEAR-", "2026-");
                assert_eq!(
                    passed_on(&case.message, &format, host) + "\n",
                    expected,
                    "{:?} as {format}, host {host}",
                    case.message
                );
            }
        }
    }

    #[test]
    fn lines_are_passed_on_as_the_original_does() {
        compare(
            include_str!("../../../../compat-fixtures/log-forward/messages.json"),
            30,
        );
    }

    #[test]
    fn the_host_is_the_sender_or_not_as_the_original_has_it() {
        compare(
            include_str!("../../../../compat-fixtures/log-forward/hosts.json"),
            100,
        );
    }

    #[test]
    fn streams_are_cut_by_lengths_and_by_ends_of_lines() {
        let cut = |text: &str| frame(text.as_bytes(), false, 100);
        assert_eq!(cut("3 abc<1>"), Frame::Line(2, 5, 5));
        assert_eq!(cut("<1>ab\n<2>"), Frame::Line(0, 5, 6));
        for partial in ["", "3", "3 ", "3 ab", "<1>ab"] {
            assert_eq!(cut(partial), Frame::Partial, "{partial:?}");
        }
        for broken in [
            "0 x",
            "text\n",
            "\n",
            "101 x",
            "99999999999999999999999 x",
            "3<1>x\n",
        ] {
            assert_eq!(cut(broken), Frame::Broken, "{broken:?}");
        }
        assert_eq!(cut(&"<1>".repeat(40)), Frame::Broken);
        assert_eq!(frame(b"text\n", true, 100), Frame::Line(0, 4, 5));
        assert_eq!(frame(b"3 abc\n", true, 100), Frame::Line(0, 5, 6));
    }
}
