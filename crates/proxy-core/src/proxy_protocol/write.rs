//! Writes PROXY headers for servers, values in the original's order.

use std::net::{IpAddr, SocketAddr};

use crc::{CRC_32_ISCSI, Crc};

use super::{SIGNATURE, kind, tlv};

/// CRC32c (RFC 4960, appendix B).
pub(super) const CHECKSUM: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// The longest header that is sent, in bytes: what goes beyond is told without the values.
pub const LONGEST: usize = 16_384;
/// The longest identifier that is sent.
const UNIQUE_ID_LONGEST: usize = 127;

/// What TLS told of the client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTls {
    /// The version, as `TLSv1.3`.
    pub version: Vec<u8>,
    /// The cipher's name in OpenSSL, where it is to be told.
    pub cipher: Option<Vec<u8>>,
    /// A certificate came with this handshake.
    pub certificate: bool,
    /// A certificate came with the first handshake of the session.
    pub certificate_once: bool,
    /// The common name in it, where it is to be told.
    pub common_name: Option<Vec<u8>>,
}

/// What a header of version 2 tells besides addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// A checksum goes with it.
    pub checksum: bool,
    /// The name that the client asked for.
    pub authority: Option<Vec<u8>>,
    /// What tells the request apart. Empty is told as well.
    pub unique_id: Option<Vec<u8>>,
    /// What TLS told: the inner none is "no TLS".
    pub tls: Option<Option<ClientTls>>,
    /// Values of one's own, in their order.
    pub own: Vec<(u8, Vec<u8>)>,
}

/// Source and destination of one family: an IPv4 address beside an IPv6 one is mapped.
fn of_one_family((source, destination): (SocketAddr, SocketAddr)) -> (IpAddr, IpAddr) {
    match (source.ip(), destination.ip()) {
        (IpAddr::V4(source), destination @ IpAddr::V6(_)) => (source.to_ipv6_mapped().into(), destination),
        (source @ IpAddr::V6(_), IpAddr::V4(destination)) => (source, destination.to_ipv6_mapped().into()),
        same => same,
    }
}

/// Writes a line of version 1. Without addresses it says that they are unknown.
pub fn write_v1(out: &mut Vec<u8>, addresses: Option<(SocketAddr, SocketAddr)>) {
    let line = match addresses {
        None => "PROXY UNKNOWN\r\n".to_owned(),
        Some(addresses) => {
            let (source, destination) = of_one_family(addresses);
            let family = if source.is_ipv4() { 4 } else { 6 };
            let ports = [addresses.0.port(), addresses.1.port()];
            format!(
                "PROXY TCP{family} {source} {destination} {} {}\r\n",
                ports[0], ports[1]
            )
        }
    };
    out.extend_from_slice(line.as_bytes());
}

/// Writes a header of version 2 that tells of the sender itself, as health checks do.
pub fn write_local(out: &mut Vec<u8>) {
    out.extend_from_slice(SIGNATURE);
    out.extend_from_slice(&[0x20, 0, 0, 0]);
}

/// Writes a header of version 2. Without addresses (a unix socket) it tells of the sender itself, but tells its facts.
pub fn write_v2(out: &mut Vec<u8>, addresses: Option<(SocketAddr, SocketAddr)>, facts: &Facts) {
    let begin = out.len();
    out.extend_from_slice(SIGNATURE);
    match addresses {
        None => out.extend_from_slice(&[0x20, 0, 0, 0]),
        Some(addresses) => {
            let (source, destination) = of_one_family(addresses);
            out.extend_from_slice(&[0x21, if source.is_ipv4() { 0x11 } else { 0x21 }, 0, 0]);
            for ip in [source, destination] {
                match ip {
                    IpAddr::V4(ip) => out.extend_from_slice(&ip.octets()),
                    IpAddr::V6(ip) => out.extend_from_slice(&ip.octets()),
                }
            }
            for address in [addresses.0, addresses.1] {
                out.extend_from_slice(&address.port().to_be_bytes());
            }
        }
    }
    let before = out.len();
    let checksum = write_values(out, facts);
    if out.len() - begin > LONGEST {
        out.truncate(before);
    }
    let length = u16::try_from(out.len() - begin - SIGNATURE.len() - 4).unwrap_or(0);
    out[begin + 14..begin + 16].copy_from_slice(&length.to_be_bytes());
    if let Some(at) = checksum.filter(|at| at + 4 <= out.len()) {
        let sum = CHECKSUM.checksum(&out[begin..]);
        out[at..at + 4].copy_from_slice(&sum.to_be_bytes());
    }
}

/// Gives where the checksum belongs, if one does.
fn write_values(out: &mut Vec<u8>, facts: &Facts) -> Option<usize> {
    let checksum = facts.checksum.then(|| {
        tlv::push(out, kind::CRC32C, &[0; 4]);
        out.len() - 4
    });
    for (kind, value) in &facts.own {
        tlv::push(out, *kind, value);
    }
    if let Some(authority) = &facts.authority {
        tlv::push(out, kind::AUTHORITY, authority);
    }
    if let Some(id) = &facts.unique_id {
        tlv::push(out, kind::UNIQUE_ID, &id[..id.len().min(UNIQUE_ID_LONGEST)]);
    }
    if let Some(tls) = &facts.tls {
        tlv::push(out, kind::SSL, &tls_value(tls.as_ref()));
    }
    checksum
}

/// The value of `SSL`: what there is, whether the certificate was found good (0 is yes: others are refused), and the details.
fn tls_value(tls: Option<&ClientTls>) -> Vec<u8> {
    const OVER_TLS: u8 = 1;
    const CERTIFICATE: u8 = 2;
    const CERTIFICATE_ONCE: u8 = 4;
    let mut value = vec![0; 5];
    let Some(tls) = tls else { return value };
    value[0] = OVER_TLS;
    if tls.certificate {
        value[0] |= CERTIFICATE;
    }
    if tls.certificate_once {
        value[0] |= CERTIFICATE_ONCE;
    }
    tlv::push(&mut value, kind::SSL_VERSION, &tls.version);
    if let Some(name) = &tls.common_name {
        tlv::push(&mut value, kind::SSL_CN, name);
    }
    if let Some(cipher) = &tls.cipher {
        tlv::push(&mut value, kind::SSL_CIPHER, cipher);
    }
    value
}
