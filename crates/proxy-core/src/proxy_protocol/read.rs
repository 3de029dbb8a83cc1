//! Reads PROXY headers as the original does, but for three things. Addresses and ports of version 1 that are out of range or
//! lack a part are refused instead of being read as others: a peer must not be told by a wrong address. Behind `UNKNOWN`
//! anything may stand up to the end of the line, as proxy-protocol.txt has it. And a header of version 2 whose values are
//! wrong leaves the connection's own address in the log.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::tlv::tlvs;
use super::{Fault, Header, SIGNATURE, kind};

const V1: &[u8] = b"PROXY ";
/// Signature, version and command, family and protocol, length.
const V2_HEAD: usize = 16;
/// The longest line of version 1, with its end.
const V1_LONGEST: usize = 107;
/// Where the length stands.
const V2_LENGTH: usize = 14;
/// Longest values that are taken.
const AUTHORITY_LONGEST: usize = 255;
const UNIQUE_ID_LONGEST: usize = 128;

/// Reads a header of either version from the first bytes of a connection.
///
/// # Errors
/// When they are none, or not all of one.
pub fn read(bytes: &[u8]) -> Result<Header<'_>, Fault> {
    if let Some(line) = bytes.strip_prefix(V1) {
        return read_v1(line);
    }
    let Some((head, rest)) = bytes.split_at_checked(V2_HEAD) else {
        return Err(Fault::Truncated);
    };
    // A version that is none is no header either; a command that is none is a bad one.
    if !head.starts_with(SIGNATURE) || head[12] >> 4 != 2 {
        return Err(Fault::Alien);
    }
    let length = usize::from(u16::from_be_bytes([head[V2_LENGTH], head[V2_LENGTH + 1]]));
    let body = rest.get(..length).ok_or(Fault::Truncated)?;
    let whole = &bytes[..V2_HEAD + length];
    let (addresses, values) = match head[12] & 0xF {
        // What a check or the sender itself sends: nothing behind it counts.
        0 => (None, &[][..]),
        1 => read_addresses(head[13], body)?,
        _ => return Err(Fault::Invalid),
    };
    check_values(whole, values)?;
    Ok(Header {
        length: whole.len(),
        addresses,
        values,
    })
}

fn read_v1(line: &[u8]) -> Result<Header<'_>, Fault> {
    if line.len() < 3 {
        return Err(Fault::Truncated);
    }
    if let Some(rest) = line.strip_prefix(b"UNKNOWN") {
        return read_unknown(rest);
    }
    let v6 = line.starts_with(b"TCP6 ");
    if !v6 && !line.starts_with(b"TCP4 ") {
        let cut = b"TCP4 ".starts_with(line) || b"TCP6 ".starts_with(line);
        return Err(if cut {
            Fault::Truncated
        } else {
            Fault::UnknownProtocol
        });
    }
    let mut rest = &line[5..];
    let begin = V1.len() + 5;
    let mut at = 0;
    let mut field = |end: u8| {
        let is_of_field = |byte: u8| byte.is_ascii_hexdigit() || byte == b'.' || byte == b':';
        let length = rest.iter().position(|byte| !is_of_field(*byte));
        let length = length.ok_or(Fault::Truncated)?;
        if rest[length] != end {
            return Err(Fault::Invalid);
        }
        let found = &rest[..length];
        rest = &rest[length + 1..];
        at += length + 1;
        Ok(found)
    };
    let source = field(b' ')?;
    let destination = field(b' ')?;
    let source_port = field(b' ')?;
    let destination_port = field(b'\r')?;
    match rest.first() {
        None => return Err(Fault::Truncated),
        Some(b'\n') => {}
        Some(_) => return Err(Fault::Invalid),
    }
    let address = |ip, port| {
        let ip = if v6 { ipv6(ip) } else { ipv4(ip) };
        Some(SocketAddr::new(ip?, number(port)?))
    };
    let source = address(source, source_port).ok_or(Fault::Invalid)?;
    let destination = address(destination, destination_port).ok_or(Fault::Invalid)?;
    Ok(Header {
        length: begin + at + 1,
        addresses: Some((source, destination)),
        values: &[],
    })
}

/// The rest of a line whose sender knows nothing.
fn read_unknown(rest: &[u8]) -> Result<Header<'_>, Fault> {
    let begin = V1.len() + b"UNKNOWN".len();
    match rest.first() {
        Some(b'\r' | b' ') => {}
        _ => return Err(Fault::UnknownProtocol),
    }
    let room = &rest[..rest.len().min(V1_LONGEST - begin)];
    let end = memchr::memmem::find(room, b"\r\n");
    let Some(end) = end else {
        let cut = room.len() == rest.len() && begin + room.len() < V1_LONGEST;
        return Err(if cut {
            Fault::Truncated
        } else {
            Fault::UnknownProtocol
        });
    };
    Ok(Header {
        length: begin + end + 2,
        addresses: None,
        values: &[],
    })
}

/// An IPv4 address; zeros in front of a number mean nothing, as with the original.
fn ipv4(text: &[u8]) -> Option<IpAddr> {
    let mut octets = [0; 4];
    let mut parts = text.split(|byte| *byte == b'.');
    for octet in &mut octets {
        *octet = u8::try_from(number(parts.next()?)?).ok()?;
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets).into())
}

fn ipv6(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
}

/// A decimal number of at most 16 bits.
fn number(text: &[u8]) -> Option<u16> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u16, |number, byte| {
        let digit = byte.is_ascii_digit().then(|| u16::from(byte - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

/// Source and destination, and what stands behind them.
type Addresses<'a> = (Option<(SocketAddr, SocketAddr)>, &'a [u8]);

/// Only streams over IP: the original takes no others either.
fn read_addresses(family: u8, body: &[u8]) -> Result<Addresses<'_>, Fault> {
    fn split<const N: usize>(body: &[u8]) -> Result<([u8; N], &[u8]), Fault> {
        let (found, rest) = body.split_first_chunk::<N>().ok_or(Fault::Invalid)?;
        Ok((*found, rest))
    }
    let (source, destination, rest): (IpAddr, IpAddr, _) = match family {
        0x11 => {
            let (source, rest) = split::<4>(body)?;
            let (destination, rest) = split::<4>(rest)?;
            (source.into(), destination.into(), rest)
        }
        0x21 => {
            let (source, rest) = split::<16>(body)?;
            let (destination, rest) = split::<16>(rest)?;
            (source.into(), destination.into(), rest)
        }
        _ => return Err(Fault::Invalid),
    };
    let (source_port, rest) = split(rest)?;
    let (destination_port, values) = split(rest)?;
    let address = |ip, port| SocketAddr::new(ip, u16::from_be_bytes(port));
    let addresses = (
        address(source, source_port),
        address(destination, destination_port),
    );
    Ok((Some(addresses), values))
}

/// Whether the values are whole, and what they say right.
fn check_values(header: &[u8], values: &[u8]) -> Result<(), Fault> {
    for tlv in tlvs(values) {
        let tlv = tlv.ok_or(Fault::Invalid)?;
        let good = match tlv.kind {
            kind::CRC32C => is_checksum(header, tlv.value),
            kind::AUTHORITY => tlv.value.len() <= AUTHORITY_LONGEST,
            kind::UNIQUE_ID => tlv.value.len() <= UNIQUE_ID_LONGEST,
            _ => true,
        };
        if !good {
            return Err(Fault::Invalid);
        }
    }
    Ok(())
}

/// Whether `value`, a part of `header`, is the header's checksum, itself taken as zeros.
fn is_checksum(header: &[u8], value: &[u8]) -> bool {
    let Ok(told) = <[u8; 4]>::try_from(value) else {
        return false;
    };
    let at = value.as_ptr() as usize - header.as_ptr() as usize;
    let mut digest = super::write::CHECKSUM.digest();
    digest.update(&header[..at]);
    digest.update(&[0; 4]);
    digest.update(&header[at + 4..]);
    digest.finalize() == u32::from_be_bytes(told)
}
