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

#[cfg(test)]
mod tests {
    use super::*;

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
