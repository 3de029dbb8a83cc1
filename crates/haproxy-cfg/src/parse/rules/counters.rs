//! Counters of stick tables that rules name: `sc-inc-gpc(IDX,SC)` and its kin, `track-sc0 …`.

use super::{Pending, sample};
use crate::keywords::rule_set;
use crate::lex::Word;
use crate::parse::{Reading, shown};
use crate::signature::{Arg, Argument, Cursor, Subject, Value, custom};
use crate::values::loose_integer;

/// Entries that a stream may track (`tune.stick-counters`).
fn counters(reading: &Reading<'_>) -> i64 {
    i64::from(reading.written.global.tune.stick_counters)
}

/// `(IDX,SC)`: which counter of a table's row, and which of the tracked rows.
pub(crate) const fn indexed(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        read_indexed(reading, word, subject)
    })
}

fn read_indexed(reading: &mut Reading<'_>, word: &Word<'_>, subject: &Subject<'_>) -> Option<Value> {
    let text = shown(word).into_owned();
    let bare = text.split('(').next().unwrap_or(&text);
    let stem = if bare.starts_with("sc-set-gpt") {
        "sc-set-gpt"
    } else if bare.starts_with("sc-add-gpc") {
        "sc-add-gpc"
    } else {
        "sc-inc-gpc"
    };
    let kind = &stem[stem.len() - 3..];
    let upper = kind.to_ascii_uppercase();
    let help = format!("write: {stem}(INDEX,COUNTER), such as {stem}(0,1)");
    let most = counters(reading);
    let mut fault = |message: String| {
        subject.alert(reading, "bad-number", word.span, message, help.clone());
        None
    };
    let Some(inside) = text[stem.len()..].strip_prefix('(') else {
        return fault(format!(
            "invalid {kind} ID '{text}'. Expects {stem}(<{upper} ID>,<Track ID>)"
        ));
    };
    let digits = inside.bytes().take_while(u8::is_ascii_digit).count();
    let index = inside[..digits].parse::<i64>().unwrap_or(0);
    let Some(behind) = inside[digits..].strip_prefix(',') else {
        return fault(format!(
            "Missing {kind} ID '{text}'. Expects {stem}(<{upper} ID>,<Track ID>)"
        ));
    };
    let digits = behind.bytes().take_while(u8::is_ascii_digit).count();
    let counter = behind[..digits].parse::<i64>().unwrap_or(0);
    if &behind[digits..] != ")" {
        return fault(format!(
            "invalid stick table track ID '{text}'. Expects {stem}(<{upper} ID>,<Track ID>)"
        ));
    }
    if counter >= most {
        return fault(format!(
            "invalid stick table track ID '{text}'. The max allowed ID is {}",
            most - 1
        ));
    }
    Some(Value::List(vec![Value::Int(index), Value::Int(counter)]))
}

/// `(SC)`: which of the tracked rows; the first without it.
pub(crate) const fn numbered(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        read_numbered(reading, word, subject, false)
    })
}

/// The same for a tag, whose faults are worded otherwise.
pub(crate) const fn numbered_tag(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        read_numbered(reading, word, subject, true)
    })
}

fn read_numbered(
    reading: &mut Reading<'_>,
    word: &Word<'_>,
    subject: &Subject<'_>,
    tag: bool,
) -> Option<Value> {
    const STEM: usize = "sc-inc-gpc0".len();
    let text = shown(word).into_owned();
    let (stem, rest) = text.split_at(STEM.min(text.len()));
    let help = format!("write: {stem}(COUNTER), such as {stem}(0)");
    let quoted = if tag { format!(" '{text}'") } else { String::new() };
    if rest.is_empty() {
        return Some(Value::Int(0));
    }
    let number = rest.strip_prefix('(').and_then(|inside| {
        let read = loose_integer(inside.split(')').next().unwrap_or(inside).as_bytes());
        let length = inside
            .find(|c: char| !c.is_ascii_digit() && c != '-')
            .unwrap_or(inside.len());
        inside[length..].starts_with(')').then_some(read.value)
    });
    let Some(number) = number else {
        let expects = if tag { stem } else { &text };
        let message = format!("invalid stick table track ID{quoted}. Expects {expects}(<Track ID>)");
        subject.alert(reading, "bad-number", word.span, message, help);
        return None;
    };
    if number >= counters(reading) {
        let message = format!(
            "invalid stick table track ID{quoted}. The max allowed ID is {}{}",
            counters(reading) - 1,
            settable(reading)
        );
        subject.alert(reading, "bad-number", word.span, message, help);
        return None;
    }
    Some(Value::Int(number))
}

/// The value of a tag: a number, or an expression.
pub(crate) fn value(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let Some(word) = cursor.peek() else {
        // Without one the original sets 0.
        return Some(Value::Int(0));
    };
    let read = loose_integer(&word.text);
    if read.exact {
        cursor.next();
        return Some(Value::Int(read.value));
    }
    if let Some(rule) = subject.rule.filter(|rule| rule.set == rule_set::TCP_CONN) {
        // It had no usage of its own there, and took none.
        if reading.dialect.strict && !reading.dialect.at_least(2, 7) && sample::is_known(word) {
            let message = "internal error, unexpected rule->from=0, please report this bug!";
            subject.alert(reading, "unusable", rule.span, message, "write a number");
            return None;
        }
    }
    sample::read_nowhere(reading, cursor, subject, "")
}

/// The table of `track-scN`. In a TCP rule its name may be missing.
pub(crate) const fn table_name(name: &'static str) -> Arg {
    crate::signature::rest(name, |reading, cursor, subject| {
        let http = subject.rule.is_some_and(|rule| rule.is_http());
        let Some(word) = cursor.next() else {
            if !http {
                return Some(Value::Text(Vec::new().into()));
            }
            let help = "name a section that has a stick-table";
            subject.alert(
                reading,
                "missing-argument",
                subject.behind,
                "missing table name",
                help,
            );
            return None;
        };
        Some(Value::Text(word.text.to_vec().into()))
    })
}

/// The number in `track-scN`.
pub(crate) const fn tracker(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        let text = shown(word).into_owned();
        let number = text.strip_prefix("track-sc").unwrap_or_default();
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("Wrong track-sc number '{number}'");
            subject.alert(
                reading,
                "bad-number",
                word.span,
                message,
                "write: track-sc0, track-sc1 or track-sc2",
            );
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the original keeps 32 bits")]
        let value = loose_integer(number.as_bytes()).value as i32;
        if i64::from(value) >= counters(reading) {
            let message = format!(
                "{value} track-sc number exceeding {} ({}-1) value",
                counters(reading) - 1,
                if reading.dialect.does_as(2, 7) {
                    "tune.stick-counters"
                } else {
                    "MAX_SESS_STKCTR"
                }
            );
            subject.alert(
                reading,
                "bad-number",
                word.span,
                message,
                "write: track-sc0, track-sc1 or track-sc2",
            );
            return None;
        }
        Some(Value::Int(i64::from(value)))
    })
}

/// Remembers the table that is tracked in.
pub(crate) fn table(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let rule = subject.rule?;
    let named = arguments.iter().find_map(|argument| match &argument.value {
        Value::Option("table", values) => values
            .first()
            .map(|value| (value.value.bytes().to_vec(), value.span)),
        _ => None,
    });
    let (name, span) = named.unwrap_or((reading.own_name(), rule.span));
    let output = sample::output(arguments);
    super::pend(
        reading,
        Pending::Table(subject.of.to_owned(), output),
        &name,
        span,
    );
    if rule.set == rule_set::TCP_REQ {
        sample::needs_contents(reading, arguments, "tcp-request content track-sc*");
    }
    Some(())
}

/// Where newer versions say that the number of tracked rows comes from.
fn settable(reading: &Reading<'_>) -> &'static str {
    if reading.dialect.does_as(2, 7) {
        " (tune.stick-counters)"
    } else {
        ""
    }
}
