//! Stats sockets, and what holds for unix sockets.

use syntax::{Diagnostic, closest};

use super::super::bind::stats_socket;
use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::super::timeout::stray;
use super::process::account;
use crate::signature::{Cursor, ReadArgument, Subject, TIME_WORDS, Value};
use crate::values::{Time, TimeError, Unit, loose_integer, time};

/// The rights of a file, in octal digits as `strtol` reads them.
pub(crate) const OCTAL: ReadArgument = ReadArgument(|_, cursor, _| {
    let word = cursor.next()?;
    let digits = word.text.iter().take_while(|byte| (b'0'..=b'7').contains(byte));
    Some(Value::Int(digits.fold(0_i64, |mode, digit| {
        mode.saturating_mul(8).saturating_add(i64::from(digit - b'0'))
    })))
});

fn owner(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    what: &str,
) -> Option<Value> {
    let word = cursor.next();
    account(reading, subject, word, what, |name| {
        format!("'{}' : '{name}' unknown {what}.", subject.name)
    })
}

/// The user whose the sockets are to be.
pub(crate) const SOCKET_USER: ReadArgument =
    ReadArgument(|reading, cursor, subject| owner(reading, cursor, subject, "user"));
/// The group whose the sockets are to be.
pub(crate) const SOCKET_GROUP: ReadArgument =
    ReadArgument(|reading, cursor, subject| owner(reading, cursor, subject, "group"));

/// `stats socket`, `stats timeout` and `stats maxconn` of `global`.
pub(crate) fn stats(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    match name.as_str() {
        "socket" => stats_socket(reading, line),
        "timeout" => timeout(reading, line),
        "maxconn" => {
            let value = line
                .arg(1)
                .and_then(|word| u32::try_from(loose_integer(&word.text).value).ok());
            match value.filter(|value| *value > 0) {
                Some(value) => reading.written.global.stats_maxconn = Some(value),
                None => {
                    let span = line.arg(1).map_or(line.behind(), |word| word.span);
                    reading.alert("bad-number", span, "'stats maxconn' expects a positive value");
                }
            }
        }
        "bind-process" => bind_process(reading, line),
        _ => {
            let span = line.arg(0).map_or(line.behind(), |word| word.span);
            let message = format!(
                "'stats' only supports 'socket', 'maxconn', 'bind-process' and 'timeout' (got '{name}')"
            );
            let near = closest(name.as_bytes(), ["socket", "maxconn", "bind-process", "timeout"]);
            let help = near.map_or("write: stats socket PATH".to_owned(), |near| {
                format!("did you mean '{near}'?")
            });
            reading.tell(Diagnostic::alert("unknown-option", message).at(span).help(help));
        }
    }
}

/// `stats timeout TIME`.
fn timeout(reading: &mut Reading<'_>, line: &Line<'_>) {
    let subject = Subject::new("stats timeout", line.behind());
    let Some(word) = line.arg(1) else {
        return reading.alert(
            "missing-argument",
            line.behind(),
            "'stats timeout' expects a time.",
        );
    };
    let got = shown(word);
    let message = match time(&word.text, Unit::Millisecond) {
        Ok(Time { value: 0, .. }) => "'stats timeout' expects a positive value".to_owned(),
        Ok(Time { value, stray: None }) => {
            reading.written.global.stats_timeout = Some(value);
            return;
        }
        Ok(Time {
            value,
            stray: Some(byte),
        }) => {
            reading.written.global.stats_timeout = stray(reading, &subject, word, value, byte);
            return;
        }
        Err(TimeError::Underflow) => {
            reading.written.global.stats_timeout = Some(1);
            return;
        }
        Err(TimeError::Overflow) => subject.words(TIME_WORDS.overflow, &got),
        Err(TimeError::Unexpected(byte)) => {
            format!("'stats timeout' : unexpected character '{}'", char::from(byte))
        }
    };
    let told = Diagnostic::alert("bad-time", message).at(word.span);
    reading.tell(told.help("write a number and one of the units us, ms, s, m, h, d"));
}

/// `stats bind-process`: there is one process.
fn bind_process(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.dialect.strict && reading.dialect.at_least(2, 7) {
        let message = "'stats bind-process' is not supported anymore.".to_owned();
        return reading.alert("removed-keyword", line.span(), message);
    }
    for word in line.args().iter().skip(1).filter(|word| !word.text.is_empty()) {
        let text = shown(word).into_owned();
        let fault = match text.as_str() {
            "all" | "odd" | "even" | "1" => continue,
            text if text.starts_with(|first: char| first.is_ascii_digit()) => {
                format!("'{text}' is not a valid number/range. It supports numbers from 1 to 1.")
            }
            text => format!("'{text}' is not a valid number/range."),
        };
        return reading.alert("bad-number", word.span, format!("'stats bind-process' : {fault}"));
    }
    reading.tell_read_only("'stats bind-process'", line.span());
}
