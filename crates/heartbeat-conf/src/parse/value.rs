//! Values as the original reads them: times, numbers that may have letters behind them, words for yes and no.

/// A time in milliseconds: a number, with digits behind a dot or without, in seconds, or in milli- or microseconds (`ms`, `us`
/// and what begins with them). None for anything else, such as `2s`.
pub(crate) fn time(text: &str) -> Option<u64> {
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut part = String::from(fraction.get(..6.min(fraction.len()))?);
    while part.len() < 6 {
        part.push('0');
    }
    let millionths = whole.checked_mul(1_000_000)?.checked_add(part.parse().ok()?)?;
    let unit = unit.to_ascii_lowercase();
    if unit.is_empty() {
        Some(millionths / 1_000)
    } else if unit.starts_with("ms") {
        Some(millionths / 1_000_000)
    } else if unit.starts_with("us") {
        Some(millionths / 1_000_000_000)
    } else {
        None
    }
}

/// The number that a word begins with, as the original takes it; 0 for a word that begins with none.
pub(crate) fn leading_number(text: &str) -> i64 {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(digits.len());
    let number = digits[..end]
        .parse()
        .unwrap_or(if end == 0 { 0 } else { i64::MAX });
    if text.starts_with('-') { -number } else { number }
}

/// Whether a word is nothing but that number.
pub(crate) fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Yes or no; letters' case does not matter.
pub(crate) fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "on" | "yes" | "y" | "1" => Some(true),
        "false" | "off" | "no" | "n" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_unless_a_unit_follows() {
        assert_eq!(time("2"), Some(2000));
        assert_eq!(time("1.5"), Some(1500));
        assert_eq!(time(".5"), Some(500));
        assert_eq!(time("2msec"), Some(2));
        assert_eq!(time("2MS"), Some(2));
        assert_eq!(time("500000us"), Some(500));
        assert_eq!(time("5us"), Some(0));
        for wrong in [
            "",
            ".",
            "2s",
            "1m",
            "1h",
            "-1",
            "x",
            "1.2.3",
            "99999999999999999999",
        ] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_ends_at_the_first_letter() {
        assert_eq!(leading_number("694x"), 694);
        assert_eq!(leading_number("-1"), -1);
        assert_eq!(leading_number("x"), 0);
        assert_eq!(leading_number("99999999999999999999"), i64::MAX);
        assert!(is_plain_number("12"));
        assert!(!is_plain_number("12x"));
    }

    #[test]
    fn truth_has_five_words_each() {
        assert_eq!(truth("YES"), Some(true));
        assert_eq!(truth("n"), Some(false));
        assert_eq!(truth("maybe"), None);
    }
}
