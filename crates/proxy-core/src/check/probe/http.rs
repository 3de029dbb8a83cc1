//! `option httpchk`: the request, and how much of an answer is one. Stricter readers of HTTP/1 exist; this one takes what the
//! original takes of a server that is asked for its health.

use crate::http1::{ChunkReader, HeadRules, chunk_data};

/// Trailers of an answer to a check.
const MOST_TRAILERS: usize = 100;

/// The request as it is sent: names of headers in lower case, values without the blanks in front, and the headers that frame it
/// made new.
pub(super) fn request(
    method: &[u8],
    uri: &[u8],
    version: &[u8],
    headers: &[Vec<u8>],
    body: &[u8],
) -> Vec<u8> {
    // Any later version is spoken as HTTP/1.1, and a word that is no version is sent as it is.
    let modern = version.len() == 8
        && version.starts_with(b"HTTP/")
        && version[6] == b'.'
        && version[5].is_ascii_digit()
        && version[7].is_ascii_digit()
        && (version[5], version[7]) >= (b'1', b'1');
    let mut out = [
        method,
        b" ",
        uri,
        b" ",
        if modern { b"HTTP/1.1" } else { version },
        b"\r\n",
    ]
    .concat();
    let mut keep_alive = None;
    for line in headers {
        let colon = line.iter().position(|b| *b == b':').unwrap_or(line.len());
        let name = line[..colon].to_ascii_lowercase();
        let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
        if name == b"connection" {
            keep_alive = Some(value.eq_ignore_ascii_case(b"keep-alive"));
            continue;
        }
        out.extend_from_slice(&name);
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    if !body.is_empty() || !matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"DELETE") {
        out.extend_from_slice(format!("content-length: {}\r\n", body.len()).as_bytes());
    }
    match (modern, keep_alive) {
        (true, None | Some(false)) => out.extend_from_slice(b"connection: close\r\n"),
        (false, Some(true)) => out.extend_from_slice(b"connection: keep-alive\r\n"),
        (true, Some(true)) | (false, None | Some(false)) => {}
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

/// Names and values of a head.
pub(super) type HeadLines<'a> = Vec<(&'a [u8], &'a [u8])>;

/// The lines of a head that is whole, but for the first, and what stands behind it.
pub(super) fn lines_of_head(bytes: &[u8]) -> (HeadLines<'_>, &[u8]) {
    let mut lines = Lines(bytes);
    let mut headers = Vec::new();
    lines.next();
    for line in &mut lines {
        if line.is_empty() {
            break;
        }
        let colon = line.iter().position(|b| *b == b':').unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default();
        headers.push((&line[..colon], value.trim_ascii()));
    }
    (headers, lines.0)
}

/// A body out of its chunks, as far as it has come, and whether that is all of it.
pub(super) fn body<'a>(headers: &[(&[u8], &[u8])], bytes: &'a [u8]) -> (std::borrow::Cow<'a, [u8]>, bool) {
    let get = |wanted: &[u8]| headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    if get(b"transfer-encoding").is_some_and(|(_, value)| value.to_ascii_lowercase().ends_with(b"chunked")) {
        let mut reader = ChunkReader::new(&HeadRules::strict(MOST_TRAILERS));
        let mut kept = bytes.to_vec();
        return match reader.follow(&mut kept, None) {
            Ok(followed) => (chunk_data(&kept[..followed.kept]).into(), reader.is_done()),
            Err(_) => (Vec::new().into(), true),
        };
    }
    let length =
        get(b"content-length").and_then(|(_, value)| std::str::from_utf8(value).ok()?.parse::<usize>().ok());
    match length {
        Some(length) => (bytes[..length.min(bytes.len())].into(), bytes.len() >= length),
        None => (bytes.into(), false),
    }
}

/// These bytes begin no HTTP/1 response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoAnswer;

/// Code and reason of a head that is whole; none while it may still become whole.
pub(super) fn head(bytes: &[u8]) -> Result<Option<(u16, &[u8])>, NoAnswer> {
    let mut lines = Lines(bytes);
    let Some(line) = lines.next() else {
        return if may_begin_status_line(bytes) {
            Ok(None)
        } else {
            Err(NoAnswer)
        };
    };
    let status = status_line(line)?;
    let mut chunked = false;
    while let Some(line) = lines.next() {
        if line.is_empty() {
            let body = lines.0;
            if chunked && body.first().is_some_and(|b| !b.is_ascii_hexdigit()) {
                return Err(NoAnswer);
            }
            return Ok(Some(status));
        }
        let colon = line.iter().position(|b| *b == b':').ok_or(NoAnswer)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.is_empty() || !name.iter().all(|b| is_token(*b)) {
            return Err(NoAnswer);
        }
        if name.eq_ignore_ascii_case(b"content-length")
            && (value.is_empty() || !value.iter().all(u8::is_ascii_digit))
        {
            return Err(NoAnswer);
        }
        chunked |= name.eq_ignore_ascii_case(b"transfer-encoding") && value.eq_ignore_ascii_case(b"chunked");
    }
    Ok(None)
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn may_begin_status_line(bytes: &[u8]) -> bool {
    const START: &[u8] = b"HTTP/";
    let n = bytes.len().min(START.len());
    bytes[..n] == START[..n]
}

/// `HTTP/D.D CODE [REASON]`, where the code is any number.
fn status_line(line: &[u8]) -> Result<(u16, &[u8]), NoAnswer> {
    let [b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b' ', rest @ ..] = line else {
        return Err(NoAnswer);
    };
    if !major.is_ascii_digit() || !minor.is_ascii_digit() {
        return Err(NoAnswer);
    }
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (code, reason) = rest.split_at(digits);
    if code.is_empty() || reason.first().is_some_and(|b| *b != b' ') {
        return Err(NoAnswer);
    }
    let code = code.iter().fold(0_u16, |n, b| {
        n.saturating_mul(10).saturating_add(u16::from(b - b'0'))
    });
    Ok((code, reason.trim_ascii_start()))
}

/// Whole lines, each without its end; what is left of the bytes behind them.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let end = self.0.iter().position(|b| *b == b'\n')?;
        let line = &self.0[..end];
        self.0 = &self.0[end + 1..];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}
