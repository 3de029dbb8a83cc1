//! `table NAME …` of `peers`: a stick table of the section.

use syntax::Diagnostic;

use super::super::line::shown;
use super::super::reading::Reading;
use crate::lex::Word;
use crate::signature::{Argument, ReadArgument, Subject, TimeWords, Value};
use crate::values::{Unit, integer, time};

/// What is said of times of `expire`.
pub(crate) const EXPIRE_TIME: TimeWords = TimeWords {
    unexpected: "table: unexpected character '{byte}' in argument of 'expire'.",
    overflow: "table: timer overflow in argument <{got}> to <expire>, maximum value is 2147483647 ms (~24.8 days).",
    underflow: "",
};

fn wrong(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: Option<&Word<'_>>,
    message: String,
    help: &str,
) {
    let span = word.map_or(subject.behind, |word| word.span);
    let told = Diagnostic::alert("bad-table", message).at(span);
    reading.tell(told.help(help));
}

const TYPES: &[&str] = &["ip", "ipv6", "integer", "string", "binary"];

/// The type of the key, with its length for some.
pub(crate) const TYPE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let help = "write ip, ipv6, integer, string or binary";
    let word = cursor.next();
    let known = word.and_then(|word| TYPES.iter().find(|known| known.as_bytes() == &*word.text));
    let Some(known) = known else {
        let got = word.map(|word| shown(word).into_owned()).unwrap_or_default();
        wrong(
            reading,
            subject,
            word,
            format!("table: unknown type '{got}'."),
            help,
        );
        return None;
    };
    let with_length = matches!(*known, "string" | "binary");
    let mut arguments = Vec::new();
    if with_length && cursor.peek().is_some_and(|word| &*word.text == b"len") {
        cursor.next();
        let word = cursor.next();
        let length = word
            .and_then(|word| integer(&word.text))
            .filter(|length| *length > 0);
        let Some(length) = length else {
            let got = word.map(|word| shown(word).into_owned()).unwrap_or_default();
            wrong(
                reading,
                subject,
                word,
                format!("table: unknown type '{got}'."),
                "write: len 32",
            );
            return None;
        };
        arguments.push(Argument {
            name: "len",
            value: Value::Int(length),
            span: word.map_or(subject.behind, |word| word.span),
        });
    }
    Some(Value::Option(known, arguments))
});

/// How many entries.
pub(crate) const SIZE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let text = &*word.text;
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let factor = match text.get(digits..) {
        Some(b"") => Some(1),
        Some(b"k" | b"K") => Some(1 << 10),
        Some(b"m" | b"M") => Some(1 << 20),
        Some(b"g" | b"G") => Some(1 << 30),
        _ => None,
    };
    let number = std::str::from_utf8(&text[..digits])
        .ok()
        .and_then(|text| text.parse::<u64>().ok());
    let size = number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor))
        .filter(|size| u32::try_from(*size).is_ok());
    let Some(size) = size else {
        let odd = text.get(digits).filter(|_| factor.is_none()).or(text.first());
        let odd = char::from(odd.copied().unwrap_or(b' '));
        let message = format!("table: unexpected character '{odd}' in argument of 'size'.");
        wrong(reading, subject, Some(word), message, "write: size 100k");
        return None;
    };
    Some(Value::Size(size))
});

/// What the arguments of a kind of data are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DataArguments {
    None,
    /// The time that a rate is over.
    Period,
    /// How many there are.
    Array,
    /// Both.
    ArrayPeriod,
}

/// Kinds of data, what they take, and whether they came after 2.6.
const DATA: &[(&str, DataArguments, bool)] = &[
    ("server_id", DataArguments::None, false),
    ("server_key", DataArguments::None, false),
    ("gpt", DataArguments::Array, false),
    ("gpt0", DataArguments::None, false),
    ("gpc", DataArguments::Array, false),
    ("gpc_rate", DataArguments::ArrayPeriod, false),
    ("gpc0", DataArguments::None, false),
    ("gpc0_rate", DataArguments::Period, false),
    ("gpc1", DataArguments::None, false),
    ("gpc1_rate", DataArguments::Period, false),
    ("conn_cnt", DataArguments::None, false),
    ("conn_cur", DataArguments::None, false),
    ("conn_rate", DataArguments::Period, false),
    ("sess_cnt", DataArguments::None, false),
    ("sess_rate", DataArguments::Period, false),
    ("http_req_cnt", DataArguments::None, false),
    ("http_req_rate", DataArguments::Period, false),
    ("http_err_cnt", DataArguments::None, false),
    ("http_err_rate", DataArguments::Period, false),
    ("http_fail_cnt", DataArguments::None, false),
    ("http_fail_rate", DataArguments::Period, false),
    ("bytes_in_cnt", DataArguments::None, false),
    ("bytes_in_rate", DataArguments::Period, false),
    ("bytes_out_cnt", DataArguments::None, false),
    ("bytes_out_rate", DataArguments::Period, false),
    ("glitch_cnt", DataArguments::None, true),
    ("glitch_rate", DataArguments::Period, true),
];

/// What an entry keeps: kinds between commas.
pub(crate) const STORE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let Some(word) = cursor.next() else {
        return Some(Value::List(Vec::new()));
    };
    let text = shown(word).into_owned();
    let mut kinds: Vec<Value> = Vec::new();
    for part in split(&text) {
        let (name, arguments) = match part.split_once('(') {
            Some((name, rest)) => (name, Some(rest)),
            None => (part, None),
        };
        let kind = data(reading, name, arguments);
        let kind = match kind {
            Ok(kind) => kind,
            Err(fault) => {
                wrong(
                    reading,
                    subject,
                    Some(word),
                    format!("table: {fault}"),
                    "see the manual, stick-table",
                );
                return None;
            }
        };
        if kinds.iter().any(|known| known.word() == kind.word()) {
            already(reading, word, name);
        } else {
            kinds.push(kind);
        }
    }
    Some(Value::List(kinds))
});

/// Tells that a table keeps that kind of data already.
pub(super) fn already(reading: &mut Reading<'_>, word: &Word<'_>, name: &str) {
    let message = format!("table: store option '{name}' already enabled, ignored.");
    let told = Diagnostic::warning("given-twice", message).at(word.span);
    reading.tell(told.help("remove one of them"));
}

/// Parts between commas that stand in no parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// A kind of data with its arguments, whose opening parenthesis is cut off.
fn data(reading: &Reading<'_>, name: &str, arguments: Option<&str>) -> Result<Value, String> {
    let newer = !reading.dialect.strict || reading.dialect.at_least(3, 0);
    let known = DATA
        .iter()
        .find(|(known, _, young)| *known == name && (newer || !young));
    let Some((known, wants, _)) = known else {
        return Err(format!("unknown store option '{name}'."));
    };
    let span = syntax::Span::default();
    let argument = |name: &'static str, value: Value| Argument { name, value, span };
    let inside = match (wants, arguments) {
        (DataArguments::None, None) => return Ok(Value::Option(known, Vec::new())),
        (DataArguments::None, Some(_)) => {
            return Err(format!("unexpected argument to store option '{name}'."));
        }
        (_, None) => return Err(format!("missing argument to store option '{name}'.")),
        (_, Some(rest)) => rest
            .strip_suffix(')')
            .ok_or_else(|| format!("missing closing parenthesis after store option '{name}'."))?,
    };
    let (array, period) = match wants {
        DataArguments::Array => (Some(inside), None),
        DataArguments::ArrayPeriod => {
            let (array, period) = inside
                .split_once(',')
                .ok_or_else(|| format!("missing argument to store option '{name}'."))?;
            (Some(array), Some(period))
        }
        _ => (None, Some(inside)),
    };
    let mut out = Vec::new();
    if let Some(array) = array {
        let count = integer(array.as_bytes()).filter(|count| (1..=100).contains(count));
        let count = count.ok_or_else(|| {
            format!("array size is out of allowed range (1-100) for store option '{name}'.")
        })?;
        out.push(argument("count", Value::Int(count)));
    }
    if let Some(period) = period {
        let period = time(period.as_bytes(), Unit::Millisecond)
            .ok()
            .filter(|time| time.stray.is_none());
        let period = period.ok_or_else(|| format!("error when processing store option '{name}'."))?;
        out.push(argument("period", Value::Millis(period.value)));
    }
    Ok(Value::Option(known, out))
}
