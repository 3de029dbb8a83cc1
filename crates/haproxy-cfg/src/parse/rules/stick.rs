//! `stick on|match|store-request|store-response …`.

use super::{Pending, conditional};
use crate::keywords::place;
use crate::model::StickWhat;
use crate::parse::frame::Frame;
use crate::parse::sample::{Usage, Wording, parse};
use crate::parse::{Line, Reading, shown};
use crate::signature::{
    Arg, Argument, Condition, Cursor, Given, Opt, Subject, Value, choice, opt, option, rest, sequence, stop,
    verify,
};
use crate::written::WrittenStick;

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
    let written = written(&arguments, line);
    if let (Some(written), Some(proxy)) = (written, reading.proxy()) {
        proxy.stick.push(written);
    }
    reading.keep(Given {
        name: "stick",
        arguments,
        span: line.span(),
    });
}

/// What a line does; none where its condition uses what is only read.
fn written(arguments: &[Argument], line: &Line<'_>) -> Option<WrittenStick> {
    let (rule, parts) = arguments.iter().find_map(|argument| match &argument.value {
        Value::Option(rule, parts) => Some((*rule, parts)),
        _ => None,
    })?;
    let what = match rule {
        "match" => StickWhat::Match,
        "on" => StickWhat::On,
        "store-response" => StickWhat::StoreResponse,
        _ => StickWhat::StoreRequest,
    };
    let mut sample = None;
    let mut table = None;
    let mut cond = None;
    for part in parts {
        match &part.value {
            Value::Sample(read) => sample = Some(read.clone()),
            Value::Option("table", values) => {
                table = values.first().and_then(|name| name.value.text()).cloned();
            }
            Value::Condition(Condition(read)) => cond.clone_from(read),
            _ => {}
        }
    }
    let conditional = (line.args().iter()).any(|word| matches!(&*word.text, b"if" | b"unless"));
    if conditional && cond.is_none() {
        return None;
    }
    Some(WrittenStick {
        what,
        sample: sample?,
        table,
        cond,
        span: line.span(),
    })
}
