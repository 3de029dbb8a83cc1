//! Hashes of 32 bits that spread keys over servers (`hash-type`) and that converters give (manual, sections 4.2 and 7.3.1). They
//! are those of the original, bit for bit: a key must fall on the same server whichever of the two programs looks at it. None
//! of them is for secrets.

mod avalanche;
mod wt6;

use haproxy_cfg::model::HashFunction;

use crc::{CRC_32_ISCSI, CRC_32_ISO_HDLC, Crc, Table};

pub use avalanche::avalanche;
pub use wt6::wt6;

const CRC32: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);
const CRC32C: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

/// The hash of `key` by a function, without [`avalanche`].
#[must_use]
pub fn hash_of(function: HashFunction, key: &[u8]) -> u32 {
    match function {
        HashFunction::Sdbm => sdbm(key),
        HashFunction::Djb2 => djb2(key),
        HashFunction::Wt6 => wt6(key),
        HashFunction::Crc32 => crc32(key),
        HashFunction::None => number(key),
    }
}

/// For each byte: times 65599, plus the byte.
#[must_use]
pub fn sdbm(key: &[u8]) -> u32 {
    key.iter().fold(0, |hash: u32, byte| {
        hash.wrapping_mul(65599).wrapping_add(u32::from(*byte))
    })
}

/// From 5381 on, for each byte: times 33, plus the byte.
#[must_use]
pub fn djb2(key: &[u8]) -> u32 {
    key.iter().fold(5381, |hash: u32, byte| {
        hash.wrapping_mul(33).wrapping_add(u32::from(*byte))
    })
}

/// The CRC of Ethernet (ISO 3309).
#[must_use]
pub fn crc32(key: &[u8]) -> u32 {
    CRC32.checksum(key)
}

/// The CRC of iSCSI and SCTP (RFC 4960, appendix B).
#[must_use]
pub fn crc32c(key: &[u8]) -> u32 {
    CRC32C.checksum(key)
}

/// The digits that the key begins with, as a number; 0 without any.
fn number(key: &[u8]) -> u32 {
    key.iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |number: u32, digit| {
            number.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_hash_the_key_is_the_number_that_it_says() {
        let hash = |key: &[u8]| hash_of(HashFunction::None, key);
        assert_eq!([hash(b""), hash(b"17"), hash(b"17x"), hash(b"x")], [0, 17, 17, 0]);
    }
}
