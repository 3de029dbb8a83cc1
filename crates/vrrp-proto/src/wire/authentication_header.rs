//! The IPsec authentication header (RFC 2402) around adverts of version 2 (`auth_type AH`, RFC 2338, section 5.3.6.3): written as
//! the original writes it, and read. The proof is HMAC-MD5-96 (RFC 2403) over the IP header as it is sent, with type of service and
//! checksum as zero, the authentication header and the advert. The time to live is part of it, so that nothing that a router
//! passed on proves anything.

use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;

use super::{HEADER_LENGTH, KEY_LENGTH, PROTOCOL};

/// The IP protocol number of the authentication header.
pub const AH_PROTOCOL: u8 = 51;

/// Bytes of the header with its proof.
pub const AH_LENGTH: usize = 24;

const PROOF_AT: usize = 12;
const PROOF_LENGTH: usize = 12;

/// The header of a packet that came in, with what its proof is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuthenticationHeader<'a> {
    /// The security parameter index: the original takes the sender's address for it.
    pub index: [u8; 4],
    /// The number of the packet, which goes up with each.
    pub sequence: u32,
    ip: &'a [u8; HEADER_LENGTH],
    header: &'a [u8; AH_LENGTH],
    payload: &'a [u8],
}

impl<'a> AuthenticationHeader<'a> {
    /// Takes apart what stands behind the IP header `ip`; gives what stands behind it as well. None where it is too short, or
    /// about something else than VRRP. Neither its length field nor its reserved one is looked at.
    pub(super) fn parse(ip: &'a [u8; HEADER_LENGTH], packet: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (header, payload) = packet.split_first_chunk::<AH_LENGTH>()?;
        let [next, _, _, _, a, b, c, d, s0, s1, s2, s3, ..] = *header;
        let parsed = Self {
            index: [a, b, c, d],
            sequence: u32::from_be_bytes([s0, s1, s2, s3]),
            ip,
            header,
            payload,
        };
        (next == PROTOCOL).then_some((parsed, payload))
    }

    /// Whether its sender has the key and nothing of the packet was changed.
    pub fn is_proven_by(&self, key: &[u8; KEY_LENGTH]) -> bool {
        code(key, self.ip, self.header, self.payload)
            .verify_truncated_left(&self.header[PROOF_AT..])
            .is_ok()
    }
}

/// The authentication header for `payload` behind the IP header `ip`.
pub(super) fn header_for(
    key: &[u8; KEY_LENGTH],
    sequence: u32,
    ip: &[u8; HEADER_LENGTH],
    payload: &[u8],
) -> [u8; AH_LENGTH] {
    let mut header = [0; AH_LENGTH];
    // The length is in words of four bytes, without two of them.
    header[..2].copy_from_slice(&[PROTOCOL, 4]);
    header[4..8].copy_from_slice(&ip[12..16]);
    header[8..12].copy_from_slice(&sequence.to_be_bytes());
    let proof = code(key, ip, &header, payload).finalize().into_bytes();
    header[PROOF_AT..].copy_from_slice(&proof[..PROOF_LENGTH]);
    header
}

/// The code over all that must not change on the way.
fn code(
    key: &[u8; KEY_LENGTH],
    ip: &[u8; HEADER_LENGTH],
    header: &[u8; AH_LENGTH],
    payload: &[u8],
) -> Hmac<Md5> {
    let mut still = *ip;
    still[1] = 0;
    still[10..12].fill(0);
    // A key shorter than a block is padded with zeros to one, as `key` already is in part.
    let mut block = [0; 64];
    block[..KEY_LENGTH].copy_from_slice(key);
    let mut code = Hmac::<Md5>::new(&block.into());
    code.update(&still);
    code.update(&header[..PROOF_AT]);
    code.update(&[0; PROOF_LENGTH]);
    code.update(payload);
    code
}
