//! Times with their units (manual, section 2.5).

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Millisecond,
    Second,
}

/// Why a time cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeError {
    /// This byte is no digit and no unit, or something follows the unit.
    Unexpected(u8),
    /// More than 2147483647 in the wanted unit.
    Overflow,
    /// Not zero, but less than one in the wanted unit.
    Underflow,
}

/// The time that `word` gives, in units of `unit`, which is also what a bare number is in.
///
/// # Errors
/// As [`TimeError`]. An empty word is an unexpected end (a zero byte).
pub(crate) fn time(word: &[u8], unit: Unit) -> Result<u32, TimeError> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err(TimeError::Unexpected(word.first().copied().unwrap_or(0)));
    }
    let mut value: u128 = 0;
    for digit in &word[..digits] {
        // Saturates far above the limit that is checked below.
        value = (value * 10 + u128::from(digit - b'0')).min(1 << 80);
    }
    let micros: u128 = match &word[digits..] {
        b"" => match unit {
            Unit::Millisecond => 1_000,
            Unit::Second => 1_000_000,
        },
        b"us" => 1,
        b"ms" => 1_000,
        b"s" => 1_000_000,
        b"m" => 60_000_000,
        b"h" => 3_600_000_000,
        b"d" => 86_400_000_000,
        rest => return Err(unexpected(rest)),
    };
    let divisor: u128 = match unit {
        Unit::Millisecond => 1_000,
        Unit::Second => 1_000_000,
    };
    let total = value * micros;
    let result = total.div_ceil(divisor);
    if result > i32::MAX as u128 {
        return Err(TimeError::Overflow);
    }
    if total != 0 && total < divisor {
        return Err(TimeError::Underflow);
    }
    u32::try_from(result).map_err(|_| TimeError::Overflow)
}

/// The first byte that makes `rest`, which is no unit, wrong.
fn unexpected(rest: &[u8]) -> TimeError {
    let known: &[&[u8]] = &[b"us", b"ms", b"s", b"m", b"h", b"d"];
    let unit = known
        .iter()
        .filter(|unit| rest.starts_with(unit))
        .map(|unit| unit.len())
        .max()
        .unwrap_or(0);
    TimeError::Unexpected(rest.get(unit).copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_the_bare_number_is_in_the_wanted_unit() {
        for (text, millis) in [
            ("0", 0),
            ("5000", 5000),
            ("10s", 10_000),
            ("1m", 60_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
        ] {
            assert_eq!(time(text.as_bytes(), Unit::Millisecond), Ok(millis), "{text}");
        }
        assert_eq!(time(b"10", Unit::Second), Ok(10));
        assert_eq!(time(b"1500ms", Unit::Second), Ok(2));
        assert_eq!(time(b"2147483647", Unit::Millisecond), Ok(2_147_483_647));
    }

    #[test]
    fn limits_and_stray_bytes_are_told_apart() {
        assert_eq!(time(b"2147483648", Unit::Millisecond), Err(TimeError::Overflow));
        assert_eq!(time(b"30d", Unit::Millisecond), Err(TimeError::Overflow));
        assert_eq!(time(b"100us", Unit::Millisecond), Err(TimeError::Underflow));
        assert_eq!(time(b"10x", Unit::Millisecond), Err(TimeError::Unexpected(b'x')));
        assert_eq!(time(b"10sx", Unit::Millisecond), Err(TimeError::Unexpected(b'x')));
        assert_eq!(time(b"", Unit::Millisecond), Err(TimeError::Unexpected(0)));
    }
}
