//! Numbers, times and switches.

use std::time::Duration;

use crate::lines::Word;

/// An unsigned number within limits, or why it is none.
pub(crate) fn unsigned(word: &Word, low: u32, high: u32) -> Result<u32, String> {
    let text = word.text();
    if let Some(digits) = text.strip_prefix('-')
        && is_digits(digits)
    {
        return Err(format!("negative number '{text}'"));
    }
    let digits = text.strip_prefix('+').unwrap_or(&text);
    if !is_digits(digits) {
        return Err(format!("invalid number '{text}'"));
    }
    let Ok(value) = digits.parse::<u32>() else {
        return Err(format!("number '{text}' outside unsigned integer range"));
    };
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(format!("number '{text}' outside range [{low}, {high}]"))
    }
}

/// A number with a sign within limits, or why it is none.
pub(crate) fn signed(word: &Word, low: i32, high: i32) -> Result<i32, String> {
    let text = word.text();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(&text);
    if !is_digits(digits) {
        return Err(format!("invalid number '{text}'"));
    }
    let Ok(value) = text.parse::<i32>() else {
        return Err(format!("number '{text}' outside integer range"));
    };
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(format!("number '{text}' outside range [{low}, {high}]"))
    }
}

/// Seconds with a fraction, down to microseconds, within limits, or why they are none.
pub(crate) fn seconds(word: &Word, low: Duration, high: Duration) -> Result<Duration, String> {
    let text = word.text();
    if let Some(rest) = text.strip_prefix('-')
        && micros(rest).is_some()
    {
        return Err(format!("negative number '{text}'"));
    }
    let digits = text.strip_prefix('+').unwrap_or(&text);
    let Some(value) = micros(digits) else {
        return Err(format!("invalid number '{text}'"));
    };
    let value = Duration::from_micros(value);
    if (low..=high).contains(&value) {
        Ok(value)
    } else {
        Err(format!(
            "number '{text}' outside range [{:.6}, {:.6}]",
            low.as_secs_f64(),
            high.as_secs_f64()
        ))
    }
}

/// Milliseconds with a fraction, down to microseconds, within limits, or why they are none; and whether there were more digits
/// than count.
pub(crate) fn milliseconds(word: &Word, low: u32, high: u32) -> (Result<Duration, String>, bool) {
    let (value, too_fine) = thousandths(word, low, high);
    (value.map(|value| value / 1000), too_fine)
}

/// Seconds with a fraction, down to milliseconds, within limits, or why they are none; and whether there were more digits than
/// count.
pub(crate) fn thousandths(word: &Word, low: u32, high: u32) -> (Result<Duration, String>, bool) {
    let text = word.text();
    if let Some(rest) = text.strip_prefix('-')
        && micros(rest).is_some()
    {
        return (Err(format!("negative number '{text}'")), false);
    }
    let digits = text.strip_prefix('+').unwrap_or(&text);
    let Some(value) = micros(digits) else {
        return (Err(format!("invalid number '{text}'")), false);
    };
    let too_fine = digits
        .split_once('.')
        .is_some_and(|(_, fraction)| fraction.len() > 3);
    // As whole thousandths, whatever stands behind them.
    let value = Duration::from_millis(value / 1000);
    let limits = Duration::from_secs(low.into())..=Duration::from_secs(high.into());
    let value = if limits.contains(&value) {
        Ok(value)
    } else {
        Err(format!("number '{text}' outside range [{low}.000, {high}.000]"))
    };
    (value, too_fine)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Microseconds of a decimal number of seconds; digits behind the sixth are dropped.
fn micros(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut micros = 0;
    for index in 0..6 {
        let digit = fraction.as_bytes().get(index).map_or(0, |digit| digit - b'0');
        micros = micros * 10 + u64::from(digit);
    }
    whole.checked_mul(1_000_000)?.checked_add(micros)
}

/// `on`, `true`, `yes` and their opposites.
pub(crate) fn switch(word: &Word) -> Option<bool> {
    match &*word.bytes {
        b"on" | b"true" | b"yes" => Some(true),
        b"off" | b"false" | b"no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syntax::Span;

    use super::*;

    fn word(text: &str) -> Word {
        Word {
            bytes: text.as_bytes().to_vec(),
            span: Span::default(),
            quoted: false,
            within: (0, 0),
        }
    }

    #[test]
    fn numbers_keep_to_their_limits() {
        assert_eq!(unsigned(&word("010"), 1, 255), Ok(10));
        assert_eq!(
            unsigned(&word("300"), 1, 255),
            Err("number '300' outside range [1, 255]".into())
        );
        assert_eq!(unsigned(&word("-1"), 1, 255), Err("negative number '-1'".into()));
        for bad in ["x", "1x", "0x10", "1.5", "", "-"] {
            assert_eq!(
                unsigned(&word(bad), 0, 255),
                Err(format!("invalid number '{bad}'"))
            );
        }
        assert_eq!(
            unsigned(&word("9999999999"), 1, 255),
            Err("number '9999999999' outside unsigned integer range".into())
        );
        assert_eq!(signed(&word("-253"), -253, 253), Ok(-253));
        assert_eq!(
            signed(&word("254"), -253, 253),
            Err("number '254' outside range [-253, 253]".into())
        );
    }

    #[test]
    fn seconds_have_fractions() {
        let limits = (Duration::from_millis(10), Duration::from_secs(255));
        let read = |text: &str| seconds(&word(text), limits.0, limits.1);
        assert_eq!(read("1.5"), Ok(Duration::from_millis(1500)));
        assert_eq!(read(".25"), Ok(Duration::from_millis(250)));
        assert_eq!(
            read("256"),
            Err("number '256' outside range [0.010000, 255.000000]".into())
        );
        assert!(read("1x").is_err() && read(".").is_err() && read("-1").is_err());
    }
}
