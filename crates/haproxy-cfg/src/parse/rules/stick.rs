//! `stick on|match|store-request|store-response …`.

use super::{Pending, conditional};
use crate::keywords::place;
use crate::parse::frame::Frame;
use crate::parse::sample::{Usage, Wording, parse};
use crate::parse::{Line, Reading, shown};
use crate::signature::{
    Arg, Argument, Cursor, Given, Opt, Subject, Value, choice, opt, option, rest, sequence, stop, verify,
};

/// `stick …`.
pub(crate) const STICK: &[Arg] = &[choice("rule", RULES).words("'stick' expects 'on', 'match', or 'store'.")];

const RULES: &[Opt] = &[
    opt("match", REQUEST),
    opt("on", REQUEST),
    opt("store", REQUEST),
    opt("store-request", REQUEST),
    opt("store-response", RESPONSE),
];

const TABLE: Arg = option(&opt("table", &[rest("name", table_name)]));
const END: Arg = stop("'stick': unknown keyword '{got}'.");

const REQUEST: &[Arg] = &[
    rest("pattern", |reading, cursor, subject| {
        pattern(
            reading,
            cursor,
            subject,
            Usage::STICK_REQUEST.quietly(),
            "during request.",
        )
    }),
    TABLE,
    END,
    verify(|reading, arguments, subject| table(reading, arguments, subject, false)),
    rest("condition", |reading, cursor, _| {
        sticking(reading, cursor, Usage::STICK_REQUEST)
    }),
];

const RESPONSE: &[Arg] = &[
    rest("pattern", |reading, cursor, subject| {
        pattern(
            reading,
            cursor,
            subject,
            Usage::STICK_RESPONSE,
            "for 'store-response'.",
        )
    }),
    TABLE,
    END,
    verify(|reading, arguments, subject| table(reading, arguments, subject, true)),
    rest("condition", |reading, cursor, _| {
        sticking(reading, cursor, Usage::STICK_RESPONSE)
    }),
];

fn pattern(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    usage: Usage,
    here: &str,
) -> Option<Value> {
    let Some(word) = cursor.peek() else {
        let message = "'stick' expects a fetch method.";
        subject.alert(
            reading,
            "missing-argument",
            subject.behind,
            message,
            "write: stick on src",
        );
        return None;
    };
    let text = shown(word).into_owned();
    let name = text.split(['(', ',']).next().unwrap_or(&text);
    let wording = Wording {
        here,
        ..Wording::new(Frame::new("'stick': ").open()).named(name)
    };
    let (read, next) = parse(reading, cursor.words(), cursor.position(), usage, wording)?;
    cursor.go_to(next);
    Some(Value::Sample(Box::new(read)))
}

/// A table's name, which may be missing.
fn table_name(_: &mut Reading<'_>, cursor: &mut Cursor<'_>, _: &Subject<'_>) -> Option<Value> {
    let name = cursor.next().map(|word| word.text.to_vec()).unwrap_or_default();
    Some(Value::Text(name.into()))
}

/// Remembers the table of a rule.
fn table(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
    stores: bool,
) -> Option<()> {
    let named = arguments.iter().find_map(|argument| match &argument.value {
        Value::Option("table", values) => values
            .first()
            .map(|value| (value.value.bytes().to_vec(), value.span)),
        _ => None,
    });
    let (name, span) = named.unwrap_or((reading.own_name(), subject.behind));
    let output = super::sample::output(arguments);
    super::pend(reading, Pending::StickTable(stores, output), &name, span);
    Some(())
}

/// The condition at the end of a line, if any.
fn sticking(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, usage: Usage) -> Option<Value> {
    let lead = "'stick': error detected while parsing sticking condition : ";
    conditional(reading, cursor, usage, lead)
}

/// `stick …`.
pub(crate) fn stick(reading: &mut Reading<'_>, line: &Line<'_>) {
    // A frontend keeps nothing, and nothing more is said of the line there.
    if reading.place() == place::FRONTEND {
        return;
    }
    let subject = Subject::new("stick", line.behind());
    let mut cursor = Cursor::new(line.args(), 0);
    let Some(arguments) = sequence(reading, &mut cursor, STICK, &subject) else {
        return;
    };
    reading.keep(Given {
        name: "stick",
        arguments,
        span: line.span(),
    });
}
