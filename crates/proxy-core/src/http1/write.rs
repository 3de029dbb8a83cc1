//! Heads as they are sent on: names in lower case (as the original's), the connection's own headers replaced.

use super::head::{HeadBytes, connection_tokens, first_token, is_about_keeping};
use super::{Header, Headers, KnownHeader, RequestRef, ResponseRef, Slice, Version};

/// What the next hop is told about the connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ConnectionHeader {
    /// Nothing: what the version implies is what is wanted.
    #[default]
    Implied,
    /// `connection: close`.
    Close,
    /// `connection: keep-alive`.
    KeepAlive,
}

/// Appends a request's head to `out`. `drop_length` leaves `Content-Length` out: the body is chunked.
pub fn write_request(
    out: &mut Vec<u8>,
    request: RequestRef<'_>,
    connection: ConnectionHeader,
    drop_length: bool,
) {
    out.extend_from_slice(request.method());
    out.push(b' ');
    out.extend_from_slice(match request.version() {
        Version::Http2 => origin_form(request.method(), request.uri()),
        Version::Http10 | Version::Http11 => request.uri(),
    });
    match (request.head.protocol.of(request.buf), request.version()) {
        (&[], Version::Http10) => out.extend_from_slice(b" HTTP/1.0\r\n"),
        (&[], Version::Http11 | Version::Http2) => out.extend_from_slice(b" HTTP/1.1\r\n"),
        (protocol, _) => out.extend_from_slice(&[b" ", protocol, b"\r\n"].concat()),
    }
    let framing = if drop_length {
        FramingHeaders::Coding
    } else {
        FramingHeaders::All
    };
    write_headers(out, request.headers(), connection, framing);
}

/// The target as HTTP/1 has it: that of a request of HTTP/2 is put together of its scheme, its authority and its path.
fn origin_form<'a>(method: &[u8], uri: &'a [u8]) -> &'a [u8] {
    let Some(scheme) = memchr::memmem::find(uri, b"://").filter(|_| !uri.starts_with(b"/")) else {
        return uri;
    };
    let authority = &uri[scheme + 3..];
    match memchr::memchr2(b'/', b'?', authority) {
        Some(path) => &authority[path..],
        None if method == b"OPTIONS" => b"*",
        None => b"/",
    }
}

/// Appends a response's head to `out`; `drop_length` as for a request. One that can have no body (1xx, 204) goes without a word
/// about its length or coding.
pub fn write_response(
    out: &mut Vec<u8>,
    response: ResponseRef<'_>,
    connection: ConnectionHeader,
    drop_length: bool,
) {
    match (response.head.protocol.of(response.buf), response.head.version) {
        (&[], Version::Http10) => out.extend_from_slice(b"HTTP/1.0 "),
        (&[], Version::Http11 | Version::Http2) => out.extend_from_slice(b"HTTP/1.1 "),
        (protocol, _) => out.extend_from_slice(&[protocol, b" "].concat()),
    }
    let status = response.head.status;
    out.extend_from_slice(&[
        b'0' + (status / 100) as u8,
        b'0' + (status / 10 % 10) as u8,
        b'0' + (status % 10) as u8,
        b' ',
    ]);
    out.extend_from_slice(response.reason());
    out.extend_from_slice(b"\r\n");
    let framing = match (status < 200 || status == 204, drop_length) {
        (true, _) => FramingHeaders::None,
        (false, true) => FramingHeaders::Coding,
        (false, false) => FramingHeaders::All,
    };
    write_headers(out, response.headers(), connection, framing);
}

/// Which of the headers that tell a body's end go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FramingHeaders {
    /// Those that came.
    All,
    /// `Transfer-Encoding` alone.
    Coding,
    /// Neither.
    None,
}

fn write_headers(
    out: &mut Vec<u8>,
    headers: Headers<'_>,
    connection: ConnectionHeader,
    framing: FramingHeaders,
) {
    let mut drop_length = framing != FramingHeaders::All;
    let bytes = headers.bytes();
    let mut rest = headers.index();
    while let Some(header) = rest.first() {
        // Nearly all lines go on as they stand, one behind the other.
        let run = plain_run(rest, bytes, &mut drop_length);
        if !run.is_empty() {
            write_run(out, bytes, run);
            rest = &rest[run.len()..];
            continue;
        }
        rest = &rest[1..];
        let mut value = bytes.get(header.value);
        match header.known {
            KnownHeader::Connection => {
                if !is_about_keeping(value) {
                    write_other_tokens(out, value);
                }
                continue;
            }
            KnownHeader::ContentLength => {
                if drop_length {
                    continue;
                }
                // Equal ones were accepted; one goes on, once.
                drop_length = true;
                value = first_token(value);
            }
            KnownHeader::TransferEncoding if framing == FramingHeaders::None => continue,
            _ => {}
        }
        write_line(out, bytes.get(header.name), value);
    }
    out.extend_from_slice(match connection {
        ConnectionHeader::Implied => b"\r\n",
        ConnectionHeader::Close => b"connection: close\r\n\r\n",
        ConnectionHeader::KeepAlive => b"connection: keep-alive\r\n\r\n",
    });
}

/// The headers from the first on whose lines are to be copied as one piece: those that stand as they are written, one behind the
/// other in one buffer, up to the first of which it has to be asked how much of it goes on. `drop_length` is set by a length among them: no
/// other one goes on.
fn plain_run<'h>(index: &'h [Header], bytes: HeadBytes<'_>, drop_length: &mut bool) -> &'h [Header] {
    let mut end = index.first().map_or(0, |header| header.name.start);
    let mut len = 0;
    for header in index {
        let Some(line_end) = header.line_as_it_stands() else {
            break;
        };
        if header.name.start != end {
            break;
        }
        match header.known {
            KnownHeader::Connection | KnownHeader::TransferEncoding => break,
            KnownHeader::ContentLength => {
                if *drop_length || bytes.get(header.value).contains(&b',') {
                    break;
                }
                *drop_length = true;
            }
            _ => {}
        }
        end = line_end;
        len += 1;
    }
    &index[..len]
}

/// Appends the lines of a run of plain headers.
fn write_run(out: &mut Vec<u8>, bytes: HeadBytes<'_>, run: &[Header]) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return;
    };
    let start = first.name.start;
    let before = out.len();
    out.extend_from_slice(bytes.get(Slice {
        start,
        len: last.plain_end - start,
    }));
    let lines = &mut out[before..];
    for header in run {
        let at = (header.name.start - start) as usize;
        lower(&mut lines[at..at + header.name.len as usize]);
    }
}

/// A `Connection` header keeps the tokens that are not about keeping the connection.
fn write_other_tokens(out: &mut Vec<u8>, value: &[u8]) {
    let mut first = true;
    for token in connection_tokens(value) {
        out.extend_from_slice(if first { b"connection: " } else { b", " });
        out.extend_from_slice(token);
        first = false;
    }
    if !first {
        out.extend_from_slice(b"\r\n");
    }
}

fn write_line(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    let start = out.len();
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(name);
    lower(&mut out[start..]);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Makes letters lower, some bytes at a time: names are too short for what is made for long texts. Of two parts that overlap the
/// bytes in both stay as they are once they are lower.
fn lower(name: &mut [u8]) {
    match name.len() {
        0..4 => name.make_ascii_lowercase(),
        4..8 => {
            let four = |part: &mut [u8; 4]| {
                *part = (lower_eight(u64::from(u32::from_ne_bytes(*part))) as u32).to_ne_bytes();
            };
            name.first_chunk_mut().into_iter().for_each(four);
            name.last_chunk_mut().into_iter().for_each(four);
        }
        _ => {
            let eight = |part: &mut [u8; 8]| *part = lower_eight(u64::from_ne_bytes(*part)).to_ne_bytes();
            name.last_chunk_mut().into_iter().for_each(eight);
            let (parts, _) = name.as_chunks_mut::<8>();
            parts.iter_mut().for_each(eight);
        }
    }
}

/// Sets the bit of case in those bytes of a word that are capital letters.
fn lower_eight(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let low = word & (ONES * 0x7f);
    // The high bit of each byte tells whether it is at least 'A', and whether it is beyond 'Z'.
    let from_a = low + ONES * (0x80 - b'A' as u64);
    let beyond_z = low + ONES * (0x7f - b'Z' as u64);
    let capital = (from_a ^ beyond_z) & !word & (ONES * 0x80);
    word | capital >> 2
}

#[cfg(test)]
mod tests {
    use super::super::{HeadersMut, RequestHead, parse_request};
    use super::*;

    fn sent(text: &[u8], edit: impl FnOnce(&mut HeadersMut<'_>), connection: ConnectionHeader) -> String {
        let mut head = RequestHead::default();
        assert!(parse_request(text, &mut head, 101).unwrap());
        edit(&mut head.edit(text, 1000));
        let mut out = Vec::new();
        write_request(
            &mut out,
            RequestRef {
                buf: text,
                head: &head,
            },
            connection,
            false,
        );
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_lowered_and_values_kept() {
        let out = sent(
            b"GET / HTTP/1.1\r\nX-Yz:  AbC \r\n\r\n",
            |_| {},
            ConnectionHeader::Implied,
        );
        assert_eq!(out, "GET / HTTP/1.1\r\nx-yz: AbC\r\n\r\n");
    }

    #[test]
    fn lowering_changes_capital_letters_alone() {
        let all: Vec<u8> = (0..=255).collect();
        for len in 0..40 {
            for start in 0..all.len() - len {
                let mut ours = all[start..start + len].to_vec();
                lower(&mut ours);
                assert_eq!(ours, all[start..start + len].to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn connection_keeps_only_what_is_not_about_keeping() {
        let out = sent(
            b"GET / HTTP/1.1\r\nConnection: close, Upgrade\r\nConnection: keep-alive\r\n\r\n",
            |_| {},
            ConnectionHeader::Close,
        );
        assert_eq!(
            out,
            "GET / HTTP/1.1\r\nconnection: Upgrade\r\nconnection: close\r\n\r\n"
        );
    }

    #[test]
    fn edits_are_applied() {
        let out = sent(
            b"GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n",
            |edits| {
                edits.remove(b"a");
                edits.replace(1, &[b"x", b"y"]).unwrap();
                edits.add(b"D", &[b"4"]).unwrap();
            },
            ConnectionHeader::Implied,
        );
        assert_eq!(out, "GET / HTTP/1.1\r\nb: 2\r\nc: xy\r\nd: 4\r\n\r\n");
    }
}
