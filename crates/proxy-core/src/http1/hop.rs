//! Headers of a request that concern this hop and do not go on as they came: a `Host` given twice, and what `TE` accepts beside
//! trailers.

use super::{KnownHeader, RequestHead, Slice};

/// Leaves one of several equal `Host` headers, and of `TE` the word `trailers` alone: nobody behind may be told that other
/// codings are undone here.
pub fn settle_hop_headers(buf: &[u8], head: &mut RequestHead) {
    let mut host_seen = false;
    head.headers.retain_mut(|header| match header.known {
        KnownHeader::Host => !std::mem::replace(&mut host_seen, true),
        KnownHeader::Te => {
            let trailers = word(header.value, buf, b"trailers");
            header.value = trailers.unwrap_or_default();
            trailers.is_some()
        }
        _ => true,
    });
}

/// Where `wanted` stands among the comma-separated words of a value.
fn word(value: Slice, buf: &[u8], wanted: &[u8]) -> Option<Slice> {
    let mut start = value.start as usize;
    for part in value.of(buf).split(|&octet| octet == b',') {
        let blanks = part
            .iter()
            .take_while(|octet| matches!(octet, b' ' | b'\t'))
            .count();
        if part.trim_ascii() == wanted {
            return Some(Slice {
                start: (start + blanks) as u32,
                len: wanted.len() as u32,
            });
        }
        start += part.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{RequestRef, parse_request};
    use super::*;

    fn settled(headers: &str) -> Vec<String> {
        let text = format!("GET / HTTP/1.1\r\n{headers}\r\n").into_bytes();
        let mut head = RequestHead::default();
        assert!(parse_request(&text, &mut head, 101).unwrap());
        settle_hop_headers(&text, &mut head);
        let request = RequestRef {
            buf: &text,
            head: &head,
        };
        let line = |(name, value): (&[u8], &[u8])| {
            format!(
                "{}: {}",
                String::from_utf8_lossy(name),
                String::from_utf8_lossy(value)
            )
        };
        request.headers().iter().map(line).collect()
    }

    #[test]
    fn trailers_alone_are_accepted() {
        assert_eq!(settled("TE: gzip,  trailers ;q=1\r\n"), [""; 0]);
        assert_eq!(
            settled("TE: gzip ,\t trailers \r\nA: b\r\n"),
            ["TE: trailers", "A: b"]
        );
        assert_eq!(settled("TE:\r\n"), [""; 0]);
    }

    #[test]
    fn one_host_goes_on() {
        assert_eq!(settled("Host: a\r\nX: y\r\nHost: A\r\n"), ["Host: a", "X: y"]);
    }
}
