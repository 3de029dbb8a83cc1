//! One argument: its text read to the value that its type asks for. What types of words ask for besides is judged by `check`.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::keywords::ArgType;
use crate::model::{ArgValue, Word};
use crate::values::loose_integer;

/// The value of `text`; none when the type cannot be read from it. Types whose text is any text give it as it is.
pub(super) fn value(kind: ArgType, text: &[u8]) -> Option<ArgValue> {
    let word = || Word::from(text.to_vec());
    let name = || Some(word()).filter(|name| !name.is_empty());
    Some(match kind.name() {
        "integer" => ArgValue::Integer(Some(loose_integer(text)).filter(|read| read.exact)?.value),
        "IPv4 address" => ArgValue::Ipv4(parsed(text)?),
        "IPv6 address" => ArgValue::Ipv6(parsed(text)?),
        "IPv4 mask" => ArgValue::Mask4(mask4(text)?),
        "IPv6 mask" => ArgValue::Mask6(mask6(text)?),
        "frontend" => ArgValue::Frontend(name()),
        "backend" => ArgValue::Backend(name()),
        "table" => ArgValue::Table(name()),
        "user list" => ArgValue::Userlist(word()),
        "regex" => ArgValue::Regex(word()),
        "server" => {
            let slash = text.iter().position(|byte| *byte == b'/');
            let backend = slash.map(|at| Word::from(text[..at].to_vec()));
            let server = slash.map_or(text, |at| &text[at + 1..]);
            ArgValue::Server {
                backend,
                server: server.to_vec().into(),
            }
        }
        "Protocol buffers field number" => ArgValue::Field(field(text)?),
        _ => match kind {
            ArgType::File | ArgType::Map => ArgValue::File(word()),
            _ => ArgValue::Text(word()),
        },
    })
}

fn parsed<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A mask as a number of bits or dotted; its ones need not stand together.
fn mask4(text: &[u8]) -> Option<Ipv4Addr> {
    match parsed::<u8>(text) {
        Some(bits) if bits <= 32 => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            Some(Ipv4Addr::from(mask))
        }
        Some(_) => None,
        None => parsed(text),
    }
}

fn mask6(text: &[u8]) -> Option<Ipv6Addr> {
    match parsed::<u8>(text) {
        Some(bits) if bits <= 128 => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            Some(Ipv6Addr::from(mask))
        }
        Some(_) => None,
        None => parsed(text),
    }
}

/// Numbers with dots between them; one that is left out is 0, but for the last. Numbers go round, as the original's do.
fn field(text: &[u8]) -> Option<Vec<u32>> {
    let number = |part: &[u8]| {
        part.iter().try_fold(0_u32, |number, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            Some(number.wrapping_mul(10).wrapping_add(digit))
        })
    };
    if matches!(text, [] | [.., b'.']) {
        return None;
    }
    text.split(|byte| *byte == b'.').map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_bits_or_addresses() {
        assert_eq!(mask4(b"24"), Some(Ipv4Addr::new(255, 255, 255, 0)));
        assert_eq!(mask4(b"0"), Some(Ipv4Addr::UNSPECIFIED));
        assert_eq!(mask4(b"255.0.255.0"), Some(Ipv4Addr::new(255, 0, 255, 0)));
        assert_eq!(mask4(b"33"), None);
        assert_eq!(mask4(b""), None);
        assert_eq!(mask6(b"64"), Some("ffff:ffff:ffff:ffff::".parse().unwrap()));
        assert_eq!(mask6(b"129"), None);
    }

    #[test]
    fn fields_of_protocol_buffers_are_numbers_with_dots() {
        assert_eq!(field(b"1.2"), Some(vec![1, 2]));
        assert_eq!(field(b".3"), Some(vec![0, 3]));
        assert_eq!(field(b"4294967297"), Some(vec![1]));
        assert_eq!(field(b"1."), None);
        assert_eq!(field(b"-1"), None);
        assert_eq!(field(b"x"), None);
    }
}
