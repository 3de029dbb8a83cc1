//! `auth_hmac` (since 2.4): keys that adverts are proven with. What stands in it is judged; no advert is made with it yet, so an
//! instance that asks for it is kept in FAULT.

use syntax::{Diagnostic, Span};

use super::instance::{current, current_name, hold};
use super::number::unsigned;
use crate::lines::{Line, Word};
use crate::reading::Reading;
use crate::written::WrittenHmac;

/// Bytes of a key.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 32..=64;

/// Begins `auth_hmac`.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let span = line.keyword().span;
    hold(reading, span, "auth_hmac");
    if let Some(instance) = current(reading) {
        instance.hmac = Some(WrittenHmac {
            span,
            keys: Vec::new(),
            active: None,
        });
    }
    true
}

/// Ends it: keys have to be there, and the one that is sent with among them.
pub(crate) fn end(reading: &mut Reading<'_>, _: Span) {
    let Some(hmac) = current(reading).and_then(|instance| instance.hmac.as_ref()) else {
        return;
    };
    let (span, active) = (hmac.span, hmac.active);
    let (message, at, help) = match active {
        _ if hmac.keys.is_empty() => (
            "auth_hmac has no usable key".to_owned(),
            span,
            "write `key NUMBER VALUE` into it",
        ),
        None => (
            "auth_hmac has no active_key".to_owned(),
            span,
            "write `active_key NUMBER` with the number of a key",
        ),
        Some((number, at)) if !hmac.keys.contains(&number) => (
            format!("auth_hmac has no key {number}, which active_key names"),
            at,
            "write the number of a key that stands in this block",
        ),
        Some(_) => return,
    };
    refuse(reading, at, &message, help);
}

/// `key`: its number, and `hex:` with digits, `file:` with a path, or the key itself.
pub(crate) fn key(reading: &mut Reading<'_>, line: &Line) {
    let Some(id) = number(reading, line, "the key's number, 1 to 255") else {
        return;
    };
    let Some(value) = reading.need(line, 1, "the key") else {
        return;
    };
    if let Some(why) = fault(&value.bytes) {
        // The key is a secret: it is not repeated.
        let help =
            "a key has 32 to 64 bytes: `hex:` and two digits for each, `file:/PATH`, or the bytes themselves";
        return refuse(reading, value.span, &format!("auth_hmac key {id}: {why}"), help);
    }
    if let Some(hmac) = current(reading).and_then(|instance| instance.hmac.as_mut()) {
        hmac.keys.push(id);
    }
}

/// `active_key`.
pub(crate) fn active_key(reading: &mut Reading<'_>, line: &Line) {
    let Some(id) = number(reading, line, "the number of the key to send with, 1 to 255") else {
        return;
    };
    let span = line.arg(0).map_or(line.keyword().span, |word| word.span);
    if let Some(hmac) = current(reading).and_then(|instance| instance.hmac.as_mut()) {
        hmac.active = Some((id, span));
    }
}

/// `anti_replay` and `mode`: one of two words.
pub(crate) fn choice(reading: &mut Reading<'_>, line: &Line) {
    let words = if line.keyword().bytes == b"mode" {
        ["enforce", "permissive"]
    } else {
        ["time", "monotonic"]
    };
    let Some(word) = reading.need(line, 0, &words.join(" or ")) else {
        return;
    };
    if !words.contains(&&*word.text()) {
        let message = format!(
            "auth_hmac {} '{}' is not known",
            line.keyword().text(),
            word.text()
        );
        refuse(
            reading,
            word.span,
            &message,
            &format!("write {}", words.join(" or ")),
        );
    }
}

/// `time_window`.
pub(crate) fn time_window(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds, 1 to 300") else {
        return;
    };
    if let Err(why) = unsigned(word, 1, 300) {
        let message = format!("auth_hmac time_window '{}': {why}", word.text());
        refuse(reading, word.span, &message, "write seconds, 1 to 300");
    }
}

fn number(reading: &mut Reading<'_>, line: &Line, what: &str) -> Option<u8> {
    let word: &Word = reading.need(line, 0, what)?;
    match unsigned(word, 1, 255) {
        Ok(number) => u8::try_from(number).ok(),
        Err(why) => {
            let message = format!("auth_hmac {} '{}': {why}", line.keyword().text(), word.text());
            refuse(reading, word.span, &message, "write a number from 1 to 255");
            None
        }
    }
}

/// What is wrong with a key. One in a file is not looked at: nothing uses it.
fn fault(value: &[u8]) -> Option<&'static str> {
    if value.starts_with(b"file:") {
        return (value.len() == b"file:".len()).then_some("no file is named");
    }
    let length = match value.strip_prefix(b"hex:") {
        Some(digits) if !digits.iter().all(u8::is_ascii_hexdigit) || !digits.len().is_multiple_of(2) => {
            return Some("these are no hexadecimal digits, two for each byte");
        }
        Some(digits) => digits.len() / 2,
        None => value.len(),
    };
    (!KEY_LENGTH.contains(&length)).then_some("it is too short or too long")
}

fn refuse(reading: &mut Reading<'_>, at: Span, message: &str, help: &str) {
    let message = format!("({}) {message}", current_name(reading));
    reading.fault(Diagnostic::warning("bad-value", message).at(at).help(help));
}

#[cfg(test)]
mod tests {
    use super::fault;

    #[test]
    fn keys_have_32_to_64_bytes_in_any_form() {
        assert_eq!(fault(format!("hex:{}", "0a".repeat(32)).as_bytes()), None);
        assert_eq!(fault("k".repeat(64).as_bytes()), None);
        assert_eq!(fault(b"file:/etc/keepalived/keys/vrrp51"), None);
        for bad in ["hex:00", "hex:0", "hex:zz", "secret", "file:"] {
            assert!(fault(bad.as_bytes()).is_some(), "{bad}");
        }
        assert!(fault("k".repeat(65).as_bytes()).is_some());
    }
}
