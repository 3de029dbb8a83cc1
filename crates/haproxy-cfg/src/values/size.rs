//! Sizes with their units (manual, section 2.5).

/// The bytes that `word` gives: digits and at most one of `k`, `m`, `g`, each 1024 times the one before.
pub(crate) fn size(word: &[u8]) -> Option<u64> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number: u64 = std::str::from_utf8(&word[..digits]).ok()?.parse().ok()?;
    let factor: u64 = match &word[digits..] {
        [] => 1,
        [b'k' | b'K'] => 1 << 10,
        [b'm' | b'M'] => 1 << 20,
        [b'g' | b'G'] => 1 << 30,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// The bytes that `word` gives, or what stands from the first character on that does not belong there or would make them more
/// than `most`.
pub(crate) fn measure(word: &[u8], most: u64) -> Result<u64, &[u8]> {
    let mut value: u64 = 0;
    for (index, byte) in word.iter().enumerate() {
        let rest = &word[index..];
        let next = match byte {
            b'0'..=b'9' => value
                .checked_mul(10)
                .and_then(|value| value.checked_add(u64::from(byte - b'0'))),
            b'k' | b'K' | b'm' | b'M' | b'g' | b'G' if index > 0 => {
                let factor: u64 = match byte {
                    b'k' | b'K' => 1 << 10,
                    b'm' | b'M' => 1 << 20,
                    _ => 1 << 30,
                };
                let size = value
                    .checked_mul(factor)
                    .filter(|size| *size <= most)
                    .ok_or(rest)?;
                // Nothing may stand behind the unit.
                return if rest.len() == 1 {
                    Ok(size)
                } else {
                    Err(&rest[1..])
                };
            }
            _ => None,
        };
        value = next.filter(|next| *next <= most).ok_or(rest)?;
    }
    if word.is_empty() { Err(word) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_of_a_size_is_given_back() {
        let most = u64::from(u32::MAX);
        assert_eq!(measure(b"16k", most), Ok(16384));
        assert_eq!(measure(b"3g", most), Ok(3 << 30));
        assert_eq!(measure(b"10s", most), Err(&b"s"[..]));
        assert_eq!(measure(b"2GB", most), Err(&b"B"[..]));
        assert_eq!(measure(b"5g", most), Err(&b"g"[..]));
        assert_eq!(measure(b"-1", most), Err(&b"-1"[..]));
        assert_eq!(measure(b"k", most), Err(&b"k"[..]));
        assert_eq!(measure(b"99999999999", most), Err(&b"99"[..]));
        assert_eq!(measure(b"99999999999", u64::MAX), Ok(99_999_999_999));
    }

    #[test]
    fn units_are_powers_of_1024() {
        assert_eq!(size(b"0"), Some(0));
        assert_eq!(size(b"16k"), Some(16384));
        assert_eq!(size(b"1M"), Some(1 << 20));
        assert_eq!(size(b"2g"), Some(2 << 30));
        for wrong in [&b""[..], b"k", b"1x", b"1kb", b"-1", b"99999999999g"] {
            assert_eq!(size(wrong), None, "{wrong:?}");
        }
    }
}
