//! Patterns: what a sample is compared with (manual, section 7.1), from their text. A file of them holds one on each line, a
//! map's with a value behind it. What is read while the proxy runs goes through here too, so this asks for no reading.

use std::net::{IpAddr, Ipv4Addr};

use crate::model::{MapOutput, MatchKind, Pattern};
use crate::parse::regex_fault;
pub use crate::parse::sample::map::expression as map_expression;
use crate::values::{integer, network};

/// What flags and keywords change in the reading of patterns.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// Numbers may be dotted, as versions are.
    pub dotted: bool,
    /// Names are not resolved, and no part of an address is left out.
    pub no_dns: bool,
}

/// Reads one pattern; none where samples are not compared with any. `resolve` gives the address of a name, which is asked for
/// unless the rules say otherwise.
///
/// # Errors
/// The original's words for what is wrong, without a full stop.
pub fn read(
    matcher: MatchKind,
    rules: Rules,
    text: &[u8],
    resolve: &dyn Fn(&str) -> Option<IpAddr>,
) -> Result<Option<Pattern>, String> {
    let shown = || String::from_utf8_lossy(text);
    match matcher {
        MatchKind::Int | MatchKind::Len => {
            let (low, high) = range(text, rules.dotted)?;
            Ok(Some(Pattern::Range(low, high)))
        }
        MatchKind::Ip => match address(rules, text, resolve) {
            Some((ip, prefix)) => Ok(Some(Pattern::Net(ip, prefix))),
            None => Err(format!("'{}' is not a valid IPv4 or IPv6 address", shown())),
        },
        MatchKind::Reg => match regex_fault(text) {
            Some(fault) => Err(fault),
            None => Ok(Some(Pattern::Text(text.into()))),
        },
        MatchKind::Bin => Ok(Some(Pattern::Text(hexadecimal(text)?.into()))),
        MatchKind::Bool | MatchKind::Found => Ok(None),
        _ => Ok(Some(Pattern::Text(text.into()))),
    }
}

/// Inclusive bounds of `N`, `LOW:HIGH` (or `LOW-HIGH`), `:HIGH` or `LOW:`.
fn range(text: &[u8], dotted: bool) -> Result<(i64, i64), String> {
    let shown = String::from_utf8_lossy(text);
    let number = if dotted { "dotted number" } else { "number" };
    let not_a_number = || format!("'{shown}' is not a {number}");
    let not_a_range = || format!("'{shown}' is not a valid {number} range");
    let separator = |byte: &u8| *byte == b':' || (!dotted && *byte == b'-');
    // A dash in front is no sign but leaves the lower bound open, as a colon does.
    let Some(at) = text.iter().position(separator) else {
        return decimal(&shown, dotted)
            .map(|value| (value, value))
            .ok_or_else(not_a_number);
    };
    let (low, high) = (&shown.as_bytes()[..at], &shown.as_bytes()[at + 1..]);
    let bound = |part: &[u8], open: i64| match part {
        b"" => Some(open),
        part => decimal(std::str::from_utf8(part).ok()?, dotted),
    };
    if low.is_empty() && high.is_empty() {
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
fn address(rules: Rules, text: &[u8], resolve: &dyn Fn(&str) -> Option<IpAddr>) -> Option<(IpAddr, u8)> {
    if let Some(net) = network(text) {
        return Some(net);
    }
    let text = std::str::from_utf8(text).ok()?;
    let (host, mask) = text
        .split_once('/')
        .map_or((text, None), |(host, mask)| (host, Some(mask)));
    if rules.no_dns || host.is_empty() || host.contains(':') {
        return None;
    }
    let ip = match short_ipv4(host) {
        Some(ip) => IpAddr::V4(ip),
        None if numeric(host) || hexadecimal_number(host) => return None,
        None => resolve(host)?,
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

/// Whether a name is a number, or parts of one, that only the system's resolver takes for an address.
fn hexadecimal_number(host: &str) -> bool {
    let part = |part: &str| {
        let digits = part.strip_prefix("0x").or(part.strip_prefix("0X"));
        digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    host.split('.').next().is_some_and(part)
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
pub(crate) fn hexadecimal(text: &[u8]) -> Result<Vec<u8>, String> {
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

/// A line of a file that holds a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileLine<'f> {
    /// Counted from 1.
    pub number: usize,
    /// The line without the blanks in front of it.
    pub text: &'f [u8],
}

/// The lines of a file that are neither empty nor comments. Blanks in front of one do not count, those behind it do.
pub fn lines(content: &[u8]) -> impl Iterator<Item = FileLine<'_>> {
    let mut rest = content;
    let mut number = 0;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &rest[..end];
            rest = rest.get(end + 1..).unwrap_or_default();
            number += 1;
            if let Some(text) = pattern_of(line) {
                return Some(FileLine { number, text });
            }
        }
        None
    })
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
#[must_use]
pub fn key_and_value(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line
        .iter()
        .position(|byte| matches!(byte, b' ' | b'\t'))
        .unwrap_or(line.len());
    (&line[..end], line[end..].trim_ascii())
}

/// Whether a map's value is of the type that its converter gives.
#[must_use]
pub fn value_fits(gives: MapOutput, value: &[u8]) -> bool {
    match gives {
        MapOutput::Str => true,
        MapOutput::Int => integer(value).is_some(),
        MapOutput::Ip => std::str::from_utf8(value).is_ok_and(|text| text.parse::<IpAddr>().is_ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_with_those_that_hold_nothing() {
        let found: Vec<_> = lines(b"a\n\n# no\r\n b\r\nc")
            .map(|line| (line.number, line.text))
            .collect();
        assert_eq!(found, [(1, b"a".as_slice()), (4, b"b"), (5, b"c")]);
    }

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
        assert_eq!(range(b"-5", false), Ok((i64::MIN, 5)));
        assert_eq!(range(b"--5", false), Ok((i64::MIN, -5)));
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
