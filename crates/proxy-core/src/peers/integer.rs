//! Whole numbers in as few bytes as they need: one up to 239, ten at most.

use super::Fault;

/// Appends a number.
pub(crate) fn put(out: &mut Vec<u8>, number: u64) {
    if number < 0xf0 {
        out.push(number as u8);
        return;
    }
    out.push(number as u8 | 0xf0);
    let mut rest = (number - 0xf0) >> 4;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest = (rest - 0x80) >> 7;
    }
    out.push(rest as u8);
}

/// Takes a number off the front of `from`; none when its end is not there.
///
/// # Errors
/// When it is larger than any number.
pub(crate) fn take(from: &mut &[u8]) -> Result<Option<u64>, Fault> {
    let Some((&first, mut rest)) = from.split_first() else {
        return Ok(None);
    };
    let mut number = u64::from(first);
    if first >= 0xf0 {
        let mut shift = 4;
        loop {
            let Some((&next, behind)) = rest.split_first() else {
                return Ok(None);
            };
            rest = behind;
            let part = u64::from(next);
            let moved = part.checked_shl(shift).filter(|moved| moved >> shift == part);
            number = moved.and_then(|moved| number.checked_add(moved)).ok_or(Fault)?;
            if next < 0x80 {
                break;
            }
            shift += 7;
        }
    }
    *from = rest;
    Ok(Some(number))
}

/// The same where the number has to be there.
pub(super) fn need(from: &mut &[u8]) -> Result<u64, Fault> {
    take(from)?.ok_or(Fault)
}

/// So many bytes off the front of `from`, which have to be there.
pub(super) fn bytes<'a>(from: &mut &'a [u8], count: u64) -> Result<&'a [u8], Fault> {
    let count = usize::try_from(count).map_err(|_| Fault)?;
    let (taken, rest) = from.split_at_checked(count).ok_or(Fault)?;
    *from = rest;
    Ok(taken)
}

/// Four bytes off the front of `from`, the highest first, which have to be there.
pub(super) fn word(from: &mut &[u8]) -> Result<u32, Fault> {
    let (taken, rest) = from.split_first_chunk().ok_or(Fault)?;
    *from = rest;
    Ok(u32::from_be_bytes(*taken))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_have_the_documents_bytes() {
        for (number, bytes) in [
            (0, &[0][..]),
            (239, &[239]),
            (240, &[0xf0, 0]),
            (0x1234, &[0xf4, 0x94, 0x01]),
            (2287, &[0xff, 0x7f]),
            (2288, &[0xf0, 0x80, 0]),
            (60_000, &[0xf0, 0x97, 0x1c]),
            (5_000_000_000, &[0xf0, 0x91, 0xbd, 0x80, 0x94, 0]),
        ] {
            let mut out = Vec::new();
            put(&mut out, number);
            assert_eq!(out, bytes, "{number}");
        }
    }

    #[test]
    fn what_is_larger_than_any_number_is_refused() {
        let endless = [0xff; 30];
        assert_eq!(take(&mut &endless[..]), Err(Fault));
        assert_eq!(take(&mut &endless[..5]), Ok(None));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(number in any::<u64>(), behind in any::<[u8; 3]>()) {
            let mut out = Vec::new();
            put(&mut out, number);
            let end = out.len();
            prop_assert!(end <= 10);
            for cut in 0..end {
                prop_assert_eq!(take(&mut &out[..cut]), Ok(None));
            }
            out.extend(behind);
            let mut from = &out[..];
            prop_assert_eq!(take(&mut from), Ok(Some(number)));
            prop_assert_eq!(from, &behind[..]);
        }
    }
}
