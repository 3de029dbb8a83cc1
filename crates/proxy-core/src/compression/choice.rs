//! Which algorithm a request asks for.

use haproxy_cfg::model::{Compression, CompressionAlgorithm};

use crate::http1::{RequestRef, Version};

/// The algorithm for the answer to `request` among those of `settings`, the backend's before the frontend's: the one that the
/// client prefers, of equals the one that it names first, and `identity` where it knows none of them. None where the answer
/// is to be left alone.
#[must_use]
pub fn choose(settings: &[Option<&Compression>], request: RequestRef<'_>) -> Option<CompressionAlgorithm> {
    let with_algorithms = settings
        .iter()
        .flatten()
        .find(|settings| !settings.algorithms.is_empty())?;
    if request.head.version == Version::Http10 || has_trouble(request) {
        return None;
    }
    let mut best: Option<(u32, CompressionAlgorithm)> = None;
    for value in request.headers().get(b"accept-encoding") {
        for (coding, quality) in codings(value) {
            let known = with_algorithms.algorithms.iter().rev().find(|algorithm| {
                algorithm
                    .coding()
                    .is_some_and(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
            });
            if let Some(known) = known
                && quality > best.map_or(0, |(quality, _)| quality)
            {
                best = Some((quality, *known));
            }
        }
    }
    let identity = CompressionAlgorithm::Identity;
    best.map(|(_, algorithm)| algorithm)
        .or_else(|| with_algorithms.algorithms.contains(&identity).then_some(identity))
}

/// Names and qualities of a list, in thousandths.
fn codings(value: &[u8]) -> impl Iterator<Item = (&[u8], u32)> {
    value.split(|byte| *byte == b',').map(|entry| {
        let mut parts = entry.split(|byte| *byte == b';');
        let name = parts.next().unwrap_or_default().trim_ascii();
        let quality = parts
            .filter_map(|part| {
                let part = part.trim_ascii();
                part.strip_prefix(b"q=").or_else(|| part.strip_prefix(b"Q="))
            })
            .next();
        (name, quality.map_or(1000, thousandths))
    })
}

/// `0.5` is 500.
fn thousandths(text: &[u8]) -> u32 {
    let (whole, behind) = match text.iter().position(|byte| *byte == b'.') {
        Some(dot) => (&text[..dot], &text[dot + 1..]),
        None => (text, &[][..]),
    };
    let digit = |byte: Option<&u8>| {
        byte.filter(|byte| byte.is_ascii_digit())
            .map_or(0, |b| u32::from(b - b'0'))
    };
    let behind = digit(behind.first()) * 100 + digit(behind.get(1)) * 10 + digit(behind.get(2));
    (digit(whole.first()) * 1000 + behind).min(1000)
}

/// Clients that say they can and cannot: those of the fourth generation, but for Internet Explorer 6 with its second service
/// pack and what came behind it.
fn has_trouble(request: RequestRef<'_>) -> bool {
    let Some(agent) = request.headers().get(b"user-agent").next() else {
        return false;
    };
    if !agent.starts_with(b"Mozilla/4") {
        return false;
    }
    let Some(at) = memchr::memmem::find(agent, b"MSIE ") else {
        return true;
    };
    match agent.get(at + 5) {
        Some(b'7'..=b'9' | b'1') => false,
        Some(b'6') => memchr::memmem::find(agent, b"SV1").is_none(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_are_thousandths() {
        for (text, value) in [
            ("1", 1000),
            ("0", 0),
            ("0.5", 500),
            ("0.05", 50),
            ("0.123", 123),
            ("", 0),
        ] {
            assert_eq!(thousandths(text.as_bytes()), value, "{text}");
        }
        let all: Vec<_> = codings(b"gzip;q=0, deflate ; q=0.5,br").collect();
        assert_eq!(all, [(&b"gzip"[..], 0), (b"deflate", 500), (b"br", 1000)]);
    }
}
