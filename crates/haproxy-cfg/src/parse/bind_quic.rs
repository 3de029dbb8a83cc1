//! Options of `bind` lines about QUIC, and those that have to be allowed as experiments.

use syntax::{Context, Diagnostic};

use super::line::shown;
use super::reading::Reading;
use crate::signature::{Argument, Cursor, Subject, Value};

/// Refuses an option that is an experiment unless the file allows such.
pub(crate) fn experimental(
    reading: &mut Reading<'_>,
    _: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    if reading.written.experimental {
        return Some(());
    }
    let message = format!(
        "'{}' is experimental, must be allowed via a global 'expose-experimental-directives'",
        subject.name
    );
    let help = "write in front of it, in global: expose-experimental-directives";
    subject.alert(reading, "experimental", subject.behind, message, help);
    None
}

/// `quic-cc-algo NAME[(WINDOW[,…])]`.
pub(crate) fn congestion(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word);
    let (name, arguments) = match text.split_once('(') {
        Some((name, rest)) => (name, Some(rest)),
        None => (&*text, None),
    };
    if !matches!(name, "cubic" | "newreno" | "bbr" | "nocc") {
        let message = format!("'{text}' : unknown control congestion algorithm");
        let help = "write cubic, newreno or bbr";
        subject.alert(reading, "unknown-option", word.span, message, help);
        return None;
    }
    if name == "nocc" && !reading.written.experimental {
        let message = format!(
            "'{text}' algo is experimental, must be allowed via a global 'expose-experimental-directives'"
        );
        let told = Diagnostic::alert("experimental", message)
            .at(word.span)
            .context(Context::Whole);
        reading.tell(told.help("write in front of it, in global: expose-experimental-directives"));
        let message = format!("error encountered while processing '{}'.", subject.name);
        subject.alert(
            reading,
            "experimental",
            word.span,
            message,
            "write cubic, newreno or bbr",
        );
        return None;
    }
    if let Some(wrong) = arguments.and_then(|arguments| wrong_window(name, arguments)) {
        let message = format!("'{}' : {wrong}", subject.name);
        let help = "write a largest window such as cubic(480k)";
        subject.alert(reading, "bad-size", word.span, message, help);
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
}

/// What is wrong with the arguments of an algorithm: all that stands behind its opening parenthesis.
fn wrong_window(name: &str, arguments: &str) -> Option<String> {
    let digits = arguments.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = arguments.split_at(digits);
    let mut rest = rest;
    if digits > 0 {
        let factor: u64 = match rest.as_bytes().first() {
            Some(b'k' | b'K') => 1 << 10,
            Some(b'm' | b'M') => 1 << 20,
            Some(b'g' | b'G') => 1 << 30,
            _ => 1,
        };
        let size = number.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(factor);
        if !(10 << 10..=4 << 30).contains(&size) {
            return Some("should be between 10k and 4g".to_owned());
        }
        rest = &rest[usize::from(factor > 1)..];
    } else if !rest.starts_with([')', ',']) {
        return Some("could not parse congestion window value".to_owned());
    }
    match rest.as_bytes() {
        [b')', ..] | [b',', b')', ..] => None,
        [b',', ..] => Some(format!("too many argument for '{name}' algorithm")),
        _ => Some(format!("cannot parse max-window argument for '{name}' algorithm")),
    }
}
