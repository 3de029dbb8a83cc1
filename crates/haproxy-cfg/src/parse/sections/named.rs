//! Keywords of proxies that name a section beside them: `email-alert`, `errorfiles`.

use syntax::{Diagnostic, closest};

use super::super::line::{Line, shown};
use super::super::log::LEVELS;
use super::super::proxy::ERROR_STATUSES;
use super::super::reading::Reading;
use crate::keywords::PROXY_INDEX;
use crate::model::ErrorAnswer;
use crate::signature::{self, Given, ReadArgument, Value};
use crate::values::loose_integer;
use crate::written::{ErrorSet, ReferenceKind, Set, WrittenErrors};

/// The line's arguments, which are kept; none when they are wrong, which is told.
fn given(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<Given> {
    let row = PROXY_INDEX.find(&line.keyword().text)?;
    let given = signature::line_given(reading, line, row.row.name, row.signature?)?;
    reading.keep(given.clone());
    Some(given)
}

/// A log level behind `level`.
pub(crate) const LEVEL: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let text = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let names: Vec<&str> = LEVELS.iter().map(|(name, _)| *name).collect();
    let Some(level) = names.iter().find(|level| **level == text) else {
        let message = if reading.dialect.does_as(3, 2) {
            format!("unknown log level '{text}' after 'level'")
        } else {
            format!("unknown log level 'level' after '{text}'")
        };
        let near = closest(text.as_bytes(), names.iter().copied());
        let help = near.map_or(format!("write one of {}", names.join(", ")), |near| {
            format!("did you mean '{near}'?")
        });
        let told =
            Diagnostic::alert("unknown-level", message).at(word.map_or(subject.behind, |word| word.span));
        reading.tell(told.help(help));
        return None;
    };
    Some(Value::Word(level))
});

/// `email-alert from|to|mailers|myhostname|level …`.
pub(crate) fn email_alert(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(Value::Option(what, arguments)) = given.get("what") else {
        return;
    };
    let text = arguments.first().map(|argument| &argument.value);
    if text.is_none() && reading.dialect.strict && reading.dialect.at_least(3, 2) {
        let message = format!("missing argument after '{what}'.");
        return reading.alert("missing-argument", line.behind(), message);
    }
    if *what == "level" {
        let level = LEVELS
            .iter()
            .find(|(name, _)| matches!(text, Some(Value::Word(word)) if word == name))
            .map(|(_, level)| *level);
        let email = &mut reading.settings().email;
        email.line = email.line.or(Some(line.span()));
        email.level = level.or(email.level);
        return;
    }
    let text = text.and_then(|value| value.text().cloned()).unwrap_or_default();
    let text = Set::new(text, line.arg(1).map_or(line.span(), |word| word.span));
    let email = &mut reading.settings().email;
    email.line = email.line.or(Some(line.span()));
    match *what {
        "from" => email.from = Some(text),
        "to" => email.to = Some(text),
        "mailers" => email.mailers = Some(text),
        "myhostname" => email.host = Some(text),
        _ => {}
    }
}

/// `external-check command|path …`.
pub(crate) fn external_check(reading: &mut Reading<'_>, line: &Line<'_>) {
    // It is looked for once it is known how servers are checked.
    let _kept = given(reading, line);
}

/// A status that `errorfiles` takes from a set.
pub(crate) const STATUS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let value = loose_integer(&word.text).value;
    let known = u16::try_from(value)
        .ok()
        .filter(|status| ERROR_STATUSES.contains(status));
    let Some(status) = known else {
        let message = format!("{} : status code '{value}' not handled.", subject.name);
        let known: Vec<String> = ERROR_STATUSES.iter().map(ToString::to_string).collect();
        let told = Diagnostic::alert("bad-status", message).at(word.span);
        reading.tell(told.help(format!("write one of {}", known.join(", "))));
        return None;
    };
    Some(Value::Int(i64::from(status)))
});

/// `errorfiles NAME [STATUS …]`.
pub(crate) fn errorfiles(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(name) = given.get("name").and_then(Value::text).cloned() else {
        return;
    };
    let statuses = given
        .arguments
        .iter()
        .filter_map(|argument| u16::try_from(argument.value.number()?).ok())
        .collect();
    let span = line.arg(0).map_or(line.span(), |word| word.span);
    reading.refer(ReferenceKind::HttpErrors, &name, span);
    let statuses: Vec<u16> = statuses;
    let answers = WrittenErrors::Set(name.clone(), statuses.clone());
    reading.settings().error_answers.push(answers);
    let proxy = reading
        .proxy_ref()
        .map(|proxy| proxy.name.clone())
        .unwrap_or_default();
    reading.written.error_sets.push(ErrorSet {
        proxy,
        name,
        statuses,
        span,
    });
}

/// `errorloc STATUS URL`, `errorloc302 STATUS URL`.
pub(crate) fn errorloc(reading: &mut Reading<'_>, line: &Line<'_>) {
    location(reading, line, 302);
}

/// `errorloc303 STATUS URL`.
pub(crate) fn errorloc303(reading: &mut Reading<'_>, line: &Line<'_>) {
    location(reading, line, 303);
}

fn location(reading: &mut Reading<'_>, line: &Line<'_>, code: u16) {
    let Some(given) = given(reading, line) else { return };
    let status = given.get("status").and_then(Value::number);
    let (Some(status), Some(to)) = (
        status.and_then(|status| u16::try_from(status).ok()),
        given.get("url").and_then(Value::text).cloned(),
    ) else {
        return;
    };
    let answer = WrittenErrors::One(status, ErrorAnswer::Location { code, to });
    reading.settings().error_answers.push(answer);
}
