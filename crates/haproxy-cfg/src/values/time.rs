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
    /// This byte is no digit and no unit.
    Unexpected(u8),
    /// More than 2147483647 in the wanted unit.
    Overflow,
    /// Not zero, but less than one in the wanted unit.
    Underflow,
}

/// A time that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Time {
    /// In the wanted unit.
    pub(crate) value: u32,
    /// The first byte of what stands behind the unit. Versions before 2.7 only warned of it.
    pub(crate) stray: Option<u8>,
}

/// The time that `word` gives, in units of `unit`, which is also what a bare number is in.
///
/// # Errors
/// As [`TimeError`]. An empty word is an unexpected end (a zero byte).
pub(crate) fn time(word: &[u8], unit: Unit) -> Result<Time, TimeError> {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err(TimeError::Unexpected(word.first().copied().unwrap_or(0)));
    }
    let mut number: u128 = 0;
    for digit in &word[..digits] {
        // Saturates far above the limit that is checked below.
        number = (number * 10 + u128::from(digit - b'0')).min(1 << 80);
    }
    let divisor: u128 = match unit {
        Unit::Millisecond => 1_000,
        Unit::Second => 1_000_000,
    };
    let rest = &word[digits..];
    let (micros, length): (u128, usize) = match rest {
        [] => (divisor, 0),
        [b'u', b's', ..] => (1, 2),
        [b'm', b's', ..] => (1_000, 2),
        [b's', ..] => (1_000_000, 1),
        [b'm', ..] => (60_000_000, 1),
        [b'h', ..] => (3_600_000_000, 1),
        [b'd', ..] => (86_400_000_000, 1),
        [byte, ..] => return Err(TimeError::Unexpected(*byte)),
    };
    let total = number * micros;
    let value = total.div_ceil(divisor);
    if value > i32::MAX as u128 {
        return Err(TimeError::Overflow);
    }
    if total != 0 && total < divisor {
        return Err(TimeError::Underflow);
    }
    let value = u32::try_from(value).map_err(|_| TimeError::Overflow)?;
    Ok(Time {
        value,
        stray: rest.get(length).copied(),
    })
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
            let time = time(text.as_bytes(), Unit::Millisecond);
            assert_eq!(
                time,
                Ok(Time {
                    value: millis,
                    stray: None
                }),
                "{text}"
            );
        }
        assert_eq!(
            time(b"10", Unit::Second),
            Ok(Time {
                value: 10,
                stray: None
            })
        );
        assert_eq!(
            time(b"1500ms", Unit::Second),
            Ok(Time {
                value: 2,
                stray: None
            })
        );
        assert_eq!(
            time(b"2147483647", Unit::Millisecond),
            Ok(Time {
                value: 2_147_483_647,
                stray: None
            })
        );
    }

    #[test]
    fn limits_and_stray_bytes_are_told_apart() {
        assert_eq!(time(b"2147483648", Unit::Millisecond), Err(TimeError::Overflow));
        assert_eq!(time(b"30d", Unit::Millisecond), Err(TimeError::Overflow));
        assert_eq!(time(b"100us", Unit::Millisecond), Err(TimeError::Underflow));
        assert_eq!(time(b"10x", Unit::Millisecond), Err(TimeError::Unexpected(b'x')));
        assert_eq!(
            time(b"10sx", Unit::Millisecond),
            Ok(Time {
                value: 10_000,
                stray: Some(b'x')
            })
        );
        assert_eq!(time(b"", Unit::Millisecond), Err(TimeError::Unexpected(0)));
    }
}
