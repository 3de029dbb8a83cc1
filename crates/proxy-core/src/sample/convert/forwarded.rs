//! Converters of the Forwarded header and its parts (RFC 7239). 2.6 has none of them: they follow the newer manual, and the RFC
//! where it is silent.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Row, of_text, row, with};
use crate::sample::{Sample, text};

pub(super) const ROWS: &[Row] = &[
    row(&["rfc7239_is_valid"], |_, _| {
        of_text(|_, value| Some(Sample::Bool(elements(value).is_some())))
    }),
    // Of several elements the first that says it counts.
    row(&["rfc7239_field"], |_, converter| {
        let name = converter.text(0).cloned().unwrap_or_default();
        of_text(move |context, value| {
            elements(value)?;
            let found = pairs(value).find(|(known, _)| known.eq_ignore_ascii_case(&name))?;
            let mut out = context.arena.bytes(found.1.len());
            unquote(found.1, &mut |byte| out.push(byte))?;
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    row(&["rfc7239_n2nn"], |_, _| {
        of_text(|_, node| {
            Some(match Node::of(node)?.name {
                Name::Address(address) => Sample::Ip(address),
                Name::Word(word) => Sample::Str(word),
            })
        })
    }),
    row(&["rfc7239_n2np"], |_, _| {
        of_text(|_, node| {
            let port = Node::of(node)?.port?;
            Some(match std::str::from_utf8(port).ok()?.parse() {
                Ok(number) => Sample::Int(number),
                Err(_) => Sample::Str(port),
            })
        })
    }),
    row(&["rfc7239_nn"], |_, _| {
        with(|context, sample| {
            Some(Sample::Str(match sample {
                Sample::Ip(IpAddr::V4(address)) => context.arena.text(address),
                Sample::Ip(IpAddr::V6(_)) => {
                    let address = text(sample, context.arena);
                    context.arena.join(&[b"[", address, b"]"])
                }
                Sample::Str(b"") => b"unknown",
                _ => match text(sample, context.arena).split(|&byte| byte == 0).next() {
                    // The original's strings end there.
                    None | Some(b"") => b"unknown",
                    Some(name) => hidden(context.arena.join(&[b"_", name]))?,
                },
            }))
        })
    }),
    row(&["rfc7239_np"], |_, _| {
        with(|context, sample| {
            Some(Sample::Str(match sample {
                // Its 32 bits, whether they can be a port or not.
                Sample::Int(port) => context.arena.text(port as u32),
                _ => hidden(context.arena.join(&[b"_", text(sample, context.arena)]))?,
            }))
        })
    }),
];

/// Parts of a value between separators that stand outside of quotes.
fn split(value: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped) = (false, false);
        let end = text.iter().position(|&byte| {
            let ends = byte == separator && !quoted;
            quoted ^= byte == b'"' && !escaped;
            escaped = byte == b'\\' && quoted && !escaped;
            ends
        });
        rest = end.map(|end| &text[end + 1..]);
        Some(&text[..end.unwrap_or(text.len())])
    })
}

/// All `name=value` of a value that is valid.
fn pairs(value: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let elements = split(value, b',').map(<[u8]>::trim_ascii);
    elements
        .flat_map(|element| split(element, b';'))
        .filter_map(|pair| {
            let equals = memchr::memchr(b'=', pair)?;
            Some((&pair[..equals], &pair[equals + 1..]))
        })
}

/// Whether a value is right as a whole: elements with commas between them, each of pairs of which none stands twice.
fn elements(value: &[u8]) -> Option<()> {
    for element in split(value, b',').map(<[u8]>::trim_ascii) {
        let mut seen = [false; 4];
        for pair in split(element, b';') {
            let equals = memchr::memchr(b'=', pair)?;
            let (name, value) = (&pair[..equals], &pair[equals + 1..]);
            let mut plain = smallvec::SmallVec::<[u8; 64]>::new();
            unquote(value, &mut |byte| plain.push(byte))?;
            let known = [&b"proto"[..], b"host", b"for", b"by"];
            let Some(index) = known.iter().position(|known| name.eq_ignore_ascii_case(known)) else {
                if !name.is_empty() && name.iter().all(is_token) {
                    continue;
                }
                return None;
            };
            if std::mem::replace(&mut seen[index], true) {
                return None;
            }
            let right = match index {
                0 => plain.eq_ignore_ascii_case(b"http") || plain.eq_ignore_ascii_case(b"https"),
                1 => is_host(&plain),
                _ => Node::of(&plain).is_some(),
            };
            right.then_some(())?;
        }
    }
    Some(())
}

/// Shows `see` the bytes of a token or of a quoted text.
fn unquote(value: &[u8], see: &mut impl FnMut(u8)) -> Option<()> {
    let Some(inside) = value.strip_prefix(b"\"") else {
        (!value.is_empty() && value.iter().all(is_token)).then_some(())?;
        value.iter().copied().for_each(see);
        return Some(());
    };
    let mut bytes = inside.strip_suffix(b"\"")?.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'\\' => see(*bytes.next()?),
            b'"' => return None,
            byte if byte == b'\t' || (byte >= b' ' && byte != 0x7f) => see(byte),
            _ => return None,
        }
    }
    Some(())
}

/// Whether a byte may stand in a token (RFC 9110, section 5.6.2).
fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

/// Whether a text is a host, perhaps with a port.
fn is_host(text: &[u8]) -> bool {
    let (name, port) = match memchr::memrchr2(b':', b']', text) {
        Some(colon) if text[colon] == b':' => (&text[..colon], Some(&text[colon + 1..])),
        _ => (text, None),
    };
    let inside = name.strip_prefix(b"[").and_then(|name| name.strip_suffix(b"]"));
    let right = match inside {
        Some(address) => parsed::<Ipv6Addr>(address).is_some(),
        None => {
            !name.is_empty()
                && name
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=".contains(byte))
        }
    };
    right && port.is_none_or(|port| parsed::<u16>(port).is_some() && port.iter().all(u8::is_ascii_digit))
}

fn parsed<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A word that hides what it stands for: `_` and some letters, digits, dots, underscores or dashes.
fn hidden(text: &[u8]) -> Option<&[u8]> {
    let rest = text.strip_prefix(b"_")?;
    let right = rest
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte));
    (right && !rest.is_empty()).then_some(text)
}

/// One end of a connection (RFC 7239, section 6).
struct Node<'a> {
    name: Name<'a>,
    /// Digits, or a hidden one.
    port: Option<&'a [u8]>,
}

enum Name<'a> {
    Address(IpAddr),
    /// `unknown`, or a hidden one.
    Word(&'a [u8]),
}

impl<'a> Node<'a> {
    fn of(text: &'a [u8]) -> Option<Self> {
        let (name, port) = match memchr::memrchr2(b':', b']', text) {
            Some(colon) if text[colon] == b':' => (&text[..colon], Some(&text[colon + 1..])),
            _ => (text, None),
        };
        let name = match name.strip_prefix(b"[") {
            Some(rest) => Name::Address(IpAddr::V6(parsed(rest.strip_suffix(b"]")?)?)),
            None => match parsed::<Ipv4Addr>(name) {
                Some(address) => Name::Address(IpAddr::V4(address)),
                None if name.eq_ignore_ascii_case(b"unknown") => Name::Word(name),
                None => Name::Word(hidden(name)?),
            },
        };
        if let Some(port) = port {
            let digits = !port.is_empty() && port.iter().all(u8::is_ascii_digit);
            let right = if digits {
                parsed::<u16>(port).is_some()
            } else {
                hidden(port).is_some()
            };
            right.then_some(())?;
        }
        Some(Self { name, port })
    }
}
