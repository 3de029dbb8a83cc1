//! The Internet checksum (RFC 1071), and its form with the pseudo-header that version 3 uses.

use std::net::IpAddr;

use super::PROTOCOL;

fn sum(bytes: &[u8]) -> u64 {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let pairs: u64 = pairs
        .iter()
        .map(|pair| u64::from(u16::from_be_bytes(*pair)))
        .sum();
    pairs + rest.first().map_or(0, |last| u64::from(*last) << 8)
}

fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    // The loop leaves 16 bits.
    !(sum as u16)
}

/// The checksum of `bytes`. Over bytes that hold their own checksum it is 0.
pub fn internet_checksum(bytes: &[u8]) -> u16 {
    fold(sum(bytes))
}

/// The checksum of a version 3 advert: `bytes` with the pseudo-header of source, destination, length and protocol before
/// them. Over bytes that hold their own checksum it is 0. Addresses of two families have no pseudo-header, so that the
/// result is no checksum of anything.
pub fn pseudo_header_checksum(source: IpAddr, destination: IpAddr, bytes: &[u8]) -> u16 {
    let address = |address: IpAddr| match address {
        IpAddr::V4(v4) => sum(&v4.octets()),
        IpAddr::V6(v6) => sum(&v6.octets()),
    };
    fold(address(source) + address(destination) + u64::from(PROTOCOL) + bytes.len() as u64 + sum(bytes))
}

/// What the checksum of a version 3 advert over IPv4 is about. Over IPv6 there is but one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum ChecksumForm {
    /// The addresses of the IP header and the advert (RFC 5798). One from a partner that is as if it went to the group, as
    /// keepalived up to 1.3.6 made it, is taken too.
    #[default]
    Recognise,
    /// The same, and nothing else is taken.
    New,
    /// As if adverts to partners went to the group.
    Old,
    /// The advert alone, as in version 2 (RFC 9568 over IPv4).
    AdvertAlone,
}

impl ChecksumForm {
    /// The checksum of a version 3 advert; 0 over bytes that hold their own.
    pub fn checksum(self, source: IpAddr, destination: IpAddr, bytes: &[u8]) -> u16 {
        match self {
            Self::AdvertAlone if source.is_ipv4() => internet_checksum(bytes),
            Self::Old if source.is_ipv4() => pseudo_header_checksum(source, super::GROUP_V4.into(), bytes),
            _ => pseudo_header_checksum(source, destination, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071_sums_up() {
        assert_eq!(
            internet_checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]),
            !0xddf2
        );
    }

    #[test]
    fn an_odd_byte_counts_as_the_high_half_of_a_word() {
        assert_eq!(internet_checksum(&[0x12]), internet_checksum(&[0x12, 0x00]));
        assert_ne!(internet_checksum(&[0x12]), internet_checksum(&[0x00, 0x12]));
    }

    #[test]
    fn bytes_with_their_checksum_sum_to_zero() {
        let mut bytes = vec![0x21, 0x33, 0x64, 0x01, 0x00, 0x01, 0, 0, 192, 168, 0, 99];
        let checksum = internet_checksum(&bytes);
        bytes[6..8].copy_from_slice(&checksum.to_be_bytes());
        assert_eq!(internet_checksum(&bytes), 0);
    }
}
