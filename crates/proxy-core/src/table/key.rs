//! What entries are known by: samples as words, and words as `show table` writes them.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::KeyType;
use smallvec::SmallVec;

use crate::sample::{Arena, Sample, cast};

/// A key. What is shorter than the table's is filled with zeros.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(pub(super) SmallVec<[u32; 10]>);

/// By their bytes, the order in which entries are shown.
impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let (one, other) = (self.0.iter(), other.0.iter());
        one.map(|word| word.swap_bytes())
            .cmp(other.map(|word| word.swap_bytes()))
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Words that a key of that type takes.
pub(super) fn words(kind: KeyType) -> usize {
    match kind {
        KeyType::Ipv4 | KeyType::Integer => 1,
        KeyType::Ipv6 => 4,
        KeyType::Str(length) | KeyType::Bin(length) => length.div_ceil(4) as usize,
    }
}

/// The type of samples that keys are made of.
#[must_use]
pub fn sample_type(kind: KeyType) -> Output {
    match kind {
        KeyType::Ipv4 => Output::Ipv4,
        KeyType::Ipv6 => Output::Ipv6,
        KeyType::Integer => Output::Sint,
        KeyType::Str(_) => Output::Str,
        KeyType::Bin(_) => Output::Bin,
    }
}

impl Key {
    /// The key that a sample is, cast to the table's type; none when it cannot be.
    #[must_use]
    pub fn of(kind: KeyType, sample: Sample<'_>, arena: &Arena) -> Option<Self> {
        Some(match (kind, cast(sample, sample_type(kind), arena)?) {
            (KeyType::Ipv4, Sample::Ip(IpAddr::V4(address))) => Self::ipv4(address),
            (KeyType::Ipv6, Sample::Ip(IpAddr::V6(address))) => Self::ipv6(address),
            (KeyType::Integer, Sample::Int(number)) => Self::integer(number),
            (KeyType::Str(_), Sample::Str(text)) => Self::text(kind, text),
            (KeyType::Bin(length), Sample::Bin(bytes)) => Self::bytes(length, bytes),
            _ => return None,
        })
    }

    /// The key of an address; none when the table has none of its kind.
    #[must_use]
    pub fn of_address(kind: KeyType, address: IpAddr) -> Option<Self> {
        match (kind, address) {
            (KeyType::Ipv4, IpAddr::V4(address)) => Some(Self::ipv4(address)),
            (KeyType::Ipv4, IpAddr::V6(address)) => address.to_ipv4_mapped().map(Self::ipv4),
            (KeyType::Ipv6, IpAddr::V4(address)) => Some(Self::ipv6(address.to_ipv6_mapped())),
            (KeyType::Ipv6, IpAddr::V6(address)) => Some(Self::ipv6(address)),
            _ => None,
        }
    }

    /// The key that a word of a command is; none where the table has keys that cannot be written so, or where it is not one.
    #[must_use]
    pub fn written(kind: KeyType, text: &[u8]) -> Option<Self> {
        let read = std::str::from_utf8(text).unwrap_or_default();
        Some(match kind {
            // What is no address is the address 0, as with the original.
            KeyType::Ipv4 => Self::ipv4(read.parse().unwrap_or(Ipv4Addr::UNSPECIFIED)),
            KeyType::Ipv6 => Self::ipv6(read.parse().unwrap_or(Ipv6Addr::UNSPECIFIED)),
            KeyType::Integer => {
                let is_number = read.bytes().all(|byte| byte.is_ascii_digit());
                let number = read.parse::<u64>().ok().filter(|_| is_number)?;
                Self(SmallVec::from_slice(&[number as u32]))
            }
            KeyType::Str(_) => Self::text(kind, text),
            KeyType::Bin(_) => return None,
        })
    }

    /// The key that peers tell of, as [`Entry::told_key`](super::Entry::told_key) has it; none when it has another length.
    #[must_use]
    pub fn told(kind: KeyType, bytes: &[u8]) -> Option<Self> {
        Some(match kind {
            KeyType::Ipv4 => Self::ipv4(<[u8; 4]>::try_from(bytes).ok()?.into()),
            KeyType::Ipv6 => Self::ipv6(<[u8; 16]>::try_from(bytes).ok()?.into()),
            KeyType::Integer => Self::integer(u32::from_be_bytes(bytes.try_into().ok()?).into()),
            KeyType::Str(_) => Self::text(kind, bytes),
            KeyType::Bin(length) => Self::bytes(length, bytes),
        })
    }

    fn ipv4(address: Ipv4Addr) -> Self {
        Self(SmallVec::from_slice(&[u32::from_le_bytes(address.octets())]))
    }

    fn ipv6(address: Ipv6Addr) -> Self {
        Self(pack(&address.octets(), 4))
    }

    fn integer(number: i64) -> Self {
        // The original keeps the low 32 bits.
        Self(SmallVec::from_slice(&[number as u32]))
    }

    /// Text up to the first byte that is 0.
    fn text(kind: KeyType, text: &[u8]) -> Self {
        let end = memchr::memchr(0, text).unwrap_or(text.len());
        match kind {
            KeyType::Str(length) => Self::bytes(length, &text[..end]),
            _ => Self::bytes(text.len() as u32, text),
        }
    }

    fn bytes(length: u32, bytes: &[u8]) -> Self {
        let bytes = &bytes[..bytes.len().min(length as usize)];
        Self(pack(bytes, length.div_ceil(4) as usize))
    }
}

fn pack(bytes: &[u8], words: usize) -> SmallVec<[u32; 10]> {
    let mut out = SmallVec::with_capacity(words);
    for chunk in bytes.chunks(4) {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        out.push(u32::from_le_bytes(word));
    }
    out.resize(words, 0);
    out
}

/// The bytes of a key.
pub(super) fn unpack(kind: KeyType, words: &[u32]) -> SmallVec<[u8; 36]> {
    let mut bytes: SmallVec<[u8; 36]> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    match kind {
        KeyType::Str(_) => {
            let end = memchr::memchr(0, &bytes).unwrap_or(bytes.len());
            bytes.truncate(end);
        }
        KeyType::Bin(length) => bytes.truncate(length as usize),
        _ => {}
    }
    bytes
}

/// A key as peers are told of it: numbers with the highest byte first.
pub(super) fn told(kind: KeyType, words: &[u32]) -> Box<[u8]> {
    match kind {
        KeyType::Integer => words.iter().flat_map(|word| word.to_be_bytes()).collect(),
        _ => unpack(kind, words).to_vec().into(),
    }
}

/// A key as the sample that it was made of.
pub(super) fn sample<'a>(kind: KeyType, words: &[u32], arena: &'a Arena) -> Option<Sample<'a>> {
    let bytes = unpack(kind, words);
    Some(match kind {
        KeyType::Ipv4 => Sample::Ip(IpAddr::from(<[u8; 4]>::try_from(&bytes[..]).ok()?)),
        KeyType::Ipv6 => Sample::Ip(IpAddr::from(<[u8; 16]>::try_from(&bytes[..]).ok()?)),
        KeyType::Integer => Sample::Int(i64::from(*words.first()?)),
        KeyType::Str(_) => Sample::Str(arena.copy(&bytes)),
        KeyType::Bin(_) => Sample::Bin(arena.copy(&bytes)),
    })
}

/// A key as `show table` writes it.
#[must_use]
pub(super) fn shown(kind: KeyType, words: &[u32]) -> String {
    let bytes = unpack(kind, words);
    let mut out = String::new();
    match kind {
        KeyType::Ipv4 => {
            if let Ok(octets) = <[u8; 4]>::try_from(&bytes[..]) {
                out = Ipv4Addr::from(octets).to_string();
            }
        }
        KeyType::Ipv6 => {
            if let Ok(octets) = <[u8; 16]>::try_from(&bytes[..]) {
                out = Ipv6Addr::from(octets).to_string();
            }
        }
        KeyType::Integer => out = words.first().copied().unwrap_or(0).to_string(),
        KeyType::Str(_) => {
            for byte in bytes {
                match byte {
                    b' ' | b'=' | b'\\' => {
                        out.push('\\');
                        out.push(char::from(byte));
                    }
                    b'!'..=b'~' => out.push(char::from(byte)),
                    b'\t' => out.push_str("\\t"),
                    b'\n' => out.push_str("\\n"),
                    b'\r' => out.push_str("\\r"),
                    0x1b => out.push_str("\\e"),
                    _ => {
                        // Writing to memory does not fail.
                        let _infallible = write!(out, "\\x{byte:02X}");
                    }
                }
            }
        }
        KeyType::Bin(_) => {
            for byte in bytes {
                let _infallible = write!(out, "{byte:02X}");
            }
        }
    }
    out
}
