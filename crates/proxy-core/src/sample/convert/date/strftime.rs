//! Formats of strftime(3) as glibc writes them in the C locale, with its flags and widths; besides `%N`, nanoseconds as date(1)
//! has them, where they are known.

use super::moment::{DAYS, MONTHS, Moment};
use crate::sample::arena::Bytes;

/// How a field is filled and written.
#[derive(Clone, Copy, Default)]
struct Options {
    /// `_`, `-` or `0`.
    pad: Option<u8>,
    /// `^`
    upper: bool,
    /// `#`
    swap: bool,
    width: Option<usize>,
}

/// Writes a time in a format. A field that is not known is written as it stands.
pub(super) fn write(format: &[u8], at: &Moment<'_>, nanoseconds: Option<i64>, out: &mut Bytes<'_>) {
    let mut rest = format;
    while let Some((&byte, behind)) = rest.split_first() {
        if byte != b'%' {
            out.push(byte);
            rest = behind;
            continue;
        }
        let mut options = Options::default();
        let mut at_flag = behind;
        while let Some((&flag, behind)) = at_flag.split_first() {
            match flag {
                b'_' | b'-' | b'0' => options.pad = Some(flag),
                b'^' => options.upper = true,
                b'#' => options.swap = true,
                _ => break,
            }
            at_flag = behind;
        }
        let digits = at_flag.iter().take_while(|digit| digit.is_ascii_digit()).count();
        let (width, mut conversion) = at_flag.split_at(digits);
        // No field is wider than a buffer could hold.
        options.width = std::str::from_utf8(width)
            .ok()
            .and_then(|width| width.parse::<u16>().ok())
            .map(usize::from);
        if let [b'E' | b'O', behind @ ..] = conversion {
            conversion = behind;
        }
        let Some((&name, behind)) = conversion.split_first() else {
            out.extend_from_slice(rest);
            return;
        };
        let field = &rest[..rest.len() - behind.len()];
        if !conversion_of(name, at, nanoseconds, options, out) {
            out.extend_from_slice(field);
        }
        rest = behind;
    }
}

/// Writes one field; false when there is no such one.
fn conversion_of(
    name: u8,
    at: &Moment<'_>,
    nanoseconds: Option<i64>,
    options: Options,
    out: &mut Bytes<'_>,
) -> bool {
    let hour12 = if at.hour % 12 == 0 { 12 } else { at.hour % 12 };
    let noon = if at.hour < 12 { "AM" } else { "PM" };
    let weekday = at.weekday as i64;
    let number = |value: i64, width: usize, pad: u8, out: &mut Bytes<'_>| {
        let pad = options.pad.unwrap_or(pad);
        let width = if pad == b'-' {
            1
        } else {
            options.width.unwrap_or(width)
        };
        let digits = value.unsigned_abs();
        let sign = if value < 0 { "-" } else { "" };
        let length = digits.checked_ilog10().map_or(1, |log| log as usize + 1) + sign.len();
        let fill = width.saturating_sub(length);
        use std::io::Write as _;
        if pad == b'_' {
            out.extend(std::iter::repeat_n(b' ', fill));
        }
        out.extend_from_slice(sign.as_bytes());
        if pad != b'_' {
            out.extend(std::iter::repeat_n(b'0', fill));
        }
        // Writing to memory does not fail.
        let _infallible = write!(Sink(out), "{digits}");
    };
    let text = |text: &[u8], out: &mut Bytes<'_>| {
        let fill = options.width.unwrap_or(0).saturating_sub(text.len());
        let filler = if options.pad == Some(b'0') { b'0' } else { b' ' };
        if options.pad != Some(b'-') {
            out.extend(std::iter::repeat_n(filler, fill));
        }
        out.extend_from_slice(text);
    };
    let cased = |word: &str, out: &mut Bytes<'_>| {
        let mut bytes = [0_u8; 16];
        let bytes = &mut bytes[..word.len().min(16)];
        bytes.copy_from_slice(&word.as_bytes()[..bytes.len()]);
        if options.upper || options.swap {
            bytes.make_ascii_uppercase();
        }
        text(bytes, out);
    };
    let composed = |format: &[u8], out: &mut Bytes<'_>| {
        let start = out.len();
        write(format, at, nanoseconds, out);
        if options.upper {
            out[start..].make_ascii_uppercase();
        }
        let fill = options.width.unwrap_or(0).saturating_sub(out.len() - start);
        let filler = if options.pad == Some(b'0') { b'0' } else { b' ' };
        out.extend(std::iter::repeat_n(filler, fill));
        out[start..].rotate_right(fill);
    };
    match name {
        b'a' => cased(&DAYS[at.weekday][..3], out),
        b'A' => cased(DAYS[at.weekday], out),
        b'b' | b'h' => cased(&MONTHS[at.month][..3], out),
        b'B' => cased(MONTHS[at.month], out),
        b'c' => composed(b"%a %b %e %H:%M:%S %Y", out),
        b'C' => number(at.year.div_euclid(100), 2, b'0', out),
        b'd' => number(at.day, 2, b'0', out),
        b'D' | b'x' => composed(b"%m/%d/%y", out),
        b'e' => number(at.day, 2, b'_', out),
        b'F' => composed(b"%Y-%m-%d", out),
        b'g' => number(at.iso_week().0.rem_euclid(100), 2, b'0', out),
        b'G' => number(at.iso_week().0, 1, b'0', out),
        b'H' => number(at.hour, 2, b'0', out),
        b'I' => number(hour12, 2, b'0', out),
        b'j' => number(at.day_of_year + 1, 3, b'0', out),
        b'k' => number(at.hour, 2, b'_', out),
        b'l' => number(hour12, 2, b'_', out),
        b'm' => number(at.month as i64 + 1, 2, b'0', out),
        b'M' => number(at.minute, 2, b'0', out),
        b'n' => text(b"\n", out),
        b'N' => match nanoseconds {
            Some(nanoseconds) => {
                let digits = options.width.unwrap_or(9).clamp(1, 9) as u32;
                let shown = Options {
                    pad: None,
                    width: Some(digits as usize),
                    ..options
                };
                return conversion_of_part(nanoseconds / 10_i64.pow(9 - digits), shown, out);
            }
            None => return false,
        },
        // Here `#` makes small letters.
        b'p' if options.swap => text(noon.to_ascii_lowercase().as_bytes(), out),
        b'p' => cased(noon, out),
        b'P' => text(if at.hour < 12 { b"am" } else { b"pm" }, out),
        b'r' => composed(b"%I:%M:%S %p", out),
        b'R' => composed(b"%H:%M", out),
        b's' => number(at.epoch, 1, b'0', out),
        b'S' => number(at.second, 2, b'0', out),
        b't' => text(b"\t", out),
        b'T' | b'X' => composed(b"%H:%M:%S", out),
        b'u' => number(if weekday == 0 { 7 } else { weekday }, 1, b'0', out),
        b'U' => number((at.day_of_year + 7 - weekday) / 7, 2, b'0', out),
        b'V' => number(at.iso_week().1, 2, b'0', out),
        b'w' => number(weekday, 1, b'0', out),
        b'W' => number((at.day_of_year + 7 - (weekday + 6) % 7) / 7, 2, b'0', out),
        b'y' => number(at.year.rem_euclid(100), 2, b'0', out),
        b'Y' => number(at.year, 1, b'0', out),
        b'z' => {
            out.push(if at.offset < 0 { b'-' } else { b'+' });
            let minutes = i64::from(at.offset.unsigned_abs() / 60);
            number(minutes / 60 * 100 + minutes % 60, 4, b'0', out);
        }
        b'Z' => {
            let start = out.len();
            text(at.zone, out);
            if options.swap {
                out[start..].make_ascii_lowercase();
            }
        }
        b'%' => text(b"%", out),
        _ => return false,
    }
    true
}

/// The first digits of a part of a second, zeros in front.
fn conversion_of_part(value: i64, options: Options, out: &mut Bytes<'_>) -> bool {
    use std::io::Write as _;
    // Writing to memory does not fail.
    let _infallible = write!(Sink(out), "{value:0width$}", width = options.width.unwrap_or(9));
    true
}

/// Lets numbers be written behind the bytes.
struct Sink<'s, 'a>(&'s mut Bytes<'a>);

impl std::io::Write for Sink<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
