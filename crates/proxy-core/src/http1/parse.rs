//! Heads from bytes (RFC 9112, sections 2 to 5), as strict as the original is by default, or as lenient as it can be told to be.
//!
//! One pass tells methods, targets, names and values from each other, finds what may not stand where it does, and which of
//! the headers that others look for each is. What a target or a length means is settled elsewhere.

use super::{Header, KnownHeader, RequestHead, ResponseHead, Slice, Version};
use crate::octets::{is_token, target_end, text_end, token_end};

/// Longest name that a header may have, in bytes: the original keeps the length in one.
pub(super) const MAX_NAME: usize = 255;

/// Why bytes are no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// A byte that may not stand where it does.
    #[error("a byte that may not stand in a head")]
    Malformed,
    /// More headers than `tune.http.maxhdr`.
    #[error("too many headers")]
    TooManyHeaders,
    /// A header that goes on in the next line: [`HeadProgress::unfold`] helps.
    #[error("a folded line")]
    Folded,
}

/// How strictly a head is read.
#[derive(Clone, Copy, Debug)]
pub struct HeadRules {
    /// Most headers that it may have, and most trailers.
    pub max_headers: usize,
    /// Most bytes of trailers.
    pub max_trailers: u32,
    /// `option accept-unsafe-violations-in-http-request` or `-response`: names of any bytes, NUL in values, targets with a
    /// fragment or bytes outside of ASCII, other protocols' names and versions, and requests without a version.
    pub unsafe_violations: bool,
    /// What stands behind the size of a chunk holds no control characters.
    pub plain_extensions: bool,
}

/// How far the reading of a head is: a head that comes in parts is not read from its beginning for each of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeadProgress {
    /// The beginning of the first line that is not read yet.
    at: usize,
    /// Whether the first line is.
    begun: bool,
}

/// Reads a request's head at the beginning of `buf` into `head`, whose index is reused. Gives false while bytes are missing.
///
/// Empty lines in front of the request are to be skipped by the caller ([`leading_empty_lines`]).
///
/// # Errors
/// When the bytes cannot become a head.
pub fn parse_request(buf: &[u8], head: &mut RequestHead, max_headers: usize) -> Result<bool, HeadError> {
    HeadProgress::default().request(buf, head, &HeadRules::strict(max_headers))
}

/// Reads a response's head at the beginning of `buf` into `head`, whose index is reused. Gives false while bytes are missing.
///
/// # Errors
/// When the bytes cannot become a head.
pub fn parse_response(buf: &[u8], head: &mut ResponseHead, max_headers: usize) -> Result<bool, HeadError> {
    HeadProgress::default().response(buf, head, &HeadRules::strict(max_headers))
}

impl HeadRules {
    /// No violation is let through, and trailers fit a buffer of the usual size.
    #[must_use]
    pub fn strict(max_headers: usize) -> Self {
        Self {
            max_headers,
            max_trailers: 16384 - 1024,
            unsafe_violations: false,
            plain_extensions: false,
        }
    }
}

impl HeadProgress {
    /// Goes on reading a request's head, as [`parse_request`]. `buf` begins where it did before.
    ///
    /// # Errors
    /// When the bytes cannot become a head.
    pub fn request(
        &mut self,
        buf: &[u8],
        head: &mut RequestHead,
        rules: &HeadRules,
    ) -> Result<bool, HeadError> {
        if !self.begun {
            let Some(line) = request_line(buf, rules)? else {
                return Ok(false);
            };
            head.method = line.method;
            head.uri = line.uri;
            head.version = line.version;
            head.protocol = line.protocol;
            head.headers.clear();
            head.added.clear();
            if line.is_whole {
                // A request of HTTP/0.9 has no headers.
                head.len = line.end as u32;
                return Ok(true);
            }
            self.at = line.end;
            self.begun = true;
        }
        let len = self.headers(buf, &mut head.headers, rules)?;
        head.len = len.unwrap_or(0);
        Ok(len.is_some())
    }

    /// Goes on reading a response's head, as [`parse_response`]. `buf` begins where it did before.
    ///
    /// # Errors
    /// When the bytes cannot become a head.
    pub fn response(
        &mut self,
        buf: &[u8],
        head: &mut ResponseHead,
        rules: &HeadRules,
    ) -> Result<bool, HeadError> {
        if !self.begun {
            let Some(line) = status_line(buf, leading_empty_lines(buf), rules)? else {
                return Ok(false);
            };
            head.status = line.status;
            head.reason = line.reason;
            head.version = line.version;
            head.protocol = line.protocol;
            head.headers.clear();
            head.added.clear();
            self.at = line.end;
            self.begun = true;
        }
        let len = self.headers(buf, &mut head.headers, rules)?;
        head.len = len.unwrap_or(0);
        Ok(len.is_some())
    }

    /// Replaces the folds (RFC 9112, section 5.2) of the header that was found to be [`HeadError::Folded`] by blanks, as the
    /// original takes them; then the reading of the head can go on. Gives whether there were any.
    pub fn unfold(&self, buf: &mut [u8]) -> bool {
        let mut found = false;
        let mut at = self.at;
        while let Some(end) = memchr::memchr(b'\n', buf.get(at..).unwrap_or_default()) {
            let end = at + end;
            let behind = end + 1;
            if !matches!(buf.get(behind), Some(b' ' | b'\t')) {
                break;
            }
            let start = if end > at && buf[end - 1] == b'\r' {
                end - 1
            } else {
                end
            };
            buf[start..behind].fill(b' ');
            found = true;
            at = behind;
        }
        found
    }

    /// Reads headers to the empty line behind them. Gives the bytes of the whole head; none while some are missing.
    fn headers(
        &mut self,
        buf: &[u8],
        index: &mut Vec<Header>,
        rules: &HeadRules,
    ) -> Result<Option<u32>, HeadError> {
        let mut at = self.at;
        let Some(mut next) = buf.get(at).copied() else {
            return Ok(None);
        };
        // Nothing that could go on stands in front of the first header.
        if matches!(next, b' ' | b'\t') && index.is_empty() && !rules.unsafe_violations {
            return Err(HeadError::Malformed);
        }
        loop {
            if next == b'\r' || next == b'\n' {
                let end = line_end(buf, at)?;
                return Ok(end.map(|end| end as u32));
            }
            let Some(name_end) = name_end(buf, at, rules)? else {
                return Ok(None);
            };
            // Nearly always there is one blank.
            let mut start = name_end + 1;
            let mut plain = buf.get(start) == Some(&b' ');
            if plain {
                start += 1;
            }
            while matches!(buf.get(start), Some(b' ' | b'\t')) {
                plain = false;
                start += 1;
            }
            let text_end = value_end(buf, start, rules)?;
            // Only the next line shows whether this one was all.
            let (after, behind) = match buf.get(text_end..text_end + 3) {
                Some(&[b'\r', b'\n', behind]) => (text_end + 2, behind),
                _ => {
                    let Some(after) = line_end(buf, text_end)? else {
                        return Ok(None);
                    };
                    let Some(&behind) = buf.get(after) else {
                        return Ok(None);
                    };
                    plain = false;
                    (after, behind)
                }
            };
            if matches!(behind, b' ' | b'\t') {
                return Err(HeadError::Folded);
            }
            let mut end = text_end;
            while end > start && matches!(buf[end - 1], b' ' | b'\t') {
                plain = false;
                end -= 1;
            }
            if index.len() >= rules.max_headers {
                return Err(HeadError::TooManyHeaders);
            }
            let name = &buf[at..name_end];
            let known = if rules.unsafe_violations && !name.iter().all(|&octet| is_token(octet)) {
                KnownHeader::Other
            } else {
                KnownHeader::of(name)
            };
            index.push(Header {
                name: slice(at, name_end),
                value: slice(start, end),
                known,
                plain_end: if plain { after as u32 } else { 0 },
            });
            at = after;
            next = behind;
            self.at = at;
        }
    }
}

/// The colon behind the name that begins at `at`; none while it is missing.
#[inline]
fn name_end(buf: &[u8], at: usize, rules: &HeadRules) -> Result<Option<usize>, HeadError> {
    let mut end = token_end(buf, at);
    if rules.unsafe_violations {
        while buf.get(end).is_some_and(|octet| !matches!(octet, b':' | b'\n')) {
            end += 1;
        }
    }
    if end - at > MAX_NAME {
        return Err(HeadError::Malformed);
    }
    match buf.get(end) {
        Some(b':') if end > at => Ok(Some(end)),
        None => Ok(None),
        Some(_) => Err(HeadError::Malformed),
    }
}

/// The end of the line's text that a value from `start` on belongs to, or of `buf`.
#[inline]
fn value_end(buf: &[u8], start: usize, rules: &HeadRules) -> Result<usize, HeadError> {
    let mut end = text_end(buf, start);
    while buf.get(end) == Some(&0) {
        if !rules.unsafe_violations {
            return Err(HeadError::Malformed);
        }
        end = text_end(buf, end + 1);
    }
    Ok(end)
}

/// The beginning of the line behind the line end at `at`; none while bytes of it are missing.
#[inline]
fn line_end(buf: &[u8], at: usize) -> Result<Option<usize>, HeadError> {
    match (buf.get(at), buf.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => Ok(Some(at + 2)),
        (Some(b'\n'), _) => Ok(Some(at + 1)),
        (Some(b'\r'), None) | (None, _) => Ok(None),
        (Some(_), _) => Err(HeadError::Malformed),
    }
}

/// A request's first line.
#[derive(Clone, Copy)]
struct RequestLine {
    method: Slice,
    uri: Slice,
    version: Version,
    protocol: Slice,
    /// The beginning of the line behind.
    end: usize,
    /// There is no version, so nothing follows the line.
    is_whole: bool,
}

fn request_line(buf: &[u8], rules: &HeadRules) -> Result<Option<RequestLine>, HeadError> {
    if buf == b"\r" {
        // It may be an empty line in front.
        return Ok(None);
    }
    let method_end = token_end(buf, 0);
    match buf.get(method_end) {
        Some(b' ' | b'\t') if method_end > 0 => {}
        None => return Ok(None),
        Some(_) => return Err(HeadError::Malformed),
    }
    let uri_start = blanks_end(buf, method_end);
    let mut uri_end = target_end(buf, uri_start);
    if rules.unsafe_violations {
        while matches!(buf.get(uri_end), Some(b'#' | 0x80..)) {
            uri_end = target_end(buf, uri_end + 1);
        }
    }
    let mut line = RequestLine {
        method: slice(0, method_end),
        uri: slice(uri_start, uri_end),
        version: Version::Http11,
        protocol: Slice::default(),
        end: 0,
        is_whole: false,
    };
    match buf.get(uri_end) {
        None => return Ok(None),
        Some(b' ' | b'\t') if uri_end > uri_start => {}
        Some(b'\r' | b'\n') if uri_end > uri_start => return bare_line(buf, line, uri_end, rules),
        Some(_) => return Err(HeadError::Malformed),
    }
    let version_start = blanks_end(buf, uri_end);
    if buf.get(version_start..version_start + 10) == Some(b"HTTP/1.1\r\n") {
        line.end = version_start + 10;
        return Ok(Some(line));
    }
    let version_end = protocol_end(buf, version_start);
    if version_end == version_start && matches!(buf.get(version_start), Some(b'\r' | b'\n')) {
        return bare_line(buf, line, version_start, rules);
    }
    let Some(end) = line_end(buf, version_end)? else {
        return Ok(None);
    };
    line.end = end;
    (line.version, line.protocol) = protocol(buf, version_start, version_end, rules.unsafe_violations)?;
    // Only HTTP has a version that needs no leave.
    if !rules.unsafe_violations && !buf[version_start..].starts_with(b"HTTP/") {
        return Err(HeadError::Malformed);
    }
    Ok(Some(line))
}

/// A request line without a version, as HTTP/0.9 had them; its line end stands at `at`.
fn bare_line(
    buf: &[u8],
    line: RequestLine,
    at: usize,
    rules: &HeadRules,
) -> Result<Option<RequestLine>, HeadError> {
    if !rules.unsafe_violations || line.method.of(buf) != b"GET" {
        return Err(HeadError::Malformed);
    }
    Ok(line_end(buf, at)?.map(|end| RequestLine {
        version: Version::Http10,
        end,
        is_whole: true,
        ..line
    }))
}

/// A response's first line.
struct StatusLine {
    version: Version,
    protocol: Slice,
    status: u16,
    reason: Slice,
    /// The beginning of the line behind.
    end: usize,
}

fn status_line(buf: &[u8], start: usize, rules: &HeadRules) -> Result<Option<StatusLine>, HeadError> {
    if buf.get(start..) == Some(b"\r") {
        // It may be another empty line in front.
        return Ok(None);
    }
    let (version, protocol, status_start) = if buf.get(start..start + 9) == Some(b"HTTP/1.1 ") {
        (Version::Http11, Slice::default(), start + 9)
    } else {
        let end = protocol_end(buf, start);
        match buf.get(end) {
            Some(b' ' | b'\t') if end > start => {}
            None => return Ok(None),
            Some(_) => return Err(HeadError::Malformed),
        }
        let (version, protocol) = protocol(buf, start, end, rules.unsafe_violations)?;
        (version, protocol, end)
    };
    let status_start = blanks_end(buf, status_start);
    let mut status = 0;
    for place in status_start..status_start + 3 {
        match buf.get(place) {
            Some(digit @ b'0'..=b'9') => status = status * 10 + u16::from(digit - b'0'),
            None => return Ok(None),
            Some(_) => return Err(HeadError::Malformed),
        }
    }
    // What is neither interim nor final could end anywhere.
    if status < 100 {
        return Err(HeadError::Malformed);
    }
    let status_end = status_start + 3;
    if buf
        .get(status_end)
        .is_some_and(|octet| !matches!(octet, b' ' | b'\t' | b'\r' | b'\n'))
    {
        return Err(HeadError::Malformed);
    }
    let reason_start = blanks_end(buf, status_end);
    let mut reason_end = text_end(buf, reason_start);
    while buf.get(reason_end) == Some(&0) {
        reason_end = text_end(buf, reason_end + 1);
    }
    Ok(line_end(buf, reason_end)?.map(|end| StatusLine {
        version,
        protocol,
        status,
        reason: slice(reason_start, reason_end),
        end,
    }))
}

/// Where the blanks that begin at `at`, if any, end.
#[inline]
fn blanks_end(buf: &[u8], mut at: usize) -> usize {
    while matches!(buf.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// Where the protocol's name and version that begin at `at` end.
fn protocol_end(buf: &[u8], at: usize) -> usize {
    let is_inside = |octet: &u8| matches!(octet, b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.');
    buf.get(at..)
        .and_then(|rest| rest.iter().position(|octet| !is_inside(octet)))
        .map_or(buf.len(), |place| at + place)
}

/// Which version to take a protocol for, and the protocol itself where it goes on as it is: what is older than HTTP/1.1 or
/// has no plain version is understood as HTTP/1.0, what is newer is HTTP/1.1 from here on (RFC 9110, section 2.5).
fn protocol(
    buf: &[u8],
    start: usize,
    end: usize,
    unsafe_violations: bool,
) -> Result<(Version, Slice), HeadError> {
    let text = &buf[start..end];
    let &[a, b, c, d, b'/', major @ b'0'..=b'9', b'.', minor @ b'0'..=b'9'] = text else {
        return if unsafe_violations {
            Ok((Version::Http10, slice(start, end)))
        } else {
            Err(HeadError::Malformed)
        };
    };
    let name = [a, b, c, d];
    // Another protocol that is worded like this one goes on under its name, in a response without being asked for.
    if !name.iter().all(u8::is_ascii_uppercase) || !unsafe_violations && !matches!(&name, b"HTTP" | b"RTSP") {
        return Err(HeadError::Malformed);
    }
    Ok(match (major, minor, &name) {
        (b'1', b'1'.., _) | (b'2'.., ..) => (Version::Http11, Slice::default()),
        (b'1', b'0', b"HTTP") => (Version::Http10, Slice::default()),
        _ => (Version::Http10, slice(start, end)),
    })
}

fn slice(start: usize, end: usize) -> Slice {
    Slice {
        start: start as u32,
        len: (end - start) as u32,
    }
}

/// Bytes of the empty lines that a client may have sent in front of a request (RFC 9112, section 2.2), or a server in front of
/// a response.
#[must_use]
pub fn leading_empty_lines(buf: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match &buf[at..] {
            [b'\r', b'\n', ..] => at += 2,
            [b'\n', ..] => at += 1,
            _ => return at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RequestRef;
    use super::*;

    const UNSAFE: HeadRules = HeadRules {
        max_headers: 101,
        max_trailers: 100,
        unsafe_violations: true,
        plain_extensions: false,
    };

    fn request(text: &[u8]) -> Result<Option<RequestHead>, HeadError> {
        let mut head = RequestHead::default();
        Ok(parse_request(text, &mut head, 101)?.then_some(head))
    }

    #[test]
    fn request_head_is_indexed_in_place() {
        let text = b"GET /a?b HTTP/1.1\r\nHost: x\r\nEmpty:\r\nBlanks: \t y z\t \r\n\r\nrest";
        let head = request(text).unwrap().unwrap();
        let view = RequestRef {
            buf: text,
            head: &head,
        };
        assert_eq!(view.method(), b"GET");
        assert_eq!(view.uri(), b"/a?b");
        assert_eq!(head.len as usize, text.len() - 4);
        let headers: Vec<_> = view.headers().iter().collect();
        let expected = [(&b"Host"[..], &b"x"[..]), (b"Empty", b""), (b"Blanks", b"y z")];
        assert_eq!(headers, expected);
        assert_eq!(head.headers[0].known, KnownHeader::Host);
    }

    #[test]
    fn a_head_in_parts_is_what_it_is_in_one_piece() {
        let text = b"POST  /x HTTP/1.2\r\nHost: a\nContent-Length:5\r\nA: b \r\n\r\n";
        let whole = request(text).unwrap().unwrap();
        let mut head = RequestHead::default();
        let mut progress = HeadProgress::default();
        let rules = HeadRules::strict(101);
        for end in 0..text.len() {
            assert_eq!(
                progress.request(&text[..end], &mut head, &rules),
                Ok(false),
                "{end}"
            );
        }
        assert_eq!(progress.request(text, &mut head, &rules), Ok(true));
        assert_eq!(head.headers, whole.headers);
        assert_eq!(
            (head.len, head.uri, head.method),
            (whole.len, whole.uri, whole.method)
        );
    }

    #[test]
    fn empty_lines_in_front_may_come_in_parts() {
        assert!(request(b"\r").unwrap().is_none());
        assert_eq!(request(b"\rG").unwrap_err(), HeadError::Malformed);
        for part in [&b"\r"[..], b"\r\n", b"\r\n\r"] {
            let read = parse_response(part, &mut ResponseHead::default(), 101);
            assert_eq!(read, Ok(false), "{part:?}");
        }
    }

    #[test]
    fn a_line_without_a_colon_is_not_mended_by_a_fold() {
        let mut text = *b"GET / HTTP/1.1\r\nA: b\r\n c\r\nX\r\n Y: d\r\n\r\n";
        let mut head = RequestHead::default();
        let mut progress = HeadProgress::default();
        assert_eq!(
            progress.request(&text, &mut head, &UNSAFE),
            Err(HeadError::Folded)
        );
        assert!(progress.unfold(&mut text));
        assert_eq!(
            progress.request(&text, &mut head, &UNSAFE),
            Err(HeadError::Malformed)
        );
    }

    #[test]
    fn folds_become_blanks_inside_the_head_only() {
        let mut text = *b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n body";
        let mut head = RequestHead::default();
        let mut progress = HeadProgress::default();
        let rules = HeadRules::strict(101);
        assert_eq!(progress.request(&text, &mut head, &rules), Err(HeadError::Folded));
        assert!(progress.unfold(&mut text));
        assert_eq!(&text, b"GET / HTTP/1.1\r\nA: b   c\r\n\r\n body");
        assert!(!progress.unfold(&mut text));
        assert_eq!(progress.request(&text, &mut head, &rules), Ok(true));
        assert_eq!(head.headers[0].value.of(&text), b"b   c");
    }

    #[test]
    fn a_fold_behind_the_first_line_is_none() {
        assert_eq!(
            request(b"GET / HTTP/1.1\r\n A: b\r\n\r\n").unwrap_err(),
            HeadError::Malformed
        );
    }

    #[test]
    fn half_a_head_asks_for_more() {
        assert!(request(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap().is_none());
        // Whether the line goes on is not known before the next one begins.
        assert!(request(b"GET / HTTP/1.1\r\nHost: x\r\n\r").unwrap().is_none());
    }

    #[test]
    fn what_may_not_stand_in_a_head_is_refused_at_once() {
        for bad in [
            &b" "[..],
            b"G\x01",
            b"GET /\x01",
            b"GET /\x7f",
            b"GET /\xe9",
            b"GET /#",
            b"GET\r",
            b"GET / htt",
            b"GET / HTTP/1.1 \r\n",
            b"GET / HTTP/1.10\r\n",
            b"GET / RTSP/1.0\r\n",
            b"GET /\r\n",
            b"GET / HTTP/1.1\r\nHost :",
            b"GET / HTTP/1.1\r\nA\x01",
            b"GET / HTTP/1.1\r\n: b",
            b"GET / HTTP/1.1\r\nA\r\n",
            b"GET / HTTP/1.1\r\nA: b\rc",
            b"GET / HTTP/1.1\r\nA: b\0",
        ] {
            assert_eq!(request(bad).unwrap_err(), HeadError::Malformed, "{bad:?}");
        }
    }

    #[test]
    fn unsafe_violations_pass_when_asked_for() {
        for (text, uri, protocol) in [
            (&b"GET /\xe9# HTTP/1.1\r\n\r\n"[..], &b"/\xe9#"[..], &b""[..]),
            (b"DESCRIBE / RTSP/1.0\r\n\r\n", b"/", b"RTSP/1.0"),
            (b"GET / HTTP/1.10\r\n\r\n", b"/", b"HTTP/1.10"),
            (b"GET / RTSP/2.0\r\n\r\n", b"/", b""),
            (b"GET / HTTP/1.1\r\nA\0\x01 /: b\0\r\n\r\n", b"/", b""),
            (b"GET /\r\n", b"/", b""),
        ] {
            let mut head = RequestHead::default();
            let read = HeadProgress::default().request(text, &mut head, &UNSAFE);
            assert_eq!(read, Ok(true), "{text:?}");
            assert_eq!((head.uri.of(text), head.protocol.of(text)), (uri, protocol));
            assert_eq!(head.len as usize, text.len());
        }
        for bad in [
            &b"POST /\r\n"[..],
            b"GET /\x01 HTTP/1.1\r\n",
            b"GET / http/1.1\r\n",
        ] {
            let read = HeadProgress::default().request(bad, &mut RequestHead::default(), &UNSAFE);
            assert_eq!(read, Err(HeadError::Malformed), "{bad:?}");
        }
    }

    #[test]
    fn a_name_of_other_bytes_is_no_known_one() {
        let text = b"GET / HTTP/1.1\r\nContent\rLength: 5\r\nContent-Length: 5\r\n\r\n";
        let mut head = RequestHead::default();
        assert_eq!(
            HeadProgress::default().request(text, &mut head, &UNSAFE),
            Ok(true)
        );
        let known: Vec<_> = head.headers.iter().map(|header| header.known).collect();
        assert_eq!(known, [KnownHeader::Other, KnownHeader::ContentLength]);
    }

    #[test]
    fn too_many_headers_are_refused() {
        let mut text = b"GET / HTTP/1.1\r\n".to_vec();
        for _ in 0..102 {
            text.extend_from_slice(b"a: b\r\n");
        }
        text.extend_from_slice(b"\r\n");
        assert_eq!(request(&text).unwrap_err(), HeadError::TooManyHeaders);
    }

    #[test]
    fn names_beyond_255_bytes_are_refused() {
        for (len, fits) in [(255, true), (256, false)] {
            let text = format!("GET / HTTP/1.1\r\n{}: b\r\n\r\n", "a".repeat(len));
            assert_eq!(request(text.as_bytes()).is_ok(), fits, "{len}");
        }
    }

    #[test]
    fn versions_are_taken_for_those_of_http_1() {
        for (version, is, protocol) in [
            ("HTTP/1.0", Version::Http10, ""),
            ("HTTP/1.1", Version::Http11, ""),
            ("HTTP/1.2", Version::Http11, ""),
            ("HTTP/3.0", Version::Http11, ""),
            ("HTTP/0.9", Version::Http10, "HTTP/0.9"),
        ] {
            let text = format!("GET / {version}\r\n\r\n");
            let head = request(text.as_bytes()).unwrap().unwrap();
            assert_eq!(head.version, is, "{version}");
            assert_eq!(head.protocol.of(text.as_bytes()), protocol.as_bytes());
        }
    }

    #[test]
    fn status_line_is_read_as_the_original_reads_it() {
        for (line, reason) in [
            (&b"HTTP/1.1 200 O\xffK\r\n"[..], &b"O\xffK"[..]),
            (b"HTTP/1.1  200 OK\r\n", b"OK"),
            (b"HTTP/1.1 200 \r\n", b""),
            (b"HTTP/1.1 200\r\n", b""),
            (b"HTTP/1.1 200   O\0K \n", b"O\0K "),
            (b"HTTP/2.3\t200\tOK\r\n", b"OK"),
            (b"\r\nHTTP/1.0 200 OK\r\n", b"OK"),
        ] {
            let text = [line, b"A: b\r\n\r\n"].concat();
            let mut head = ResponseHead::default();
            assert!(parse_response(&text, &mut head, 101).unwrap(), "{line:?}");
            assert_eq!((head.status, head.reason.of(&text)), (200, reason));
            assert_eq!(head.headers[0].value.of(&text), b"b");
        }
    }

    #[test]
    fn what_has_no_three_digits_is_no_status() {
        for bad in ["20 OK", "2000 OK", "20x", "099 OK", "200OK", "-20", "OK"] {
            let text = format!("HTTP/1.1 {bad}\r\n\r\n");
            let read = parse_response(text.as_bytes(), &mut ResponseHead::default(), 101);
            assert_eq!(read, Err(HeadError::Malformed), "{bad}");
        }
    }
}
