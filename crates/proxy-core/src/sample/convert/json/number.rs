//! Numbers in JSON: how far they reach, and what they are given as.

/// Digits that are shown of a number.
const SHOWN: usize = 6;

/// Bytes of the number that `text` begins with: a sign, digits, a fraction, and an exponent, which may lack its digits. 0 when there
/// is no number but, perhaps, a sign.
pub(super) fn length(text: &[u8]) -> usize {
    let at = |index: usize| text.get(index).copied().unwrap_or(0);
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let start = usize::from(matches!(at(0), b'-' | b'+'));
    let mut end = digits(start);
    if end == start && at(end) != b'.' {
        return 0;
    }
    if at(end) == b'.' {
        end = digits(end + 1);
    }
    if matches!(at(end), b'e' | b'E') {
        end += 1;
        if matches!(at(end), b'-' | b'+') {
            end += 1;
        }
        end = digits(end);
    }
    end
}

/// The value of the number that `text` begins with; 0 when there is none.
pub(super) fn value(text: &[u8]) -> f64 {
    let number = std::str::from_utf8(&text[..length(text)]).unwrap_or_default();
    // An exponent without digits is none.
    let number = number.trim_end_matches(['+', '-']).trim_end_matches(['e', 'E']);
    number.parse().unwrap_or(0.0)
}

/// The whole number that `text` begins with, in decimal, hexadecimal (`0x`) or octal (`0`) digits; 0 without digits. None for what
/// is further from 0 than the numbers that a floating point value of 64 bits can tell from their neighbours.
pub(super) fn integer(text: &[u8]) -> Option<i64> {
    const MOST: i64 = (1 << 53) - 1;
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let (radix, digits) = match digits {
        [b'0', b'x' | b'X', first, ..] if first.is_ascii_hexdigit() => (16, &digits[2..]),
        [b'0', ..] => (8, digits),
        _ => (10, digits),
    };
    let value = digits
        .iter()
        .map_while(|digit| char::from(*digit).to_digit(radix))
        .fold(0_i64, |value, digit| {
            value
                .saturating_mul(i64::from(radix))
                .saturating_add(i64::from(digit))
        });
    (value <= MOST).then_some(if negative { -value } else { value })
}

/// The number that `text` begins with, as `%g` of C writes it: with six digits, and an exponent where there would be many zeros.
pub(super) fn shown(text: &[u8]) -> String {
    let value = value(text);
    if value.is_infinite() || value == 0.0 {
        return value.to_string();
    }
    let scientific = format!("{value:.*e}", SHOWN - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..SHOWN as i32).contains(&exponent) {
        let places = (SHOWN as i32 - 1 - exponent).unsigned_abs() as usize;
        return without_zeros(&format!("{value:.places$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", without_zeros(mantissa), exponent.unsigned_abs())
}

/// Without zeros that end a fraction, and without a point that nothing follows.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_c_shows_them() {
        for (text, shows) in [
            ("123456", "123456"),
            ("1234565", "1.23456e+06"),
            ("0.00001", "1e-05"),
            ("-0", "-0"),
            ("1e400", "inf"),
            ("12345.25", "12345.2"),
            ("-", "0"),
        ] {
            assert_eq!(shown(text.as_bytes()), shows, "{text}");
        }
    }

    #[test]
    fn an_exponent_may_lack_its_digits() {
        assert_eq!(
            [length(b"1e+,"), length(b"1e}"), length(b"-,"), length(b"-.5]")],
            [3, 2, 0, 3]
        );
        assert_eq!(value(b"12e"), 12.0);
    }
}
