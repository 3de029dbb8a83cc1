//! Dates inside a persistence cookie (`maxidle`, `maxlife`): `VALUE|LAST|FIRST`, each five digits to base 64 that count
//! steps of four seconds since the epoch.

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Cookies dated further in the future than this, in seconds, are not believed.
const FURTHEST_FUTURE: i64 = 86_400;

/// Appends a date, rounded up to four seconds.
pub(super) fn write(out: &mut Vec<u8>, seconds: u64) {
    let date = (seconds + 3) >> 2;
    for shift in [24, 18, 12, 6, 0] {
        out.push(DIGITS[(date >> shift) as usize & 63]);
    }
}

/// The date that stands at the beginning of `text`, in seconds; none when there is none or it is 0. As in the original it is a
/// signed number of 32 bits, so what is written beyond 2038 reads as long ago.
pub(super) fn read(text: &[u8]) -> Option<i64> {
    let digits: &[u8; 5] = text.first_chunk()?;
    let mut date: u32 = 0;
    for digit in digits {
        let value = DIGITS.iter().position(|d| d == digit)?;
        date = date << 6 | value as u32;
    }
    let seconds = (date << 2).cast_signed();
    (seconds != 0).then(|| i64::from(seconds))
}

/// Splits `VALUE|LAST|FIRST`.
pub(super) fn split(value: &[u8]) -> (&[u8], Option<i64>, Option<i64>) {
    let mut parts = value.split(|&b| b == b'|');
    let value = parts.next().unwrap_or_default();
    let last = parts.next().and_then(read);
    let first = parts.next().and_then(read);
    (value, last, first)
}

/// Whether a date is out of bounds at `now`: `longest` seconds over, or too far in the future.
pub(super) fn is_over(date: i64, now: i64, longest: u32) -> bool {
    date + i64::from(longest) < now || date > now + FURTHEST_FUTURE
}
