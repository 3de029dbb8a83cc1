//! A response as HTTP/1 writes it, taken apart for a stream: its head becomes fields, its body data, its trailers fields.

use std::io;

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderName, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

/// Where in a response what comes next belongs.
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

/// A head, and what follows it.
pub(super) struct Head {
    pub(super) response: Response<()>,
    /// Where the body begins.
    pub(super) body: Part,
}

/// Takes a head apart. `to_head` says that the request's method was HEAD.
///
/// # Errors
/// When it is none.
pub(super) fn head(lines: &[u8], to_head: bool) -> io::Result<Head> {
    let (first, fields) = split_line(lines);
    let status = first
        .split(|octet| *octet == b' ')
        .nth(1)
        .and_then(|status| StatusCode::from_bytes(status).ok())
        .ok_or_else(malformed)?;
    let headers = fields_of(fields);
    let is_chunked = headers.contains_key(TRANSFER_ENCODING);
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let has_body = !to_head && !status.is_informational() && status != 204 && status != 304;
    let body = match (has_body, is_chunked, length) {
        (false, ..) | (true, false, Some(0)) => Part::Done,
        (true, true, _) => Part::Size(0),
        (true, false, Some(length)) => Part::Length(length),
        (true, false, None) => Part::UntilEnd,
    };
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    for of_the_connection in [TRANSFER_ENCODING, CONNECTION, UPGRADE] {
        response.headers_mut().remove(of_the_connection);
    }
    for of_the_connection in ["keep-alive", "proxy-connection"] {
        response.headers_mut().remove(of_the_connection);
    }
    Ok(Head { response, body })
}

/// The fields of lines up to an empty one. One whose name or value HTTP/2 cannot carry is left out.
pub(super) fn fields_of(mut lines: &[u8]) -> HeaderMap {
    let mut fields = HeaderMap::with_capacity(8);
    while !lines.is_empty() {
        let (line, rest) = split_line(lines);
        lines = rest;
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(&line[..colon]),
            HeaderValue::from_bytes(line[colon + 1..].trim_ascii()),
        ) {
            fields.append(name, value);
        }
    }
    fields
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
            let (taken, done) = take_lines(&mut kept, &whole[..cut]);
            assert_eq!((taken, done), (cut, false), "{cut}");
            let (taken, done) = take_lines(&mut kept, &whole[cut..]);
            assert!(done, "{cut}");
            assert_eq!(&whole[cut + taken..], b"body", "{cut}");
            assert_eq!(kept, whole[..whole.len() - 4]);
        }
    }

    #[test]
    fn fields_of_the_connection_stay_behind() {
        let lines = b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nX-A: b \r\n\r\n";
        let head = head(lines, false).unwrap();
        assert_eq!(head.response.headers().len(), 1);
        assert_eq!(head.response.headers()["x-a"], "b");
        assert!(matches!(head.body, Part::Size(0)));
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
