//! A message as HTTP/1 writes it, taken apart for a stream: its head becomes fields, its body data, its trailers fields.

use std::io;

use bytes::Bytes;
use h2::ext::Protocol;
use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderName, TRANSFER_ENCODING, UPGRADE};
use http::uri::{Authority, Parts, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version};

/// Where in a message what comes next belongs.
#[derive(Debug)]
pub(super) enum Part {
    /// The head, as far as it came.
    Head(Vec<u8>),
    /// This many bytes of the body.
    Length(u64),
    /// The line of a chunk's size, of which that much was read.
    Size(u64),
    /// What stands behind the size on that line.
    Extension(u64),
    /// This many bytes of a chunk.
    Chunk(u64),
    /// The end of a chunk.
    ChunkEnd,
    /// The trailers, as far as they came.
    Trailers(Vec<u8>),
    /// All that comes.
    UntilEnd,
    /// Nothing more.
    Done,
}

/// Where lines that end with an empty one end; none where the empty one is not among `bytes`.
pub(super) fn lines_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match &bytes[at..] {
            [b'\n', ..] => return Some(at + 1),
            [b'\r', b'\n', ..] => return Some(at + 2),
            rest => at += memchr::memchr(b'\n', rest)? + 1,
        }
    }
}

/// Cuts lines up to an empty one off the front of `bytes` and keeps them in `kept`. Gives how many bytes were taken, and whether
/// the empty line was among them.
pub(super) fn take_lines(kept: &mut Vec<u8>, bytes: &[u8]) -> (usize, bool) {
    let mut taken = 0;
    while let Some(end) = memchr::memchr(b'\n', &bytes[taken..]) {
        kept.extend_from_slice(&bytes[taken..=taken + end]);
        taken += end + 1;
        if kept.ends_with(b"\n\r\n") || kept.ends_with(b"\n\n") || matches!(&kept[..], b"\r\n" | b"\n") {
            return (taken, true);
        }
    }
    kept.extend_from_slice(&bytes[taken..]);
    (bytes.len(), false)
}

/// The head of a response, and what follows it.
pub(super) struct ResponseHead {
    pub(super) message: Response<()>,
    /// Where the body begins.
    pub(super) body: Part,
}

/// Takes the head of a response apart. `to_head` says that the request's method was HEAD.
///
/// # Errors
/// When it is none.
pub(super) fn response(lines: &[u8], to_head: bool) -> io::Result<ResponseHead> {
    let (first, fields) = split_line(lines);
    let status = first
        .split(|octet| *octet == b' ')
        .nth(1)
        .and_then(|status| StatusCode::from_bytes(status).ok())
        .ok_or_else(malformed)?;
    let (headers, hop) = head_fields_of(fields);
    let has_body = !to_head && !status.is_informational() && status != 204 && status != 304;
    let body = match framing(&headers, &hop) {
        _ if !has_body => Part::Done,
        Some(framed) => framed,
        None => Part::UntilEnd,
    };
    let mut message = Response::new(());
    *message.status_mut() = status;
    *message.headers_mut() = headers;
    Ok(ResponseHead { message, body })
}

/// The head of a request, and what follows it.
pub(super) struct RequestHead {
    pub(super) message: Request<()>,
    /// Where the body begins.
    pub(super) body: Part,
    /// The key that came with a WebSocket's upgrade.
    pub(super) websocket_key: Option<Box<[u8]>>,
}

/// Takes the head of a request apart. An upgrade to a WebSocket becomes what HTTP/2 has in its place (RFC 8441).
///
/// # Errors
/// When it is none.
pub(super) fn request(lines: &[u8]) -> io::Result<RequestHead> {
    let (first, fields) = split_line(lines);
    let mut words = first.split(|octet| *octet == b' ');
    let method = Method::from_bytes(words.next().unwrap_or_default()).map_err(|_| malformed())?;
    let target = words.next().ok_or_else(malformed)?;
    let (mut headers, hop) = head_fields_of(fields);
    let websocket = hop
        .upgrade
        .as_ref()
        .is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"));
    let is_tunnel = websocket || method == Method::CONNECT;
    let body = if is_tunnel {
        Part::UntilEnd
    } else {
        framing(&headers, &hop).unwrap_or(Part::Done)
    };
    let host = headers.remove(HOST);
    let mut version = Version::HTTP_2;
    let uri = match host {
        Some(host) if method != Method::CONNECT && matches!(target.first(), Some(b'/' | b'*')) => {
            let mut parts = Parts::default();
            // The original's, whatever the client came over.
            parts.scheme = Some(Scheme::HTTPS);
            parts.authority = Some(Authority::try_from(host.as_bytes()).map_err(|_| malformed())?);
            parts.path_and_query = Some(PathAndQuery::try_from(target).map_err(|_| malformed())?);
            Uri::from_parts(parts).map_err(|_| malformed())?
        }
        _ => {
            let uri = Uri::try_from(target).map_err(|_| malformed())?;
            if uri.scheme().is_none() {
                // The library wants to know that it is meant.
                version = Version::HTTP_11;
            }
            uri
        }
    };
    let mut message = Request::new(());
    let mut websocket_key = None;
    if websocket {
        websocket_key = headers
            .remove("sec-websocket-key")
            .map(|key| key.as_bytes().into());
        message
            .extensions_mut()
            .insert(Protocol::from_static("websocket"));
    }
    *message.method_mut() = if websocket { Method::CONNECT } else { method };
    *message.uri_mut() = uri;
    *message.headers_mut() = headers;
    *message.version_mut() = version;
    Ok(RequestHead {
        message,
        body,
        websocket_key,
    })
}

/// How a body is framed by its head; none where nothing says it.
fn framing(headers: &HeaderMap, hop: &HopFields) -> Option<Part> {
    if hop.transfer_encoding {
        return Some(Part::Size(0));
    }
    let length = headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()?;
    Some(if length == 0 {
        Part::Done
    } else {
        Part::Length(length)
    })
}

/// What the fields about a connection of HTTP/1 say, which HTTP/2 has no place for.
#[derive(Default)]
struct HopFields {
    transfer_encoding: bool,
    /// The first one.
    upgrade: Option<HeaderValue>,
}

impl HopFields {
    /// Takes a field that is one of them, and gives back another.
    fn take(&mut self, name: HeaderName, value: HeaderValue) -> Option<(HeaderName, HeaderValue)> {
        if name == TRANSFER_ENCODING {
            self.transfer_encoding = true;
        } else if name == UPGRADE {
            self.upgrade.get_or_insert(value);
        } else if name != CONNECTION && name != "keep-alive" && name != "proxy-connection" {
            return Some((name, value));
        }
        None
    }
}

/// The fields of a head without those that are about a connection of HTTP/1, and what these say.
fn head_fields_of(lines: &[u8]) -> (HeaderMap, HopFields) {
    let mut hop = HopFields::default();
    let mut fields = HeaderMap::with_capacity(8);
    for_each_field(lines, |name, value| {
        if let Some((name, value)) = hop.take(name, value) {
            fields.append(name, value);
        }
    });
    (fields, hop)
}

/// The fields of lines up to an empty one.
pub(super) fn fields_of(lines: &[u8]) -> HeaderMap {
    let mut fields = HeaderMap::new();
    for_each_field(lines, |name, value| {
        fields.append(name, value);
    });
    fields
}

/// Hands over the fields of lines up to an empty one. One whose name or value HTTP/2 cannot carry is left out.
fn for_each_field(lines: &[u8], mut field: impl FnMut(HeaderName, HeaderValue)) {
    // All values share one piece of memory.
    let shared = Bytes::copy_from_slice(lines);
    let mut rest: &[u8] = &shared;
    while !rest.is_empty() {
        let (line, behind) = split_line(rest);
        rest = behind;
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let value = shared.slice_ref(line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(&line[..colon]),
            HeaderValue::from_maybe_shared(value),
        ) {
            field(name, value);
        }
    }
}

/// The first line without its end, and what is behind it.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', bytes) {
        Some(end) => (bytes[..end].trim_ascii_end(), &bytes[end + 1..]),
        None => (bytes, &[]),
    }
}

/// Reads a line of a chunk's size as far as it is there: `size` is what was read of it before. Gives how many bytes were taken,
/// and what comes next.
///
/// # Errors
/// When it is none.
pub(super) fn chunk_size(mut size: u64, bytes: &[u8]) -> io::Result<(usize, Part)> {
    for (at, octet) in bytes.iter().enumerate() {
        match octet {
            b'\n' => return Ok((at + 1, behind_size(size))),
            b'\r' | b';' | b' ' | b'\t' => return Ok((at + 1, Part::Extension(size))),
            digit => {
                let digit = char::from(*digit).to_digit(16).ok_or_else(malformed)?;
                size = size.checked_mul(16).ok_or_else(malformed)? | u64::from(digit);
            }
        }
    }
    Ok((bytes.len(), Part::Size(size)))
}

/// What follows the line of a chunk of `size` bytes: the last has none.
pub(super) fn behind_size(size: u64) -> Part {
    match size {
        0 => Part::Trailers(Vec::new()),
        size => Part::Chunk(size),
    }
}

fn malformed() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_until_the_empty_one_however_they_come() {
        let whole = b"HTTP/1.1 200 OK\r\na: b\r\n\r\nbody";
        for cut in 0..whole.len() - 4 {
            let mut kept = Vec::new();
            assert_eq!(lines_end(&whole[..cut]), None, "{cut}");
            let (taken, done) = take_lines(&mut kept, &whole[..cut]);
            assert_eq!((taken, done), (cut, false), "{cut}");
            let (taken, done) = take_lines(&mut kept, &whole[cut..]);
            assert!(done, "{cut}");
            assert_eq!(&whole[cut + taken..], b"body", "{cut}");
            assert_eq!(kept, whole[..whole.len() - 4]);
        }
        assert_eq!(lines_end(whole), Some(whole.len() - 4));
        assert_eq!(lines_end(b"\r\nbody"), Some(2));
        assert_eq!(lines_end(b"a\n\nbody"), Some(3));
    }

    #[test]
    fn fields_of_the_connection_stay_behind() {
        let lines = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nX-A: b \r\n\r\n";
        let head = response(lines, false).unwrap();
        assert_eq!(head.message.headers().len(), 1);
        assert_eq!(head.message.headers()["x-a"], "b");
        assert!(matches!(head.body, Part::Size(0)));
    }

    #[test]
    fn a_request_names_its_host_as_its_authority() {
        let head = request(b"POST /a?b HTTP/1.1\r\nHost: x:81\r\nContent-Length: 3\r\n\r\n").unwrap();
        assert_eq!(head.message.uri(), "https://x:81/a?b");
        assert_eq!(head.message.headers().len(), 1);
        assert!(matches!(head.body, Part::Length(3)));
        let head = request(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        assert_eq!(head.message.uri().path(), "*");
        assert!(matches!(head.body, Part::Done));
    }

    #[test]
    fn a_websocket_becomes_a_connect() {
        let lines = b"GET /chat HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
                      sec-websocket-key: a\r\nsec-websocket-version: 13\r\n\r\n";
        let head = request(lines).unwrap();
        assert_eq!(head.message.method(), Method::CONNECT);
        assert_eq!(
            head.message.extensions().get::<Protocol>().unwrap().as_str(),
            "websocket"
        );
        assert_eq!(head.message.headers().len(), 1);
        assert!(matches!(head.body, Part::UntilEnd));
    }

    #[test]
    fn a_size_may_come_in_parts() {
        assert!(matches!(chunk_size(0, b"1a").unwrap(), (2, Part::Size(0x1a))));
        assert!(matches!(
            chunk_size(0x1a, b"f\nx").unwrap(),
            (2, Part::Chunk(0x1af))
        ));
        assert!(matches!(
            chunk_size(0, b"3;x=y\r\nabc").unwrap(),
            (2, Part::Extension(3))
        ));
        assert!(matches!(chunk_size(0, b"0\n").unwrap(), (2, Part::Trailers(_))));
        assert!(chunk_size(0, b"x").is_err());
    }
}
