//! Where a message went wrong, for those who look at it later (`show errors`). Nothing of it is on the way of a message: this
//! reads the bytes again, slowly, once it is known that something is wrong.

use super::{KnownHeader, leading_empty_lines};
use crate::octets::{target_end, token_end};

/// Where a message went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The first byte that may not stand where it does, counted from the beginning.
    pub at: usize,
    /// What was expected there, by the original's name and number.
    pub expected: (&'static str, u8),
}

const RQBEFORE: (&str, u8) = ("MSG_RQBEFORE", 0);
const RQMETH: (&str, u8) = ("MSG_RQMETH", 2);
const RQURI: (&str, u8) = ("MSG_RQURI", 4);
const RQLINE_END: (&str, u8) = ("MSG_RQLINE_END", 7);
const RPVER: (&str, u8) = ("MSG_RPVER", 10);
const RPCODE: (&str, u8) = ("MSG_RPCODE", 12);
const RPLINE_END: (&str, u8) = ("MSG_RPLINE_END", 15);
const HDR_NAME: (&str, u8) = ("MSG_HDR_NAME", 17);
const HDR_VAL: (&str, u8) = ("MSG_HDR_VAL", 22);
const HDR_L2_LF: (&str, u8) = ("MSG_HDR_L2_LF", 23);
const HDR_L2_LWS: (&str, u8) = ("MSG_HDR_L2_LWS", 24);
const LAST_LF: (&str, u8) = ("MSG_LAST_LF", 25);
const CHUNK_SIZE: (&str, u8) = ("MSG_CHUNK_SIZE", 26);
/// What the original calls a line whose version is none.
const DATA: (&str, u8) = ("MSG_DATA", 27);

/// What is wrong with a request that was refused. `max_headers` is how many headers it may have.
#[must_use]
pub fn request_fault(buf: &[u8], max_headers: usize) -> Fault {
    request_line(buf)
        .and_then(|at| headers(buf, at, max_headers))
        .err()
        .unwrap_or_else(|| unknown(buf))
}

/// What is wrong with a response that was refused.
#[must_use]
pub fn response_fault(buf: &[u8], max_headers: usize) -> Fault {
    status_line(buf)
        .and_then(|at| headers(buf, at, max_headers))
        .err()
        .unwrap_or_else(|| unknown(buf))
}

/// All that is there may stand where it does, and there is too much of it, or it means nothing.
fn unknown(buf: &[u8]) -> Fault {
    Fault {
        at: buf.len(),
        expected: LAST_LF,
    }
}

fn wrong<T>(at: usize, expected: (&'static str, u8)) -> Result<T, Fault> {
    Err(Fault { at, expected })
}

fn is_blank(buf: &[u8], at: usize) -> bool {
    matches!(buf.get(at), Some(b' ' | b'\t'))
}

fn behind_blanks(buf: &[u8], mut at: usize) -> usize {
    while is_blank(buf, at) {
        at += 1;
    }
    at
}

/// The beginning of the line behind the line end at `at`.
fn behind_line_end(buf: &[u8], at: usize, expected: (&'static str, u8)) -> Result<usize, Fault> {
    match (buf.get(at), buf.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Ok(at + 2),
        (Some(b'\r'), _) => wrong(at + 1, expected),
        (Some(b'\n'), _) => Ok(at + 1),
        _ => wrong(at, expected),
    }
}

fn is_version(buf: &[u8], at: usize) -> bool {
    matches!(
        buf.get(at..at + 8),
        Some([b'H', b'T', b'T', b'P', b'/', b'0'..=b'9', b'.', b'0'..=b'9'])
    )
}

fn request_line(buf: &[u8]) -> Result<usize, Fault> {
    let start = leading_empty_lines(buf);
    let method = token_end(buf, start);
    if method == start {
        return wrong(start, RQBEFORE);
    }
    if !is_blank(buf, method) {
        return wrong(method, RQMETH);
    }
    let target = behind_blanks(buf, method);
    let end = target_end(buf, target);
    if end == target || !matches!(buf.get(end), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        return wrong(end, RQURI);
    }
    let version = behind_blanks(buf, end);
    if !is_version(buf, version) {
        return wrong(version, DATA);
    }
    behind_line_end(buf, version + 8, RQLINE_END)
}

fn status_line(buf: &[u8]) -> Result<usize, Fault> {
    let start = leading_empty_lines(buf);
    let version = (start..).find(|&at| !matches!(buf.get(at), Some(b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.')));
    let version = version.unwrap_or(start);
    if version == start {
        return wrong(start, RPVER);
    }
    if !is_version(buf, start) {
        return wrong(start, DATA);
    }
    let code = behind_blanks(buf, version);
    let digits = (code..).take_while(|&at| buf.get(at).is_some_and(u8::is_ascii_digit));
    let digits = digits.count();
    let end = code + digits.min(3);
    if digits != 3 || !matches!(buf.get(end), Some(b' ' | b'\t' | b'\r' | b'\n')) {
        return wrong(end, RPCODE);
    }
    let line = buf.get(end..).unwrap_or_default();
    let text = memchr::memchr3(b'\r', b'\n', 0, line).unwrap_or(line.len());
    behind_line_end(buf, end + text, RPLINE_END)
}

/// Reads the headers from `at` on; the end of the head where nothing is wrong with them.
fn headers(buf: &[u8], mut at: usize, max_headers: usize) -> Result<(), Fault> {
    let (mut count, mut length, mut host, mut chunked) = (0, None, None, false);
    loop {
        if matches!(buf.get(at), Some(b'\r' | b'\n')) {
            at = behind_line_end(buf, at, LAST_LF)?;
            return if chunked { body(buf, at) } else { meaning(host) };
        }
        let colon = token_end(buf, at);
        if colon == at || buf.get(colon) != Some(&b':') {
            return wrong(colon, HDR_NAME);
        }
        let value = behind_blanks(buf, colon + 1);
        let mut end = value;
        // Lines that begin with a blank go on.
        let next = loop {
            let rest = buf.get(end..).unwrap_or_default();
            end += memchr::memchr3(b'\r', b'\n', 0, rest).unwrap_or(rest.len());
            if buf.get(end) == Some(&0) {
                return wrong(end, HDR_VAL);
            }
            let next = behind_line_end(buf, end, HDR_L2_LF)?;
            if !is_blank(buf, next) {
                break next;
            }
            end = next;
        };
        count += 1;
        if count > max_headers {
            return wrong(next, HDR_L2_LWS);
        }
        let text = buf[value..end].trim_ascii_end();
        match KnownHeader::of(&buf[at..colon]) {
            KnownHeader::ContentLength => {
                let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
                if !is_number || length.is_some_and(|before| before != text) {
                    return wrong(value, HDR_L2_LWS);
                }
                length = Some(text);
            }
            KnownHeader::TransferEncoding => {
                if chunked || !text.eq_ignore_ascii_case(b"chunked") {
                    return wrong(value, HDR_L2_LWS);
                }
                chunked = true;
            }
            KnownHeader::Host => {
                if host.is_some_and(|(_, before)| before != text) {
                    return wrong(value, HDR_L2_LWS);
                }
                host = Some((value, text));
            }
            _ => {}
        }
        at = next;
    }
}

/// The head can be read: what it asks for is another matter, and mostly the host's.
fn meaning(host: Option<(usize, &[u8])>) -> Result<(), Fault> {
    match host {
        Some((at, _)) => wrong(at, LAST_LF),
        None => Ok(()),
    }
}

/// Reads chunks from `at` on.
fn body(buf: &[u8], mut at: usize) -> Result<(), Fault> {
    loop {
        let digits = (at..).take_while(|&at| buf.get(at).is_some_and(u8::is_ascii_hexdigit));
        let end = at + digits.count();
        if end == at {
            return wrong(at, CHUNK_SIZE);
        }
        let size = std::str::from_utf8(&buf[at..end]).ok();
        let Some(size) = size.and_then(|digits| usize::from_str_radix(digits, 16).ok()) else {
            return wrong(end, CHUNK_SIZE);
        };
        let line = buf.get(end..).unwrap_or_default();
        let Some(line_end) = memchr::memchr(b'\n', line) else {
            return wrong(buf.len(), CHUNK_SIZE);
        };
        let behind = (end + line_end + 1).saturating_add(size);
        if size == 0 || behind >= buf.len() {
            return Ok(());
        }
        at = behind_line_end(buf, behind, CHUNK_SIZE)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What haproxy 2.6.12 and 3.4.7 say of it, with `show errors`.
    const REQUESTS: &[(&str, usize, (&str, u8))] = &[
        (
            "GET /ok HTTP/1.1\r\nHost: x\r\nBad Header: x\r\n\r\n",
            30,
            HDR_NAME,
        ),
        ("G<T / HTTP/1.1\r\n\r\n", 1, RQMETH),
        ("GET /a\x01b HTTP/1.1\r\n\r\n", 6, RQURI),
        ("GET / HTP/1.1\r\n\r\n", 6, DATA),
        ("GET / HTTP/1.1\r\n: x\r\n\r\n", 16, HDR_NAME),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1b\r\n\r\n",
            41,
            HDR_L2_LWS,
        ),
        ("GET / HTTP/1.1\r\nFoo\r\n\r\n", 19, HDR_NAME),
        ("GET / HTTP/1.1\r\nHost: a\r\nFoo: a\0b\r\n\r\n", 31, HDR_VAL),
        ("GET / HTTP/1.1\r\n Host: a\r\n\r\n", 16, HDR_NAME),
        ("GET / HTTP/1.1\rXHost: a\r\n\r\n", 15, RQLINE_END),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            60,
            HDR_L2_LWS,
        ),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            44,
            HDR_L2_LWS,
        ),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 31, HDR_L2_LWS),
        ("GET / HTTP/1.1\r\nHost: a\r\nFoo : b\r\n\r\n", 28, HDR_NAME),
        ("GET / HTTP/1.1\r\nHost: a\r\n\rX", 26, LAST_LF),
        ("\x16\x03\x01\0", 0, RQBEFORE),
        ("GET / HTTP/1.1\r\nHost: a\r\nFoo: a\rb\r\n\r\n", 32, HDR_L2_LF),
        ("GET http://x HTTP/1.1\r\nHost: a\r\n\r\n", 29, LAST_LF),
        (" GET / HTTP/1.1\r\n\r\n", 0, RQBEFORE),
        ("GET  HTTP/1.1\r\n\r\n", 13, DATA),
        ("\r\n\r\nGET / HTTP/1.1\r\nBad Header: x\r\n\r\n", 23, HDR_NAME),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            56,
            CHUNK_SIZE,
        ),
    ];

    const RESPONSES: &[(&str, usize, (&str, u8))] = &[
        (
            "HTTP/1.1 200 OK\r\nX-Foo: a\r\nBad Header: x\r\n\r\nabc",
            30,
            HDR_NAME,
        ),
        ("HTP/1.1 200 OK\r\n\r\n", 0, DATA),
        ("HTTP/1.1 2x0 OK\r\n\r\n", 10, RPCODE),
        ("HTTP/1.1 99999 OK\r\n\r\n", 12, RPCODE),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 3\r\n\r\nabc",
            52,
            HDR_L2_LWS,
        ),
        ("hello world this is it\r\n", 0, RPVER),
        ("HTTP/1.1 200 OK\r\n\0: b\r\n\r\n", 17, HDR_NAME),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 33, HDR_L2_LWS),
    ];

    #[test]
    fn a_fault_is_found_where_the_original_finds_it() {
        for (text, at, expected) in REQUESTS {
            let found = request_fault(text.as_bytes(), 101);
            assert_eq!((found.at, found.expected), (*at, *expected), "{text:?}");
        }
        for (text, at, expected) in RESPONSES {
            let found = response_fault(text.as_bytes(), 101);
            assert_eq!((found.at, found.expected), (*at, *expected), "{text:?}");
        }
        let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(120));
        assert_eq!(
            request_fault(many.as_bytes(), 101),
            Fault {
                at: 631,
                expected: HDR_L2_LWS
            }
        );
    }

    #[test]
    fn nothing_that_is_cut_makes_it_panic() {
        for (text, ..) in REQUESTS.iter().chain(RESPONSES) {
            for end in 0..text.len() {
                let cut = &text.as_bytes()[..end];
                assert!(request_fault(cut, 101).at <= end, "{cut:?}");
                assert!(response_fault(cut, 101).at <= end, "{cut:?}");
            }
        }
    }
}
