//! `capture EXPRESSION len N` and `capture EXPRESSION id N`.

use super::{Pending, sample};
use crate::keywords::rule_set;
use crate::model::CaptureSlot;
use crate::parse::{Reading, shown};
use crate::signature::{Arg, Cursor, Subject, Value, rest};
use crate::values::{integer, loose_integer};

/// The sample with where it goes: a new slot of so many bytes, or one that is declared.
pub(crate) const fn captured(name: &'static str) -> Arg {
    rest(name, read)
}

fn read(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let rule = subject.rule?;
    if rule.set & rule_set::TCP_REQ != 0 {
        return tcp(reading, cursor, subject);
    }
    let request = rule.set & rule_set::HTTP_REQ != 0;
    let shape = if request {
        "expects <expression> [ 'len' <length> | id <idx> ]"
    } else {
        "expects <expression> id <idx>"
    };
    // The original looks for the word behind the expression's before it reads that.
    let is_word = |at: &usize| {
        cursor
            .ahead(*at)
            .is_some_and(|word| !matches!(&*word.text, b"if" | b"unless"))
    };
    let counted = (0..3).all(|at| is_word(&at));
    if !counted {
        subject.alert(
            reading,
            "missing-argument",
            subject.behind,
            shape,
            "write: capture EXPRESSION id 0",
        );
        return None;
    }
    let value = sample::read_nowhere(reading, cursor, subject, "")?;
    let how = cursor.next()?;
    let number = cursor.next()?;
    match &*how.text {
        b"len" if request => {
            if !reading.has_frontend_side() {
                return no_frontend(reading, subject);
            }
            let length = length(reading, subject, number)?;
            Some(in_new_slot(reading, value, length))
        }
        b"id" => {
            let exact = integer(&number.text).or_else(|| {
                let read = loose_integer(&number.text);
                read.exact.then_some(read.value)
            });
            let taken = |id: &i64| *id >= 0 || reading.spoken_before(3, 1);
            let Some(id) = exact.filter(taken) else {
                let message = format!("cannot parse id '{}'", shown(number));
                subject.alert(
                    reading,
                    "bad-number",
                    number.span,
                    message,
                    "write the number of a declared capture",
                );
                return None;
            };
            if reading.has_frontend_side() && id >= 0 {
                super::pend(
                    reading,
                    Pending::Capture(request),
                    id.to_string().as_bytes(),
                    number.span,
                );
            }
            Some(Value::List(vec![value, Value::Word("id"), Value::Int(id)]))
        }
        _ => {
            let message = if request {
                format!("expects 'len' or 'id', found '{}'", shown(how))
            } else {
                format!("expects 'id', found '{}'", shown(how))
            };
            subject.alert(reading, "unknown-option", how.span, message, "write: id 0");
            None
        }
    }
}

/// In a TCP rule there is only a new slot.
fn tcp(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    if !reading.has_frontend_side() {
        return no_frontend(reading, subject);
    }
    let value = sample::read_nowhere(reading, cursor, subject, "")?;
    if cursor.peek().is_none_or(|word| &*word.text != b"len") {
        let span = cursor.peek().map_or(subject.behind, |word| word.span);
        subject.alert(
            reading,
            "missing-argument",
            span,
            "a positive 'len' argument is mandatory",
            "add: len BYTES",
        );
        return None;
    }
    let word = cursor.next()?;
    let number = cursor.next().unwrap_or(word);
    let length = length(reading, subject, number)?;
    sample::value_needs_contents(reading, &value, "tcp-request capture");
    Some(in_new_slot(reading, value, length))
}

/// The sample with its length, and the number of the slot that is made for it.
fn in_new_slot(reading: &mut Reading<'_>, value: Value, length: i64) -> Value {
    let slot = CaptureSlot {
        header: None,
        len: usize::try_from(length).unwrap_or(0),
    };
    let number = reading.add_capture(true, slot);
    let mut values = vec![value, Value::Word("len"), Value::Int(length)];
    values.extend(number.map(Value::Int));
    Value::List(values)
}

fn length(reading: &mut Reading<'_>, subject: &Subject<'_>, word: &crate::lex::Word<'_>) -> Option<i64> {
    let length = loose_integer(&word.text).value;
    if length > 0 {
        return Some(length);
    }
    subject.alert(
        reading,
        "bad-number",
        word.span,
        "length must be > 0",
        "write a number of bytes",
    );
    None
}

fn no_frontend(reading: &mut Reading<'_>, subject: &Subject<'_>) -> Option<Value> {
    let name = String::from_utf8_lossy(&reading.own_name()).into_owned();
    let message = format!("proxy '{name}' has no frontend capability");
    subject.alert(
        reading,
        "not-in-backend",
        subject.rule?.span,
        message,
        "move it into a frontend",
    );
    None
}
