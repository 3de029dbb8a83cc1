//! `UDP_CHECK`.

use syntax::{Diagnostic, Span};

use super::value::{lacks, number};
use super::{check, check::end as end_of_check};
use crate::lines::{Line, Word};
use crate::reading::Reading;
use crate::written::Spanned;

/// The longest answer.
const LONGEST: u32 = 65535;

/// Ends one.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let limits = check(reading).and_then(|check| check.least.zip(check.most.clone()));
    if let Some((least, most)) = limits.filter(|(least, most)| *least > most.value) {
        let message = format!(
            "UDP_CHECK min_reply length {least} > max_reply_length {} - will always fail",
            most.value
        );
        let told = Diagnostic::warning("empty-range", message)
            .at(closed)
            .label(most.span, "the greatest length")
            .help("write a least length that is not above the greatest");
        reading.fault(told);
    }
    end_of_check(reading, closed);
}

/// `payload`.
pub(crate) fn payload(reading: &mut Reading<'_>, line: &Line) {
    match line.arg(0) {
        None => lacks(
            reading,
            line,
            "UDP_CHECK payload requires a payload",
            "write the bytes in hexadecimal digits",
        ),
        Some(word) => hex(reading, word, "payload", false),
    }
}

/// `require_reply`; in what must come, X stands for any digit.
pub(crate) fn require_reply(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = line.arg(0) {
        hex(reading, word, "reply", true);
    }
}

fn hex(reading: &mut Reading<'_>, word: &Word, what: &str, wildcards: bool) {
    let fits = |byte: &u8| {
        byte.is_ascii_hexdigit() || byte.is_ascii_whitespace() || (wildcards && matches!(byte, b'x' | b'X'))
    };
    let some = word.bytes.iter().any(|byte| !byte.is_ascii_whitespace());
    if !some || !word.bytes.iter().all(fits) {
        let message = format!("Invalid hex string for UDP_CHECK {what}");
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write the bytes in hexadecimal digits, between quotes if there are blanks");
        reading.fault(told);
    }
}

/// `min_reply_length`.
pub(crate) fn least(reading: &mut Reading<'_>, line: &Line) {
    let value = length(reading, line, "min");
    if let (Some(check), Some(value)) = (check(reading), value) {
        check.least = Some(value);
    }
}

/// `max_reply_length`.
pub(crate) fn most(reading: &mut Reading<'_>, line: &Line) {
    let value = length(reading, line, "max");
    if let (Some(check), Some(value)) = (check(reading), value) {
        check.most = Some(Spanned::new(value, line.span()));
    }
}

fn length(reading: &mut Reading<'_>, line: &Line, which: &str) -> Option<u32> {
    number(reading, line, (0, LONGEST), |text| {
        format!("UDP_CHECK {which} length {text} not valid - must be between 0 & {LONGEST}")
    })
}
