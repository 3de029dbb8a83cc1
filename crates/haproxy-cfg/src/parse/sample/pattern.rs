//! Patterns: what a sample is compared with (manual, section 7.1), written in a line or in a file.

use std::net::{IpAddr, Ipv4Addr};

use crate::model::{MatchKind, Pattern};
use crate::parse::Reading;
use crate::values::network;

/// What flags and keywords change in the reading of patterns.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::parse) struct Rules {
    /// Numbers may be dotted, as versions are.
    pub(in crate::parse) dotted: bool,
    /// Names are not resolved.
    pub(in crate::parse) no_dns: bool,
}

/// A comparison in front of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::parse) enum Operator {
    Eq,
    Ne,
    Ge,
    Gt,
    Le,
    Lt,
}

impl Operator {
    /// The operator of that name.
    pub(in crate::parse) fn of(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"eq" => Self::Eq,
            b"ne" => Self::Ne,
            b"ge" => Self::Ge,
            b"gt" => Self::Gt,
            b"le" => Self::Le,
            b"lt" => Self::Lt,
            _ => return None,
        })
    }

    /// The ranges that it makes of one.
    pub(in crate::parse) fn ranges(self, low: i64, high: i64) -> Vec<Pattern> {
        match self {
            Self::Eq => vec![Pattern::Range(low, high)],
            Self::Ne => {
                let below = low.checked_sub(1).map(|high| Pattern::Range(i64::MIN, high));
                let above = high.checked_add(1).map(|low| Pattern::Range(low, i64::MAX));
                below.into_iter().chain(above).collect()
            }
            Self::Ge => vec![Pattern::Range(low, i64::MAX)],
            Self::Gt => vec![Pattern::Range(low.saturating_add(1), i64::MAX)],
            Self::Le => vec![Pattern::Range(i64::MIN, high)],
            Self::Lt => vec![Pattern::Range(i64::MIN, high.saturating_sub(1))],
        }
    }
}

/// Reads one pattern; none where samples are not compared with any.
///
/// # Errors
/// The original's words for what is wrong, without a full stop.
pub(in crate::parse) fn read(
    reading: &Reading<'_>,
    matcher: MatchKind,
    rules: Rules,
    text: &[u8],
) -> Result<Option<Pattern>, String> {
    let shown = || String::from_utf8_lossy(text);
    match matcher {
        MatchKind::Int | MatchKind::Len => {
            let (low, high) = range(text, rules.dotted)?;
            Ok(Some(Pattern::Range(low, high)))
        }
        MatchKind::Ip => match address(reading, rules, text) {
            Some((ip, prefix)) => Ok(Some(Pattern::Net(ip, prefix))),
            None => Err(format!("'{}' is not a valid IPv4 or IPv6 address", shown())),
        },
        MatchKind::Reg => match super::regex::fault(text) {
            Some(fault) => Err(fault),
            None => Ok(Some(Pattern::Text(text.to_vec().into()))),
        },
        MatchKind::Bin => Ok(Some(Pattern::Text(hexadecimal(text)?.into()))),
        MatchKind::Bool | MatchKind::Found => Ok(None),
        _ => Ok(Some(Pattern::Text(text.to_vec().into()))),
    }
}

/// Inclusive bounds of `N`, `LOW:HIGH` (or `LOW-HIGH`), `:HIGH` or `LOW:`.
fn range(text: &[u8], dotted: bool) -> Result<(i64, i64), String> {
    let shown = String::from_utf8_lossy(text);
    let number = if dotted { "dotted number" } else { "number" };
    let not_a_number = || format!("'{shown}' is not a {number}");
    let not_a_range = || format!("'{shown}' is not a valid {number} range");
    let separator = |byte: &u8| *byte == b':' || (!dotted && *byte == b'-');
    // A dash in front is a sign, and then there is no range.
    let Some(at) = text
        .iter()
        .skip(1)
        .position(separator)
        .map(|at| at + 1)
        .or((text.first() == Some(&b':')).then_some(0))
    else {
        return decimal(&shown, dotted)
            .map(|value| (value, value))
            .ok_or_else(not_a_number);
    };
    let at = if text.first() == Some(&b':') { 0 } else { at };
    let (low, high) = (&shown.as_bytes()[..at], &shown.as_bytes()[at + 1..]);
    let bound = |part: &[u8], open: i64| match part {
        b"" => Some(open),
        part => decimal(std::str::from_utf8(part).ok()?, dotted),
    };
    if low.is_empty() && high.is_empty() || low.starts_with(b"-") {
        return Err(not_a_range());
    }
    match (bound(low, i64::MIN), bound(high, i64::MAX)) {
        (Some(low), Some(high)) if low <= high => Ok((low, high)),
        _ => Err(not_a_range()),
    }
}

/// An integer without a plus sign, or a version such as `1.1`, whose parts are kept in 16 bits each.
fn decimal(text: &str, dotted: bool) -> Option<i64> {
    let plain = |text: &str| {
        Some(text)
            .filter(|text| !text.starts_with('+'))?
            .parse::<i64>()
            .ok()
    };
    if !dotted {
        return plain(text);
    }
    let part = |text: &str| plain(text).filter(|part| (0..=0xffff).contains(part));
    match text.split_once('.') {
        Some((major, minor)) => Some((part(major)? << 16) + part(minor)?),
        None => Some(part(text.trim_start_matches('-'))? << 16),
    }
}

/// A network, or a name, which is resolved once, when the file is read.
fn address(reading: &Reading<'_>, rules: Rules, text: &[u8]) -> Option<(IpAddr, u8)> {
    if let Some(net) = network(text) {
        return Some(net);
    }
    let text = std::str::from_utf8(text).ok()?;
    let (host, mask) = text
        .split_once('/')
        .map_or((text, None), |(host, mask)| (host, Some(mask)));
    let ip = match short_ipv4(host) {
        Some(ip) => IpAddr::V4(ip),
        None if rules.no_dns || host.is_empty() || host.contains(':') => return None,
        None => reading.host.resolve(host).filter(|_| !numeric(host))?,
    };
    match mask {
        None => Some((ip, if ip.is_ipv4() { 32 } else { 128 })),
        Some(mask) => network(format!("{ip}/{}", mask.trim_start_matches('+')).as_bytes()),
    }
}

/// Whether a name is made of digits and dots, which is never resolved.
fn numeric(host: &str) -> bool {
    host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// An address whose parts between the first ones and the last, being zero, are left out: `10.12` is `10.0.0.12`.
fn short_ipv4(host: &str) -> Option<Ipv4Addr> {
    let parts: Vec<&str> = host.split('.').collect();
    if !numeric(host) || parts.len() > 4 {
        return None;
    }
    let (last, front) = parts.split_last()?;
    let mut value = 0_u32;
    for (at, part) in front.iter().enumerate() {
        let shift = 24 - 8 * u32::try_from(at).ok()?;
        value |= u32::from(part.parse::<u8>().ok()?) << shift;
    }
    let last: u32 = last.parse().ok()?;
    let room = 32 - 8 * u32::try_from(front.len()).ok()?;
    (u64::from(last) < 1 << room).then(|| Ipv4Addr::from(value | last))
}

/// Bytes of pairs of hexadecimal digits.
///
/// # Errors
/// The original's words for what is wrong.
pub(in crate::parse) fn hexadecimal(text: &[u8]) -> Result<Vec<u8>, String> {
    if !text.len().is_multiple_of(2) {
        return Err("an even number of hex digit is expected".to_owned());
    }
    let digit = |byte: u8| {
        let value = char::from(byte)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok());
        value.ok_or_else(|| format!("an hex digit is expected (found '{}')", char::from(byte)))
    };
    text.chunks(2)
        .map(|pair| Ok(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

/// A file of patterns.
pub(in crate::parse) struct PatternFile {
    content: Vec<u8>,
}

/// A line of a file that holds a pattern.
pub(in crate::parse) struct FileLine<'f> {
    /// Counted from 1.
    pub(in crate::parse) number: usize,
    text: &'f [u8],
}

impl<'f> FileLine<'f> {
    /// The line without the blanks in front of it.
    pub(in crate::parse) fn text(&self) -> &'f [u8] {
        self.text
    }
}

impl PatternFile {
    /// The lines that are neither empty nor comments. Blanks in front of one do not count, those behind it do.
    pub(in crate::parse) fn lines(&self) -> impl Iterator<Item = FileLine<'_>> {
        self.content
            .split(|byte| *byte == b'\n')
            .enumerate()
            .filter_map(|(at, line)| {
                let text = pattern_of(line)?;
                Some(FileLine { number: at + 1, text })
            })
    }
}

/// Reads the file of that path. From 3.0 on a path may say that there is no file (`virt@`), or that it may be missing (`opt@`).
///
/// # Errors
/// The original's words for what is wrong.
pub(in crate::parse) fn file(reading: &Reading<'_>, path: &str) -> Result<PatternFile, String> {
    let prefixes = !reading.dialect.strict || reading.dialect.at_least(3, 0);
    if prefixes && path.starts_with("virt@") {
        return Ok(PatternFile { content: Vec::new() });
    }
    let optional = path.strip_prefix("opt@").filter(|_| prefixes);
    let plain = optional
        .or(path.strip_prefix("file@").filter(|_| prefixes))
        .unwrap_or(path);
    match reading.host.read_file(plain) {
        Ok(content) => Ok(PatternFile { content }),
        Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => Err(format!(
            "error encountered while reading  <{path}> : Is a directory"
        )),
        Err(_) if optional.is_some() => Ok(PatternFile { content: Vec::new() }),
        Err(_) => Err(format!("failed to open pattern file <{path}>")),
    }
}

/// The pattern on a line of a file; none on an empty line and in a comment.
fn pattern_of(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.starts_with(b"#") {
        return None;
    }
    let blanks = line
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    Some(&line[blanks..]).filter(|text| !text.is_empty())
}

/// A line of a map: the first word, and what follows it without the blanks around it.
pub(in crate::parse) fn key_and_value(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line
        .iter()
        .position(|byte| matches!(byte, b' ' | b'\t'))
        .unwrap_or(line.len());
    (&line[..end], line[end..].trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_behind_a_pattern_of_a_file_belong_to_it() {
        assert_eq!(pattern_of(b"/one"), Some(b"/one".as_slice()));
        assert_eq!(pattern_of(b" \t/two \t"), Some(b"/two \t".as_slice()));
        assert_eq!(pattern_of(b"/three\r"), Some(b"/three".as_slice()));
        assert_eq!(pattern_of(b" # no comment"), Some(b"# no comment".as_slice()));
        assert_eq!(pattern_of(b"# a comment"), None);
        assert_eq!(pattern_of(b"  "), None);
        assert_eq!(pattern_of(b""), None);
    }

    #[test]
    fn a_line_of_a_map_is_a_key_and_a_value() {
        assert_eq!(key_and_value(b"a 1"), (b"a".as_slice(), b"1".as_slice()));
        assert_eq!(key_and_value(b"b\t c d  "), (b"b".as_slice(), b"c d".as_slice()));
        assert_eq!(key_and_value(b"c"), (b"c".as_slice(), b"".as_slice()));
    }

    #[test]
    fn numbers_and_ranges_are_read_as_haproxy_reads_them() {
        assert_eq!(range(b"5", false), Ok((5, 5)));
        assert_eq!(range(b"-5", false), Ok((-5, -5)));
        assert_eq!(range(b"1:5", false), Ok((1, 5)));
        assert_eq!(range(b"1-5", false), Ok((1, 5)));
        assert_eq!(range(b"1:", false), Ok((1, i64::MAX)));
        assert_eq!(range(b":5", false), Ok((i64::MIN, 5)));
        assert_eq!(range(b":-5", false), Ok((i64::MIN, -5)));
        assert_eq!(range(b"3.1:3.3", true), Ok((0x3_0001, 0x3_0003)));
        for (wrong, message) in [
            ("2:1", "'2:1' is not a valid number range"),
            (":", "':' is not a valid number range"),
            ("1:2:3", "'1:2:3' is not a valid number range"),
            ("-5:5", "'-5:5' is not a valid number range"),
            ("+5", "'+5' is not a number"),
            ("1.5", "'1.5' is not a number"),
            ("x", "'x' is not a number"),
        ] {
            assert_eq!(range(wrong.as_bytes(), false), Err(message.to_owned()));
        }
        assert_eq!(range(b"3.", true), Err("'3.' is not a dotted number".to_owned()));
    }

    #[test]
    fn zeros_between_the_parts_of_an_address_may_be_left_out() {
        let read = |text: &str| short_ipv4(text).map(|ip| ip.to_string());
        assert_eq!(read("10.12").as_deref(), Some("10.0.0.12"));
        assert_eq!(read("192.168.1").as_deref(), Some("192.168.0.1"));
        assert_eq!(read("10").as_deref(), Some("0.0.0.10"));
        assert_eq!(read("300").as_deref(), Some("0.0.1.44"));
        assert_eq!(read("256.1"), None);
        assert_eq!(read("1.2.3.4.5"), None);
        assert_eq!(read("a.b"), None);
    }
}
