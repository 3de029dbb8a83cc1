//! Lines of `http-errors` (manual, section 3.8).

use syntax::{Diagnostic, Span};

use super::super::line::{Line, shown};
use super::super::proxy::ERROR_STATUSES;
use super::super::reading::Reading;
use super::given;
use crate::model::Word;
use crate::model::sections::{ErrorFile, HttpErrors};
use crate::signature::{ReadArgument, Value};
use crate::values::loose_integer;

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.beside.http_errors.push(HttpErrors {
        name,
        span,
        files: Vec::new(),
    });
}

/// A status that an answer can be given for.
pub(crate) const STATUS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let Some(_) = cursor.peek() else {
        let message = "errorfile: expects <status_code> and <file> as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        reading.tell(told.help("write: errorfile 503 PATH"));
        return None;
    };
    let value = loose_integer(&word.text).value;
    let known = u16::try_from(value)
        .ok()
        .filter(|status| ERROR_STATUSES.contains(status));
    let since_26 = |status: &u16| *status != 431 || !reading.dialect.strict || reading.dialect.at_least(3, 0);
    let Some(status) = known.filter(since_26) else {
        let message = format!("errorfile : status code '{value}' not handled.");
        let known: Vec<String> = ERROR_STATUSES.iter().map(ToString::to_string).collect();
        let told = Diagnostic::alert("bad-status", message).at(word.span);
        reading.tell(told.help(format!("write one of {}", known.join(", "))));
        return None;
    };
    Some(Value::Int(i64::from(status)))
});

/// A file with an answer.
pub(crate) const ANSWER: ReadArgument = ReadArgument(|reading, cursor, _| {
    let word = cursor.next()?;
    let path = shown(word).into_owned();
    let Ok(content) = reading.host.read_file(&path) else {
        let message = format!("errorfile : error opening file '{path}'.");
        let told = Diagnostic::alert("missing-file", message).at(word.span);
        reading.tell(told.help("check the path, and that this user may read it"));
        return None;
    };
    if !content.is_empty() && !content.starts_with(b"HTTP/") {
        let message = format!("errorfile : '{path}': unable to parse headers (error offset: 0)");
        let told = Diagnostic::alert("bad-file", message).at(word.span);
        reading.tell(told.help("write a whole answer: status line, headers, an empty line, the body"));
        return None;
    }
    Some(Value::Text(path.into()))
});

/// `errorfile STATUS PATH`.
pub(crate) fn errorfile(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let status = given.get("status").and_then(Value::number);
    let (Some(status), Some(path)) = (
        status.and_then(|status| u16::try_from(status).ok()),
        given.get("file").and_then(Value::text).cloned(),
    ) else {
        return;
    };
    // It was read a moment ago.
    let content = reading
        .host
        .read_file(&path.to_string())
        .unwrap_or_default()
        .into();
    if let Some(section) = reading.written.beside.http_errors.last_mut() {
        section.files.push(ErrorFile {
            status,
            path,
            content,
        });
    }
}
