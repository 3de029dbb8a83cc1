//! Reads what a NetScaler puts in front of a connection (client IP insertion): a number that both sides know, then the IP and TCP
//! headers of the client's last packet, in the older form right behind a length, in the newer behind a type and a second length.

use std::net::{IpAddr, SocketAddr};

use super::{Fault, Header};

/// The older form's own bytes.
const OLD_HEAD: usize = 8;
/// The newer form's.
const NEW_HEAD: usize = 12;
const TCP: u8 = 6;
/// Bytes of a TCP header up to the end of its ports.
const PORTS: usize = 4;

/// Reads a header that begins with `magic` from the first bytes of a connection. The lengths of the headers within are held to the
/// one that the header tells, which the original does not do.
///
/// # Errors
/// When they are none, or not all of one.
pub fn read(bytes: &[u8], magic: u32) -> Result<Header<'_>, Fault> {
    // The shortest of all: an older form over IPv4.
    if bytes.len() < OLD_HEAD + 20 {
        return Err(Fault::Truncated);
    }
    let word = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    if word(0) != magic {
        return Err(Fault::Alien);
    }
    let is_old = matches!(bytes[OLD_HEAD] >> 4, 4 | 6);
    let (begin, length) = if is_old {
        (OLD_HEAD, usize::try_from(word(4)).unwrap_or(usize::MAX))
    } else {
        (NEW_HEAD, usize::from(u16::from_be_bytes([bytes[10], bytes[11]])))
    };
    let rest = bytes.get(begin..).ok_or(Fault::Truncated)?;
    let headers = rest.get(..length).ok_or(Fault::Truncated)?;
    let addresses = addresses(headers)?;
    Ok(Header {
        length: begin + length,
        addresses: Some(addresses),
        values: &[],
    })
}

fn addresses(headers: &[u8]) -> Result<(SocketAddr, SocketAddr), Fault> {
    let first = *headers.first().ok_or(Fault::Truncated)?;
    let (protocol, source, destination, length): (u8, IpAddr, IpAddr, usize) = match first >> 4 {
        4 => {
            let head = headers.first_chunk::<20>().ok_or(Fault::Truncated)?;
            let address = |at: usize| IpAddr::from([head[at], head[at + 1], head[at + 2], head[at + 3]]);
            (head[9], address(12), address(16), usize::from(first & 0xF) * 4)
        }
        6 => {
            let head = headers.first_chunk::<40>().ok_or(Fault::Truncated)?;
            let address = |at: usize| {
                let mut octets = [0; 16];
                octets.copy_from_slice(&head[at..at + 16]);
                IpAddr::from(octets)
            };
            (head[6], address(8), address(24), 40)
        }
        _ => return Err(Fault::UnknownProtocol),
    };
    if protocol != TCP {
        return Err(Fault::UnknownProtocol);
    }
    let ports = headers.get(length..length + PORTS).ok_or(Fault::Truncated)?;
    let port = |at: usize| u16::from_be_bytes([ports[at], ports[at + 1]]);
    Ok((
        SocketAddr::new(source, port(0)),
        SocketAddr::new(destination, port(2)),
    ))
}
