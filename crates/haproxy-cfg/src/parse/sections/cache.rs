//! Lines of `cache` (manual, section 6.2.1).

use syntax::{Diagnostic, Severity, Span};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::{given, has_fault, whole};
use crate::lex::Word as FileWord;
use crate::model::Word;
use crate::model::sections::Cache;
use crate::signature::{Cursor, ReadArgument, Subject, Value};
use crate::values::{integer, loose_integer};

/// Megabytes that a cache may have.
const MAX_SIZE: i64 = 4095;

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.beside.caches.push(Cache {
        name,
        span,
        total_max_size: None,
        max_object_size: None,
        max_age: None,
        process_vary: false,
        max_secondary_entries: None,
    });
}

/// A warning, for which the original refuses the file or not.
fn warn(reading: &mut Reading<'_>, message: String, span: Span, refuses: bool, help: &str) {
    let told = Diagnostic::new(Severity::Warning, "bad-number", message)
        .refusing(refuses)
        .at(span);
    reading.tell(told.help(help));
}

fn extra(cursor: &Cursor<'_>) -> bool {
    cursor.peek().is_some()
}

/// The number of a word that is nothing else; 32 bits wide as the original has it.
fn number(word: Option<&FileWord<'_>>) -> Option<i64> {
    word.and_then(|word| integer(&word.text))
}

/// `total-max-size MEGABYTES`.
pub(crate) const TOTAL: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    if extra(cursor) {
        return Some(Value::Int(0));
    }
    let span = word.map_or(subject.behind, |word| word.span);
    let got = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let help = "write megabytes, from 1 to 4095";
    match number(word) {
        None => {
            let message = format!("total-max-size wrong value '{got}'");
            warn(reading, message, span, true, help);
            None
        }
        Some(value) if !(0..=MAX_SIZE).contains(&value) => {
            let message = format!("\"total-max-size\" ({value}) must not be greater than {MAX_SIZE}");
            warn(reading, message, span, true, help);
            None
        }
        Some(value) => Some(Value::Int(value)),
    }
});

/// `max-age SECONDS`.
pub(crate) const AGE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let Some(word) = cursor.next() else {
        let message = "'max-age' expects an age parameter in seconds.".to_owned();
        warn(reading, message, subject.behind, false, "add the seconds");
        return None;
    };
    let loose = loose_integer(&word.text);
    if !loose.exact && !extra(cursor) {
        let message = format!(
            "'max-age' expects a number, '{}' is read as {}.",
            shown(word),
            loose.value
        );
        let told = Diagnostic::warning("loose-number", message).at(word.span);
        reading.tell(told.help("write seconds"));
    }
    Some(Value::Int(loose.value))
});

/// A number that must be there and, as `least` says, not be too small.
fn strict(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    missing: &str,
    least: i64,
) -> Option<Value> {
    let word = cursor.next();
    if extra(cursor) {
        return Some(Value::Int(0));
    }
    if word.is_none() {
        warn(
            reading,
            missing.to_owned(),
            subject.behind,
            false,
            "add the number",
        );
    }
    let span = word.map_or(subject.behind, |word| word.span);
    let value = number(word).filter(|value| *value >= least || *value < 0);
    if value.is_none() {
        let got = word.map(|word| shown(word).into_owned()).unwrap_or_default();
        let message = format!("{} wrong value '{got}'", subject.name);
        warn(reading, message, span, true, "write a number");
    }
    value.map(Value::Int)
}

/// `max-object-size BYTES`.
pub(crate) const OBJECT: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let missing = "'max-object-size' expects a maximum file size parameter in bytes.";
    strict(reading, cursor, subject, missing, 0)
});

/// `max-secondary-entries NUMBER`.
pub(crate) const ENTRIES: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let missing = "'max-secondary-entries' expects a strictly positive number.";
    strict(reading, cursor, subject, missing, 1)
});

/// `process-vary on|off`.
pub(crate) const VARY: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    if extra(cursor) {
        return Some(Value::Word("off"));
    }
    match word.map(|word| &*word.text) {
        Some(b"on") => Some(Value::Word("on")),
        Some(b"off") => Some(Value::Word("off")),
        _ => {
            let message = "'process-vary' expects \"on\" or \"off\" (enable or disable vary processing).";
            let span = word.map_or(subject.behind, |word| word.span);
            warn(reading, message.to_owned(), span, false, "write: process-vary on");
            None
        }
    }
});

/// Any of the lines.
pub(crate) fn set(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(value) = given.arguments.first().map(|argument| &argument.value) else {
        return;
    };
    let number = value
        .number()
        .map(|number| u32::try_from(number.rem_euclid(1 << 32)).unwrap_or(u32::MAX));
    let Some(cache) = reading.written.beside.caches.last_mut() else {
        return;
    };
    match given.name {
        "total-max-size" => cache.total_max_size = number.filter(|size| *size > 0),
        "max-object-size" => cache.max_object_size = number.filter(|size| *size > 0),
        "max-age" => cache.max_age = number,
        "max-secondary-entries" => cache.max_secondary_entries = number,
        _ => cache.process_vary = value.word() == Some("on"),
    }
}

/// What can be said of all sections once they are read.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    for cache in &reading.written.beside.caches {
        let Some(total) = cache.total_max_size else {
            // A size that is wrong is not missing.
            if has_fault(reading, cache.span, |told| told.code == "bad-number") {
                continue;
            }
            let message = format!("Size not specified for cache '{}'", cache.name);
            let one = Diagnostic::alert("missing-size", message).at(cache.span);
            told.push(whole(one).help("add: total-max-size MEGABYTES"));
            continue;
        };
        let limit = u64::from(total) * 1024 * 1024 / 2;
        if cache.max_object_size.is_some_and(|size| u64::from(size) > limit) {
            let message =
                format!("\"max-object-size\" is limited to an half of \"total-max-size\" => {limit}");
            let one = Diagnostic::alert("bad-size", message).at(cache.span);
            told.push(whole(one).help(format!("write {limit} or less, or a larger total-max-size")));
        }
    }
    reading.diagnostics.extend(told);
}
