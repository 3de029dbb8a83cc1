//! Casts between the types of samples (manual, section 7.3).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use haproxy_cfg::keywords::Output;

use super::{Arena, Sample};

/// `sample` as one of the type `to`; none when it cannot be taken for one.
pub(crate) fn cast<'a>(sample: Sample<'a>, to: Output, arena: &'a Arena) -> Option<Sample<'a>> {
    Some(match (to, sample) {
        (Output::Any | Output::Same, sample)
        | (Output::Bool, sample @ Sample::Bool(_))
        | (Output::Sint, sample @ Sample::Int(_))
        | (Output::Str, sample @ Sample::Str(_))
        | (Output::Bin, sample @ Sample::Bin(_))
        | (Output::Meth, sample @ Sample::Method(_))
        | (Output::Addr, sample @ Sample::Ip(_))
        | (Output::Ipv4, sample @ Sample::Ip(IpAddr::V4(_)))
        | (Output::Ipv6, sample @ Sample::Ip(IpAddr::V6(_))) => sample,
        (Output::Bool, Sample::Ip(_)) => return None,
        (Output::Bool, sample) => Sample::Bool(integer(sample)? != 0),
        (Output::Sint, sample) => Sample::Int(integer(sample)?),
        (Output::Str, sample) => Sample::Str(text(sample, arena)),
        (Output::Bin, sample) => Sample::Bin(bytes(sample, arena)),
        (Output::Meth, sample) => Sample::Method(text(sample, arena)),
        (Output::Addr, sample) => Sample::Ip(address(sample)?),
        // Text is cast to the kind of address that it is written as, and to no other.
        (Output::Ipv4, Sample::Str(text)) => Sample::Ip(IpAddr::V4(ipv4(text)?)),
        (Output::Ipv6, Sample::Str(text)) => {
            let text = std::str::from_utf8(text).ok()?;
            Sample::Ip(IpAddr::V6(Ipv6Addr::from_str(text).ok()?))
        }
        (Output::Ipv4, sample) => Sample::Ip(IpAddr::V4(match address(sample)? {
            IpAddr::V4(v4) => v4,
            IpAddr::V6(v6) => mapped(v6)?,
        })),
        (Output::Ipv6, sample) => Sample::Ip(IpAddr::V6(match address(sample)? {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        })),
    })
}

/// The IPv4 address inside of an IPv6 one: mapped (`::ffff:0:0/96`), or 6to4 (`2002::/16`).
fn mapped(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let [first, high, low, ..] = v6.segments();
    if first == 0x2002 {
        return Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    }
    v6.to_ipv4()
}

/// The number that a sample is, if it is one.
pub(crate) fn integer(sample: Sample<'_>) -> Option<i64> {
    match sample {
        Sample::Bool(value) => Some(value.into()),
        Sample::Int(value) => Some(value),
        Sample::Ip(IpAddr::V4(address)) => Some(u32::from(address).into()),
        Sample::Ip(IpAddr::V6(_)) | Sample::Bin(_) | Sample::Method(_) => None,
        Sample::Str(text) => leading_integer(text),
    }
}

/// The digits that a text begins with, behind a sign; 0 when it begins with something else, none when it is empty.
pub(crate) fn leading_integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [] => return None,
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let digits = digits.iter().take_while(|b| b.is_ascii_digit());
    // Counted downwards, since there is one more negative number.
    let number = digits.fold(0_i64, |number, digit| {
        number.saturating_mul(10).saturating_sub(i64::from(digit - b'0'))
    });
    Some(if negative { number } else { number.saturating_neg() })
}

/// The address that a sample is, if it is one. Of a number the lowest 32 bits count.
pub(crate) fn address(sample: Sample<'_>) -> Option<IpAddr> {
    match sample {
        Sample::Ip(address) => Some(address),
        Sample::Str(text) => ipv4(text).map(IpAddr::V4).or_else(|| {
            let text = std::str::from_utf8(text).ok()?;
            Ipv6Addr::from_str(text).ok().map(IpAddr::V6)
        }),
        Sample::Int(value) => Some(IpAddr::V4(Ipv4Addr::from(value as u32))),
        Sample::Bool(_) | Sample::Bin(_) | Sample::Method(_) => None,
    }
}

/// The IPv4 address that a text begins with; what follows it is passed over, unless that is another dot.
fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut rest = text;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(b".")?;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, behind) = rest.split_at(digits);
        *octet = std::str::from_utf8(number).ok()?.parse().ok()?;
        rest = behind;
    }
    (rest.first() != Some(&b'.')).then(|| octets.into())
}

/// How IPv6 addresses are written: as in RFC 5952, but for those whose last 32 bits alone say something, which are shown as
/// IPv4 addresses are.
struct Written(Ipv6Addr);

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0.segments() {
            [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
                write!(f, "::{}", Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
            }
            _ => self.0.fmt(f),
        }
    }
}

/// The text that a sample is written as; bytes end in front of the first that is 0.
pub(crate) fn text<'a>(sample: Sample<'a>, arena: &'a Arena) -> &'a [u8] {
    match sample {
        Sample::Str(text) | Sample::Method(text) => text,
        Sample::Bool(value) => {
            if value {
                b"1"
            } else {
                b"0"
            }
        }
        Sample::Int(value) => arena.integer(value),
        Sample::Ip(IpAddr::V4(value)) => arena.ipv4(value),
        Sample::Ip(IpAddr::V6(value)) => arena.text(Written(value)),
        Sample::Bin(bytes) => &bytes[..memchr::memchr(0, bytes).unwrap_or(bytes.len())],
    }
}

/// The bytes that a sample is kept in.
fn bytes<'a>(sample: Sample<'a>, arena: &'a Arena) -> &'a [u8] {
    match sample {
        Sample::Str(bytes) | Sample::Bin(bytes) | Sample::Method(bytes) => bytes,
        Sample::Bool(value) => arena.copy(&i64::from(value).to_be_bytes()),
        Sample::Int(value) => arena.copy(&value.to_be_bytes()),
        Sample::Ip(IpAddr::V4(address)) => arena.copy(&address.octets()),
        Sample::Ip(IpAddr::V6(address)) => arena.copy(&address.octets()),
    }
}
