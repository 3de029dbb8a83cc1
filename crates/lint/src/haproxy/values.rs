//! Values of words, as far as rules look at them.

/// The milliseconds of a time; a bare number has the unit `bare`. None for what is no time.
pub(super) fn millis(word: &[u8], bare: u64) -> Option<u64> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number: u64 = std::str::from_utf8(&word[..digits]).ok()?.parse().ok()?;
    let unit = match &word[digits..] {
        b"" => bare,
        b"us" => return Some(number / 1000),
        b"ms" => 1,
        b"s" => 1000,
        b"m" => 60_000,
        b"h" => 3_600_000,
        b"d" => 86_400_000,
        _ => return None,
    };
    number.checked_mul(unit)
}

/// Whether a time is a number without a unit.
pub(super) fn is_bare(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(u8::is_ascii_digit)
}

/// The number that a word is.
pub(super) fn number(word: &[u8]) -> Option<u64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// Milliseconds in words.
pub(super) fn shown(millis: u64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..120_000 => format!("{} s", millis / 1000),
        120_000..7_200_000 => format!("{} min", millis / 60_000),
        7_200_000..172_800_000 => format!("{} h", millis / 3_600_000),
        _ => format!("{} days", millis / 86_400_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(millis(b"5s", 1), Some(5000));
        assert_eq!(millis(b"250", 1), Some(250));
        assert_eq!(millis(b"2", 1000), Some(2000));
        assert_eq!(millis(b"100us", 1), Some(0));
        assert_eq!(millis(b"x", 1), None);
        assert_eq!(shown(90_000), "90 s");
    }
}
