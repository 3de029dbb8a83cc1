//! Variables of the process.

use syntax::Diagnostic;

use super::super::format;
use super::super::frame::Frame;
use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::super::sample::{self, Usage, Wording};
use super::kept;
use crate::lex::Word;
use crate::model::{Preset, PresetValue, Scope, Variable};
use crate::signature::{Argument, Cursor, ReadArgument, Subject, Value};

/// `set-var NAME EXPRESSION`.
pub(crate) const SET_VAR: ReadArgument =
    ReadArgument(|reading, cursor, subject| assignment(reading, cursor, subject, false));
/// `set-var-fmt NAME FORMAT`.
pub(crate) const SET_VAR_FMT: ReadArgument =
    ReadArgument(|reading, cursor, subject| assignment(reading, cursor, subject, true));

fn assignment(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    formatted: bool,
) -> Option<Value> {
    let (Some(name), Some(value)) = (cursor.next(), cursor.peek()) else {
        let what = if formatted {
            "format string"
        } else {
            "sample expression"
        };
        let message = format!(
            "'{}' requires a process-wide variable name ('proc.<name>') and a {what}.",
            subject.name
        );
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        subject.tell(
            reading,
            told.help(format!("write: {} proc.NAME VALUE", subject.name)),
        );
        return None;
    };
    let variable = variable(reading, subject, name)?;
    let frame = Frame {
        tail: subject.tail,
        ..Frame::new(subject.lead)
    };
    let span = value.span;
    let value = if formatted {
        let format = format::parse(reading, value, Usage::CONFIGURATION, frame)?;
        format::refuse_http(reading, &format, frame)?;
        Value::Format(Box::new(format))
    } else {
        let blamed = format!("set-var({})", shown(name));
        let wording = Wording::new(frame).named(&blamed);
        let at = cursor.position();
        let (sample, _) = sample::parse(reading, cursor.words(), at, Usage::CONFIGURATION, wording)?;
        Value::Sample(Box::new(sample))
    };
    // What stands behind the value is read over.
    while cursor.next().is_some() {}
    let argument = |name: &'static str, value: Value, span| Argument { name, value, span };
    Some(Value::Option(
        "assignment",
        vec![
            argument("name", Value::Variable(variable), name.span),
            argument("value", value, span),
        ],
    ))
}

/// `set-var NAME EXPRESSION` and `set-var-fmt NAME FORMAT`.
pub(crate) fn set_variable(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = kept(reading, line) else { return };
    let Some(Value::Option(_, assignment)) = given.arguments.first().map(|argument| &argument.value) else {
        return;
    };
    let [name, value] = &assignment[..] else { return };
    let (Value::Variable(variable), value) = (&name.value, &value.value) else {
        return;
    };
    let value = match value {
        Value::Sample(sample) => PresetValue::Sample(sample.clone()),
        Value::Format(format) => PresetValue::Format(format.clone()),
        _ => return,
    };
    reading.written.global.variables.push(Preset {
        variable: variable.clone(),
        value,
        span: line.span(),
    });
}

/// A variable of the process.
fn variable(reading: &mut Reading<'_>, subject: &Subject<'_>, word: &Word<'_>) -> Option<Variable> {
    let message = match sample::variable::variable(&word.text) {
        Ok(found) if found.scope == Scope::Process => return Some(found),
        Ok(_) => format!(
            "'{}': cannot set variable '{}', only scope 'proc' is permitted in the global section.",
            subject.name,
            shown(word)
        ),
        // The original reads the name inside a parenthesis of its own making.
        Err(fault) if fault.starts_with("invalid syntax") => format!("{})'", fault.trim_end_matches('\'')),
        Err(fault) => fault,
    };
    let told = Diagnostic::alert("bad-name", message).at(word.span);
    subject.tell(reading, told.help("write: proc.NAME"));
    None
}
