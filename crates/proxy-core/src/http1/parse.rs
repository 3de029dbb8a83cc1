//! Heads from bytes (RFC 9112, sections 3 to 5), as strict as the original is by default.

use std::mem::MaybeUninit;

use super::{Header, KnownHeader, RequestHead, ResponseHead, Slice, Version};

/// Most headers that a head may have, however large `tune.http.maxhdr` is.
const MAX_HEADERS: usize = 512;

/// Longest name that a header may have, in bytes: the original keeps the length in one.
const MAX_NAME: usize = 255;

/// Why bytes are no head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// A byte that may not stand where it does.
    #[error("a byte that may not stand in a head")]
    Malformed,
    /// More headers than `tune.http.maxhdr`.
    #[error("too many headers")]
    TooManyHeaders,
    /// A version other than HTTP/1.0 and HTTP/1.1.
    #[error("not a version of HTTP/1")]
    Version,
}

impl From<httparse::Error> for HeadError {
    fn from(error: httparse::Error) -> Self {
        match error {
            httparse::Error::TooManyHeaders => Self::TooManyHeaders,
            httparse::Error::Version => Self::Version,
            _ => Self::Malformed,
        }
    }
}

/// Reads a request's head at the beginning of `buf` into `head`, whose index is reused. Gives false while bytes are missing.
///
/// Empty lines in front of the request are to be skipped by the caller ([`leading_empty_lines`]).
///
/// # Errors
/// When the bytes cannot become a head.
pub fn parse_request(buf: &[u8], head: &mut RequestHead, max_headers: usize) -> Result<bool, HeadError> {
    let mut slots = [const { MaybeUninit::<httparse::Header<'_>>::uninit() }; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut []);
    let limit = max_headers.min(MAX_HEADERS);
    let mut config = httparse::ParserConfig::default();
    // The original takes several blanks between the parts of a request line for one.
    config.allow_multiple_spaces_in_request_line_delimiters(true);
    let status = config.parse_request_with_uninit_headers(&mut request, buf, &mut slots[..limit])?;
    let httparse::Status::Complete(len) = status else {
        return Ok(false);
    };
    let (Some(method), Some(uri), Some(version)) = (request.method, request.path, request.version) else {
        return Err(HeadError::Malformed);
    };
    if uri.bytes().any(|b| !(0x21..0x7f).contains(&b)) {
        return Err(HeadError::Malformed);
    }
    head.method = slice_in(buf, method.as_bytes());
    head.uri = slice_in(buf, uri.as_bytes());
    head.version = if version == 0 {
        Version::Http10
    } else {
        Version::Http11
    };
    head.len = len as u32;
    index_headers(buf, request.headers, &mut head.headers)?;
    Ok(true)
}

/// Reads a response's head at the beginning of `buf` into `head`, whose index is reused. Gives false while bytes are missing.
///
/// # Errors
/// When the bytes cannot become a head.
pub fn parse_response(buf: &[u8], head: &mut ResponseHead, max_headers: usize) -> Result<bool, HeadError> {
    let mut slots = [const { MaybeUninit::<httparse::Header<'_>>::uninit() }; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut []);
    let limit = max_headers.min(MAX_HEADERS);
    let mut config = httparse::ParserConfig::default();
    config.allow_multiple_spaces_in_response_status_delimiters(true);
    let status = config.parse_response_with_uninit_headers(&mut response, buf, &mut slots[..limit])?;
    let httparse::Status::Complete(len) = status else {
        return Ok(false);
    };
    let (Some(code), Some(version)) = (response.code, response.version) else {
        return Err(HeadError::Malformed);
    };
    head.status = code;
    head.reason = match response.reason {
        Some(reason) if !reason.is_empty() => slice_in(buf, reason.as_bytes()),
        // One that is no ASCII is not given.
        _ => reason_in(buf),
    };
    head.version = if version == 0 {
        Version::Http10
    } else {
        Version::Http11
    };
    head.len = len as u32;
    index_headers(buf, response.headers, &mut head.headers)?;
    Ok(true)
}

/// Bytes of the empty lines that a client may have sent in front of a request (RFC 9112, section 2.2).
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

/// Replaces line folds (RFC 9112, section 5.2) by blanks, as the original takes them. Gives whether there were any; then the
/// head is worth another reading.
pub fn unfold(buf: &mut [u8]) -> bool {
    let mut found = false;
    // The first line is none that could be folded.
    let Some(first) = memchr::memchr(b'\n', buf) else {
        return false;
    };
    if matches!(buf.get(first + 1), Some(b' ' | b'\t')) {
        return false;
    }
    let mut at = first + 1;
    while let Some(end) = memchr::memchr(b'\n', &buf[at..]) {
        let end = at + end;
        at = end + 1;
        let line_start = if end > 0 && buf[end - 1] == b'\r' {
            end - 1
        } else {
            end
        };
        // An empty line ends the head.
        if line_start == 0 || buf[line_start - 1] == b'\n' {
            break;
        }
        if matches!(buf.get(at), Some(b' ' | b'\t')) {
            buf[line_start..at].fill(b' ');
            found = true;
        }
    }
    found
}

/// Whether a request target has one of the forms of RFC 9112, section 3.2, and names the host that `host` does where both
/// name one.
#[must_use]
pub fn is_target(method: &[u8], uri: &[u8], host: Option<&[u8]>) -> bool {
    if memchr::memchr(b'#', uri).is_some() {
        return false;
    }
    if method == b"CONNECT" {
        return uri.first() != Some(&b'/') && names_host(uri, host, b":443");
    }
    match uri.first() {
        Some(b'/') => true,
        Some(b'*') => uri.len() == 1 && method == b"OPTIONS",
        _ => {
            let Some(colon) = memchr::memmem::find(uri, b"://") else {
                return false;
            };
            if colon == 0 || !uri[..colon].iter().all(u8::is_ascii_alphanumeric) {
                return false;
            }
            let rest = &uri[colon + 3..];
            let end = rest
                .iter()
                .position(|b| matches!(b, b'/' | b'?'))
                .unwrap_or(rest.len());
            let is_https = uri[..colon].eq_ignore_ascii_case(b"https");
            names_host(&rest[..end], host, if is_https { b":443" } else { b":80" })
        }
    }
}

/// Whether an authority names the host that the `Host` header does, if there is one; `port` is what either may leave out.
fn names_host(authority: &[u8], host: Option<&[u8]>, port: &[u8]) -> bool {
    let plain = |name: &[u8]| name.strip_suffix(port).unwrap_or(name).to_ascii_lowercase();
    host.is_none_or(|host| plain(host) == plain(authority))
}

/// Takes a response's version for HTTP/1.1 where it is another one from 1.1 on, as the original does. Gives whether it was;
/// then the head is worth another reading.
pub fn lower_response_version(buf: &mut [u8]) -> bool {
    let [b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b' ', ..] = buf else {
        return false;
    };
    let is_newer = matches!((*major, *minor), (b'1', b'2'..=b'9') | (b'2'..=b'9', b'0'..=b'9'));
    if is_newer {
        (*major, *minor) = (b'1', b'1');
    }
    is_newer
}

/// Takes HTTP/1.2 and above for HTTP/1.1, as RFC 9110, section 2.5, wants it. Gives whether the request line had such a
/// version; then the head is worth another reading.
pub fn lower_version(buf: &mut [u8]) -> bool {
    let end = memchr::memchr(b'\n', buf).unwrap_or(buf.len());
    let line = buf[..end].trim_ascii_end();
    let len = line.len();
    let [.., b' ', b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'2'..=b'9'] = line else {
        return false;
    };
    buf[len - 1] = b'1';
    true
}

fn index_headers(
    buf: &[u8],
    parsed: &[httparse::Header<'_>],
    index: &mut Vec<Header>,
) -> Result<(), HeadError> {
    if parsed.iter().any(|h| h.name.len() > MAX_NAME) {
        return Err(HeadError::Malformed);
    }
    index.clear();
    index.extend(parsed.iter().map(|h| Header {
        name: slice_in(buf, h.name.as_bytes()),
        value: slice_in(buf, h.value),
        known: KnownHeader::of(h.name.as_bytes()),
    }));
    Ok(())
}

/// The reason of the status line at the beginning of `buf`, which was read.
fn reason_in(buf: &[u8]) -> Slice {
    let end = memchr::memchr(b'\n', buf).unwrap_or(buf.len());
    let line = buf[..end].strip_suffix(b"\r").unwrap_or(&buf[..end]);
    let mut words = line.splitn(2, |&b| b == b' ');
    let behind_version = words.nth(1).unwrap_or_default().trim_ascii_start();
    slice_in(buf, behind_version.get(4..).unwrap_or_default())
}

/// The position of `part`, which borrows from `buf`.
fn slice_in(buf: &[u8], part: &[u8]) -> Slice {
    let start = (part.as_ptr() as usize).wrapping_sub(buf.as_ptr() as usize);
    debug_assert!(part.is_empty() || start + part.len() <= buf.len());
    Slice {
        start: if part.is_empty() { 0 } else { start as u32 },
        len: part.len() as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::super::RequestRef;
    use super::*;

    fn request(text: &[u8]) -> Result<Option<RequestHead>, HeadError> {
        let mut head = RequestHead::default();
        Ok(parse_request(text, &mut head, 101)?.then_some(head))
    }

    #[test]
    fn request_head_is_indexed_in_place() {
        let text = b"GET /a?b HTTP/1.1\r\nHost: x\r\nEmpty:\r\n\r\nrest";
        let head = request(text).unwrap().unwrap();
        let view = RequestRef {
            buf: text,
            head: &head,
        };
        assert_eq!(view.method(), b"GET");
        assert_eq!(view.uri(), b"/a?b");
        assert_eq!(head.len as usize, text.len() - 4);
        let headers: Vec<_> = view.headers().iter().collect();
        assert_eq!(headers, [(&b"Host"[..], &b"x"[..]), (&b"Empty"[..], &b""[..])]);
    }

    #[test]
    fn folds_become_blanks_inside_the_head_only() {
        let mut text = *b"GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n body";
        assert!(unfold(&mut text));
        assert_eq!(&text, b"GET / HTTP/1.1\r\nA: b   c\r\n\r\n body");
        assert!(!unfold(&mut text));
    }

    #[test]
    fn targets_name_a_path_or_the_host_of_the_request() {
        assert!(is_target(b"GET", b"/x", Some(b"a")));
        assert!(is_target(b"GET", b"http://A:80/x", Some(b"a")));
        assert!(is_target(b"OPTIONS", b"*", None));
        for (method, uri) in [
            (&b"GET"[..], &b"*"[..]),
            (b"GET", b"x"),
            (b"GET", b"http://y/"),
            (b"GET", b"://a"),
        ] {
            assert!(!is_target(method, uri, Some(b"a")), "{uri:?}");
        }
    }

    #[test]
    fn half_a_head_asks_for_more() {
        assert!(request(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap().is_none());
    }

    #[test]
    fn space_before_the_colon_is_refused() {
        assert_eq!(
            request(b"GET / HTTP/1.1\r\nHost : x\r\n\r\n").unwrap_err(),
            HeadError::Malformed
        );
    }

    #[test]
    fn bytes_outside_ascii_in_the_target_are_refused() {
        assert_eq!(
            request("GET /é HTTP/1.1\r\n\r\n".as_bytes()).unwrap_err(),
            HeadError::Malformed
        );
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
    fn status_line_is_read_as_the_original_reads_it() {
        for (line, reason) in [
            (&b"HTTP/1.1 200 O\xffK\r\n"[..], &b"O\xffK"[..]),
            (b"HTTP/1.1  200 OK\r\n", b"OK"),
            (b"HTTP/1.1 200 \r\n", b""),
        ] {
            let text = [line, b"A: b\r\n\r\n"].concat();
            let mut head = ResponseHead::default();
            assert!(parse_response(&text, &mut head, 101).unwrap());
            assert_eq!((head.status, head.reason.of(&text)), (200, reason));
        }
    }

    #[test]
    fn newer_versions_of_a_response_become_1_1() {
        let mut text = *b"HTTP/2.3 200 OK\r\n\r\n";
        assert!(lower_response_version(&mut text));
        assert_eq!(&text, b"HTTP/1.1 200 OK\r\n\r\n");
        assert!(!lower_response_version(&mut text));
        assert!(!lower_response_version(&mut b"HTTP/1.0 200 OK\r\n\r\n".to_vec()));
    }

    #[test]
    fn a_fold_behind_the_first_line_is_none() {
        assert!(!unfold(&mut b"HTTP/1.1 200 OK\r\n A: b\r\n\r\n".to_vec()));
    }

    #[test]
    fn response_without_a_reason_is_read() {
        let mut head = ResponseHead::default();
        assert!(parse_response(b"HTTP/1.1 200\r\n\r\n", &mut head, 101).unwrap());
        assert_eq!((head.status, head.reason.len), (200, 0));
    }
}
