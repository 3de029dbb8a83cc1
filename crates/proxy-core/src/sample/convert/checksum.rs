//! Hashes that are not for secrets: numbers from bytes.

use haproxy_cfg::model::Converter;
use xxhash_rust::xxh3::xxh3_64_with_seed;
use xxhash_rust::xxh32::xxh32;
use xxhash_rust::xxh64::xxh64;

use super::argument::integer;
use super::{Convert, Row, of_text, row};
use crate::hash::{avalanche, crc32, crc32c, djb2, sdbm, wt6};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    row(&["crc32"], |_, converter| narrow(converter, crc32)),
    row(&["crc32c"], |_, converter| narrow(converter, crc32c)),
    row(&["djb2"], |_, converter| narrow(converter, djb2)),
    row(&["sdbm"], |_, converter| narrow(converter, sdbm)),
    row(&["wt6"], |_, converter| narrow(converter, wt6)),
    row(&["xxh32"], |_, converter| {
        // The seed is cut to the hash's size, as in the original.
        let seed = seed(converter) as u32;
        of_text(move |_, bytes| Some(Sample::Int(xxh32(bytes, seed).into())))
    }),
    row(&["xxh64"], |_, converter| {
        let seed = seed(converter);
        of_text(move |_, bytes| Some(Sample::Int(xxh64(bytes, seed).cast_signed())))
    }),
    row(&["xxh3"], |_, converter| {
        let seed = seed(converter);
        of_text(move |_, bytes| Some(Sample::Int(xxh3_64_with_seed(bytes, seed).cast_signed())))
    }),
];

/// A hash of 32 bits, spread again where the argument is not 0.
fn narrow(converter: &Converter, hash: fn(&[u8]) -> u32) -> Result<Box<dyn Convert>, String> {
    let spread = integer(converter, 0).is_some_and(|argument| argument != 0);
    of_text(move |_, bytes| {
        let hash = hash(bytes);
        Some(Sample::Int(i64::from(if spread {
            avalanche(hash)
        } else {
            hash
        })))
    })
}

fn seed(converter: &Converter) -> u64 {
    integer(converter, 0).unwrap_or(0).cast_unsigned()
}

#[cfg(test)]
mod tests {
    #[test]
    fn hashes_are_those_of_the_original() {
        crate::sample::convert::recorded::hold_to("hashes");
    }
}
