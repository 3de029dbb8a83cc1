//! Dates of HTTP (RFC 9110, section 5.6.7), in their three forms.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// Seconds since the epoch of a date; none for what is no date, and for times before the epoch.
pub(super) fn parse(text: &[u8]) -> Option<u64> {
    let text = text.trim_ascii();
    let words: Vec<&[u8]> = text
        .split(|octet| matches!(octet, b' ' | b'-' | b','))
        .filter(|word| !word.is_empty())
        .collect();
    let (day, month, year, time) = match *words.as_slice() {
        // Sun Nov  6 08:49:37 1994
        [_, month, day, time, year] => (day, month, year, time),
        // Sun, 06 Nov 1994 08:49:37 GMT, and Sunday, 06-Nov-94 08:49:37 GMT
        [_, day, month, year, time, b"GMT"] => (day, month, year, time),
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| month == *name)? + 1;
    let year = match (year.len(), number(year)?) {
        (2, short @ 70..) => 1900 + short,
        (2, short) => 2000 + short,
        (4, year) => year,
        _ => return None,
    };
    let mut clock = time.split(|octet| *octet == b':').map(number);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    if clock.next().is_some() {
        return None;
    }
    let date = Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(number(day)?).ok()?,
    )
    .ok()?;
    // The second that is put in now and then is told as the one before.
    let time = Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second.min(59)).ok()?,
        0,
    )
    .ok()?;
    let at = DateTime::from_parts(date, time).to_zoned(TimeZone::UTC).ok()?;
    u64::try_from(at.timestamp().as_second()).ok()
}

fn number(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > 4 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_forms_are_the_same_time() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse(text.as_bytes()), Some(784_111_777), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "0",
            "foo",
            "-1",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1960 08:49:37 GMT",
        ] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
