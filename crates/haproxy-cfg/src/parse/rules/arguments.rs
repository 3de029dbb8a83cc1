//! Arguments that actions share: expressions, format strings, regular expressions, numbers as the original reads them.

use syntax::{Diagnostic, closest};

use super::sample;
use crate::keywords::rule_set;
use crate::lex::Word;
use crate::parse::sample::{Usage, lookup::registered};
use crate::parse::{Reading, shown};
use crate::signature::{Arg, Argument, Cursor, Kind, ReadArgument, Subject, Value, arg, custom, rest};
use crate::values::{Time, TimeError, Unit, loose_integer, size, time};

/// A sample expression.
pub(crate) const fn expression(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| {
        let rule = subject.rule;
        if rule.is_some_and(|rule| rule.is_http()) {
            return sample::read_nowhere(reading, cursor, subject, "");
        }
        let address = subject.of.starts_with("set-src") || subject.of.starts_with("set-dst");
        if address && rule.is_some_and(|rule| rule.set != rule_set::TCP_REQ) {
            return sample::read_at(reading, cursor, subject, Usage::HTTP_REQUEST.quietly(), "");
        }
        sample::read(reading, cursor, subject, "")
    })
}

/// A sample expression; what cannot be used in it is blamed on the action.
pub(crate) const fn action_expression(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| {
        let priority = subject.of.starts_with("set-priority");
        let tcp = subject.rule.is_some_and(|rule| rule.set & rule_set::TCP_REQ != 0);
        let blamed = if priority && tcp {
            "tcp-request"
        } else {
            subject.of
        };
        if priority {
            return sample::read_nowhere(reading, cursor, subject, blamed);
        }
        sample::read(reading, cursor, subject, blamed)
    })
}

/// What `reader` reads.
pub(crate) const fn sample(name: &'static str, reader: crate::signature::Reader) -> Arg {
    rest(name, reader)
}

/// A format string.
pub(crate) const fn format(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        sample::format(reading, subject, cursor.next()?)
    })
}

/// A format string that may be empty or missing.
pub(crate) const fn loose_format(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| match cursor.next() {
        Some(word) => sample::format(reading, subject, word),
        None => {
            cursor.skip_empty();
            Some(Value::Text(Vec::new().into()))
        }
    })
}

/// A format string that is looked at once all of the line is read.
pub(crate) const fn raw_format(name: &'static str) -> Arg {
    arg(name, Kind::Text)
}

/// A regular expression; faults stand behind `lead`.
pub(crate) const fn regex(name: &'static str, lead: &'static str) -> Arg {
    if lead.is_empty() {
        custom(name, |reading, cursor, subject| {
            sample::regex(reading, subject, cursor.next()?, "")
        })
    } else {
        custom(name, |reading, cursor, subject| {
            sample::regex(reading, subject, cursor.next()?, "failed to parse the regex : ")
        })
    }
}

/// A number in decimal, hexadecimal or octal notation, as C's `strtoul` reads it.
pub(crate) const fn mark(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        let (value, tail) = long(&word.text);
        if tail.is_empty() {
            return Some(Value::Int(i64::from(value)));
        }
        let message = format!(
            "invalid character starting at '{}' (integer/hex value expected)",
            String::from_utf8_lossy(tail)
        );
        subject.alert(
            reading,
            "bad-number",
            word.span,
            message,
            "write a number, or one in hexadecimal behind 0x",
        );
        None
    })
}

/// The number that a text begins with, cut to 32 bits, and what is behind it.
fn long(text: &[u8]) -> (u32, &[u8]) {
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let (base, digits) = match digits {
        [b'0', b'x' | b'X', rest @ ..] if rest.first().is_some_and(u8::is_ascii_hexdigit) => (16, rest),
        [b'0', ..] => (8, digits),
        _ => (10, digits),
    };
    let count = digits
        .iter()
        .take_while(|byte| char::from(**byte).is_digit(base))
        .count();
    if count == 0 {
        return (0, text);
    }
    let value = digits[..count].iter().fold(0_u64, |value, byte| {
        let digit = char::from(*byte).to_digit(base).unwrap_or_default();
        value
            .saturating_mul(u64::from(base))
            .saturating_add(u64::from(digit))
    });
    let value = if negative { value.wrapping_neg() } else { value };
    #[expect(clippy::cast_possible_truncation, reason = "the original keeps 32 bits")]
    let value = value as u32;
    (value, &digits[count..])
}

/// A number, or an expression that gives one.
pub(crate) const fn number_or_expression(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| {
        if let Some(word) = cursor.peek() {
            let (value, tail) = long(&word.text);
            if tail.is_empty() {
                cursor.next();
                return Some(Value::Int(i64::from(value)));
            }
        }
        let blamed = subject.of;
        sample::read(reading, cursor, subject, blamed)
    })
}

/// A size, or an expression that gives one.
pub(crate) const fn size_or_expression(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| {
        if let Some(value) = cursor.peek().and_then(|word| size(&word.text)) {
            cursor.next();
            return Some(Value::Size(value));
        }
        sample::read(reading, cursor, subject, subject.of)
    })
}

/// Bytes.
pub(crate) const fn bytes(name: &'static str) -> Arg {
    arg(name, Kind::Size).wrong("unexpected character '{byte}'")
}

/// A time in milliseconds, or an expression that gives one. A word that is neither is taken for a wrong time.
pub(crate) const fn time_or_expression(name: &'static str) -> Arg {
    arg(name, Kind::Custom(ReadArgument(time_or_sample)))
}

fn time_or_sample(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.peek()?;
    let whose = cursor.previous().map_or_else(
        || format!("rule '{}'", subject.of),
        |word| format!("rule '{} {}'", subject.of, shown(word)),
    );
    let error = match time(&word.text, Unit::Millisecond) {
        Ok(Time { value: 0, .. }) => {
            let message = format!(
                "null value is not valid for a {}",
                whose.replacen("rule ", "", 1) + " rule"
            );
            subject.alert(
                reading,
                "bad-time",
                word.span,
                message,
                "write a time, such as 5s",
            );
            return None;
        }
        Ok(Time { value, stray: None }) => {
            cursor.next();
            return Some(Value::Millis(value));
        }
        Ok(Time {
            stray: Some(byte), ..
        }) => TimeError::Unexpected(byte),
        Err(error) => error,
    };
    if sample::is_known(word) {
        return sample::read_anywhere(reading, cursor, subject);
    }
    let message = match error {
        TimeError::Overflow => format!(
            "timer overflow in argument '{}' to {whose} (maximum value is 2147483647 ms or ~24.8 days)",
            shown(word)
        ),
        TimeError::Underflow => format!(
            "timer underflow in argument '{}' to {whose} (minimum value is 1 ms)",
            shown(word)
        ),
        TimeError::Unexpected(byte) => format!("unexpected character '{}' in {whose}", char::from(byte)),
    };
    subject.alert(
        reading,
        "bad-time",
        word.span,
        message,
        "write a time, such as 5s, or an expression that gives milliseconds",
    );
    None
}

/// A file in the parentheses of the action's name.
pub(crate) const fn file(name: &'static str) -> Arg {
    custom(name, |_, cursor, _| {
        let word = cursor.next()?;
        let inside = word
            .text
            .iter()
            .position(|byte| *byte == b'(')
            .map_or(&word.text[..0], |at| &word.text[at + 1..]);
        let inside = inside.strip_suffix(b")").unwrap_or(inside);
        Some(Value::Text(inside.to_vec().into()))
    })
}

/// A status code from 200 to 599.
pub(crate) const fn status(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        let code = loose_integer(&word.text).value;
        if (200..=599).contains(&code) {
            return Some(Value::Int(code));
        }
        subject.alert(
            reading,
            "bad-status",
            word.span,
            format!("Unexpected status code '{code}'"),
            "write a status code from 200 to 599",
        );
        None
    })
}

/// Services of the program itself.
const SERVICES: &[&str] = &["prometheus-exporter", "haterm"];

/// Whether a Lua script registers the service.
fn lua_service(reading: &Reading<'_>, word: &Word<'_>) -> bool {
    let own = word.text.strip_prefix(b"lua.");
    own.is_some_and(|own| registered(reading, &String::from_utf8_lossy(own)))
}

/// A service.
pub(crate) const fn service(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| {
        let http = subject
            .rule
            .is_some_and(|rule| rule.set & rule_set::HTTP_REQ != 0);
        let Some(word) = cursor.next() else {
            let message = if http {
                format!("'{}' expects a service name.", subject.of)
            } else {
                "'tcp-request' expects a service name.".to_owned()
            };
            subject.alert(
                reading,
                "missing-argument",
                subject.behind,
                message,
                "name a service",
            );
            return None;
        };
        let young = reading.dialect.strict && !reading.dialect.at_least(3, 5);
        let known = SERVICES
            .iter()
            .find(|known| known.as_bytes() == &*word.text && !(young && **known == "haterm"));
        match known {
            Some(known) if http => {
                if *known != "prometheus-exporter" {
                    reading.tell_read_only(&format!("the service '{known}'"), word.span);
                }
                Some(Value::Word(known))
            }
            Some(_) => {
                let message = "Prometheus exporter service only available on 'http-request' rulesets";
                subject.alert(
                    reading,
                    "unusable",
                    word.span,
                    message,
                    "use it in an http-request rule",
                );
                None
            }
            // Lua scripts bring services of their own.
            None if lua_service(reading, word) => {
                reading.tell_read_only("a service of Lua", word.span);
                Some(Value::Text(word.text.to_vec().into()))
            }
            None => {
                let shown_name = if http {
                    shown(word).into_owned()
                } else {
                    "content".to_owned()
                };
                let message = format!("'{shown_name}' unknown service name.");
                let help = closest(&word.text, SERVICES.iter().copied())
                    .map_or("services: prometheus-exporter, haterm".to_owned(), |near| {
                        format!("did you mean '{near}'?")
                    });
                subject.alert(reading, "unknown-name", word.span, message, help);
                None
            }
        }
    })
}

/// A number of retries is one from 1 to 100; what an expression gives is not known yet.
pub(crate) fn retries(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    if !reading.dialect.strict {
        return Some(());
    }
    let span = subject.rule?.span;
    if !reading.has_backend_side() {
        let message = "'set-retries' only available in backend or listen section";
        subject.alert(
            reading,
            "not-in-frontend",
            span,
            message,
            "move it into a backend",
        );
        return None;
    }
    let number = arguments.first().map(|argument| &argument.value);
    let Some(Value::Int(number)) = number else {
        return Some(());
    };
    // The original takes what is out of range, 0 alone, for an expression that it does not know.
    if (1..=100).contains(number) {
        return Some(());
    }
    let message = "expects an expression or an integer between 1 and 100";
    subject.alert(
        reading,
        "bad-number",
        span,
        message,
        "write a number from 1 to 100",
    );
    None
}

/// Refuses an experimental action unless the file allows such.
pub(crate) const fn experimental() -> Arg {
    crate::signature::verify(|reading, _, subject| {
        if reading.written.experimental {
            return Some(());
        }
        let message = format!(
            "'{}' action is experimental, must be allowed via a global 'expose-experimental-directives'",
            subject.of
        );
        let told = Diagnostic::alert("experimental", message).at(subject.rule?.span);
        reading.tell(told.help("write in front of it, in global: expose-experimental-directives"));
        None
    })
}

/// The text between the first parenthesis of a word and its end.
pub(super) fn behind_parenthesis<'w>(word: &'w Word<'_>) -> Option<&'w [u8]> {
    let at = word.text.iter().position(|byte| *byte == b'(')?;
    Some(&word.text[at + 1..])
}
