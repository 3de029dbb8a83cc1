//! The options of a stick table: its type, its size, and what it stores.

use syntax::{Diagnostic, closest};

use super::line::shown;
use super::reading::Reading;
use crate::keywords::Output;
use crate::lex::Word;
use crate::signature::{Argument, Cursor, Subject, Value};
use crate::values::{Time, TimeError, Unit, loose_integer, time};
use crate::written::ReferenceKind;

/// What stands in parentheses behind a data type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Nothing,
    /// The period of a rate.
    Period,
    /// How many there are.
    Count,
    /// How many there are, and the period of their rates.
    CountAndPeriod,
}

/// Data types; whether each came after 2.6.
const DATA: &[(&str, Takes, bool)] = &[
    ("server_id", Takes::Nothing, false),
    ("server_name", Takes::Nothing, false),
    ("server_key", Takes::Nothing, false),
    ("gpt", Takes::Count, false),
    ("gpt0", Takes::Nothing, false),
    ("gpc", Takes::Count, false),
    ("gpc_rate", Takes::CountAndPeriod, false),
    ("gpc0", Takes::Nothing, false),
    ("gpc0_rate", Takes::Period, false),
    ("gpc1", Takes::Nothing, false),
    ("gpc1_rate", Takes::Period, false),
    ("conn_cnt", Takes::Nothing, false),
    ("conn_cur", Takes::Nothing, false),
    ("conn_rate", Takes::Period, false),
    ("sess_cnt", Takes::Nothing, false),
    ("sess_rate", Takes::Period, false),
    ("http_req_cnt", Takes::Nothing, false),
    ("http_req_rate", Takes::Period, false),
    ("http_err_cnt", Takes::Nothing, false),
    ("http_err_rate", Takes::Period, false),
    ("http_fail_cnt", Takes::Nothing, false),
    ("http_fail_rate", Takes::Period, false),
    ("bytes_in_cnt", Takes::Nothing, false),
    ("bytes_in_rate", Takes::Period, false),
    ("bytes_out_cnt", Takes::Nothing, false),
    ("bytes_out_rate", Takes::Period, false),
    ("glitch_cnt", Takes::Nothing, true),
    ("glitch_rate", Takes::Period, true),
];

/// Data types that cannot be in one table with others: the array, the single ones, and the original's words for those.
const EXCLUSIVE: &[(&str, &[&str], &str)] = &[
    ("gpc", &["gpc0", "gpc1"], "gpc[0/1]"),
    ("gpc_rate", &["gpc0_rate", "gpc1_rate"], "gpc[0/1]_rate"),
    ("gpt", &["gpt0"], "gpt0"),
];

/// Elements of an array of counters or tags.
const MAX_ELEMENTS: i64 = 100;

/// Reads the options of a table's line.
struct Table<'r, 'h, 's> {
    reading: &'r mut Reading<'h>,
    subject: &'s Subject<'s>,
    parts: Vec<Argument>,
    stored: Vec<&'static str>,
}

impl Table<'_, '_, '_> {
    fn newer(&self) -> bool {
        !self.reading.dialect.strict || self.reading.dialect.at_least(2, 7)
    }

    /// Refuses what stands at `word`, or behind the line where there is none.
    fn refuse(&mut self, word: Option<&Word<'_>>, code: &'static str, words: &str, help: &str) -> Option<()> {
        let span = word.map_or(self.subject.behind, |word| word.span);
        let message = format!("{}: {words}", self.subject.name);
        let told = Diagnostic::alert(code, message).at(span);
        self.subject.tell(self.reading, told.help(help));
        None
    }

    fn keep(&mut self, name: &'static str, value: Value, word: &Word<'_>) {
        self.parts.push(Argument {
            name,
            value,
            span: word.span,
        });
    }

    fn needed<'w>(&mut self, cursor: &mut Cursor<'w>, option: &str, help: &str) -> Option<&'w Word<'w>> {
        let Some(word) = cursor.next() else {
            let words = format!("missing argument after '{option}'.");
            self.refuse(None, "missing-argument", &words, help)?;
            return None;
        };
        Some(word)
    }

    fn option(&mut self, word: &Word<'_>, cursor: &mut Cursor<'_>) -> Option<()> {
        let newer = self.newer();
        match &*word.text {
            b"type" => self.kind(cursor),
            b"size" => self.size(cursor),
            b"expire" => self.expire(cursor),
            b"nopurge" => {
                self.keep("nopurge", Value::Word("nopurge"), word);
                Some(())
            }
            b"peers" => {
                let name = self.needed(cursor, "peers", "name a peers section")?;
                self.reading.refer(ReferenceKind::Peers, &name.text, name.span);
                self.keep("peers", Value::Text(name.text.to_vec().into()), name);
                Some(())
            }
            b"srvkey" => {
                let key = cursor.next();
                let text = key.map(|key| shown(key).into_owned()).unwrap_or_default();
                let known = ["name", "addr"].into_iter().find(|known| *known == text);
                let (Some(known), Some(key)) = (known, key) else {
                    let span = key.map_or(self.subject.behind, |key| key.span);
                    let message = format!("{} : unknown server key type '{text}'.", self.subject.name);
                    let told = Diagnostic::alert("unknown-option", message).at(span);
                    self.subject
                        .tell(self.reading, told.help("write: srvkey name, or: srvkey addr"));
                    return None;
                };
                self.keep("srvkey", Value::Word(known), key);
                Some(())
            }
            b"store" => match cursor.next() {
                Some(list) => self.store(list),
                None => Some(()),
            },
            b"write-to" if newer => {
                let name = self.needed(cursor, "write-to", "name a table")?;
                self.keep("write-to", Value::Text(name.text.to_vec().into()), name);
                Some(())
            }
            b"brates-factor" if newer => {
                let factor = self.needed(cursor, "brates-factor", "write a number of bytes")?;
                let number = loose_integer(&factor.text).value;
                if number < 1 {
                    let words =
                        "argument 'brates-factor' must be greater than 0 and lower or equal than 1024.";
                    return self.refuse(Some(factor), "bad-number", words, "write a number from 1");
                }
                self.keep("brates-factor", Value::Int(number), factor);
                Some(())
            }
            b"recv-only" if newer => {
                self.keep("recv-only", Value::Word("recv-only"), word);
                Some(())
            }
            _ => {
                let words = format!("unknown argument '{}'.", shown(word));
                let help = "write type, size, expire, nopurge, peers, srvkey or store";
                self.refuse(Some(word), "unknown-option", &words, help)
            }
        }
    }

    fn kind(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        const TYPES: &[&str] = &["ip", "ipv6", "integer", "string", "binary"];
        let word = cursor.next();
        let unknown = |table: &mut Self, word: Option<&Word<'_>>| {
            let text = word.map(|word| shown(word).into_owned()).unwrap_or_default();
            let near = closest(text.as_bytes(), TYPES.iter().copied());
            let help = near.map_or_else(
                || format!("write one of {}", TYPES.join(", ")),
                |near| format!("did you mean '{near}'?"),
            );
            table.refuse(word, "unknown-option", &format!("unknown type '{text}'."), &help)
        };
        let Some(word) = word else {
            return unknown(self, None);
        };
        let Some(kind) = TYPES.iter().find(|kind| kind.as_bytes() == &*word.text) else {
            return unknown(self, Some(word));
        };
        self.keep("type", Value::Word(kind), word);
        let long = matches!(*kind, "string" | "binary");
        if long && cursor.peek().is_some_and(|next| &*next.text == b"len") {
            cursor.next();
            let length = cursor.next();
            let read = length.map(|length| loose_integer(&length.text));
            let number = read.as_ref().map_or(0, |read| read.value);
            let exact = self.reading.dialect.strict && self.newer();
            if exact && (number == 0 || read.is_some_and(|read| !read.exact)) {
                let words = "'len' expects a positive integer argument.";
                let span = length.map_or(self.subject.behind, |word| word.span);
                let told = Diagnostic::alert("bad-number", words).at(span);
                self.subject
                    .tell(self.reading, told.help("write a number of bytes, such as 32"));
                return None;
            }
            let (Some(length), true) = (length, number != 0) else {
                return unknown(self, length);
            };
            self.keep("len", Value::Int(number), length);
        }
        Some(())
    }

    fn size(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let help = "write a number of entries, such as 100k";
        let word = self.needed(cursor, "size", help)?;
        match entries(&word.text) {
            Ok(entries) => {
                self.keep("size", Value::Size(u64::from(entries)), word);
                Some(())
            }
            Err(byte) => {
                let words = format!(
                    "unexpected character '{}' in argument of 'size'.",
                    char::from(byte)
                );
                self.refuse(Some(word), "bad-number", &words, help)
            }
        }
    }

    fn expire(&mut self, cursor: &mut Cursor<'_>) -> Option<()> {
        let word = self.needed(cursor, "expire", "write: expire 30m")?;
        let millis = match time(&word.text, Unit::Millisecond) {
            Ok(Time { value, stray: None }) => value,
            Ok(Time {
                value,
                stray: Some(byte),
            }) => super::timeout::stray(self.reading, self.subject, word, value, byte)?,
            Err(TimeError::Underflow) => 1,
            Err(TimeError::Overflow) => {
                let words = format!(
                    "timer overflow in argument <{}> to <expire>, maximum value is 2147483647 ms (~24.8 days).",
                    shown(word)
                );
                return self.refuse(Some(word), "time-overflow", &words, "write 24d or less");
            }
            Err(TimeError::Unexpected(byte)) => {
                let byte = char::from(byte);
                let words = format!("unexpected character '{byte}' in argument of 'expire'.");
                return self.refuse(Some(word), "bad-time", &words, "write a time such as 30m");
            }
        };
        self.keep("expire", Value::Millis(millis), word);
        Some(())
    }

    fn store(&mut self, word: &Word<'_>) -> Option<()> {
        let text = shown(word).into_owned();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let end = rest.find(['(', ',']).unwrap_or(rest.len());
            let name = &rest[..end];
            let newer = self.newer();
            let found = DATA
                .iter()
                .find(|(known, _, new)| *known == name && (newer || !new));
            let Some((name, takes, _)) = found else {
                let near = closest(name.as_bytes(), DATA.iter().map(|(known, ..)| *known));
                let help = near.map_or("see the manual for what a table stores".to_owned(), |near| {
                    format!("did you mean '{near}'?")
                });
                let words = format!("unknown store option '{name}'.");
                return self.refuse(Some(word), "unknown-option", &words, &help);
            };
            let mut argument = None;
            rest = &rest[end..];
            if let Some(inside) = rest.strip_prefix('(') {
                let Some((inside, behind)) = inside.split_once(')') else {
                    let words = format!("missing closing parenthesis after store option '{name}'.");
                    return self.refuse(Some(word), "bad-argument", &words, "add: )");
                };
                argument = Some(inside);
                rest = behind.find(',').map_or("", |comma| &behind[comma..]);
            }
            // A comma at the end begins nothing.
            rest = rest.strip_prefix(',').unwrap_or(rest);
            self.data(word, name, *takes, argument)?;
        }
        Some(())
    }

    /// One data type with its argument.
    fn data(
        &mut self,
        word: &Word<'_>,
        name: &'static str,
        takes: Takes,
        argument: Option<&str>,
    ) -> Option<()> {
        let missing = format!("missing argument to store option '{name}'.");
        let example = match takes {
            Takes::Nothing => format!("write: {name}"),
            Takes::Period => format!("write: {name}(10s)"),
            Takes::Count => format!("write: {name}(2)"),
            Takes::CountAndPeriod => format!("write: {name}(2,10s)"),
        };
        let mut values = Vec::new();
        let mut parts = argument.map(|argument| argument.split(','));
        if takes == Takes::Nothing && argument.is_some() {
            let words = format!("unexpected argument to store option '{name}'.");
            return self.refuse(Some(word), "extra-argument", &words, &example);
        }
        if matches!(takes, Takes::Count | Takes::CountAndPeriod) {
            let Some(count) = parts.as_mut().and_then(Iterator::next) else {
                return self.refuse(Some(word), "missing-argument", &missing, &example);
            };
            let count = loose_integer(count.as_bytes()).value;
            if !(1..=MAX_ELEMENTS).contains(&count) {
                let words = format!(
                    "array size is out of allowed range (1-{MAX_ELEMENTS}) for store option '{name}'."
                );
                return self.refuse(Some(word), "bad-number", &words, &example);
            }
            values.push(argument_of("count", Value::Int(count), word));
        }
        if matches!(takes, Takes::Period | Takes::CountAndPeriod) {
            let Some(period) = parts.as_mut().and_then(Iterator::next) else {
                return self.refuse(Some(word), "missing-argument", &missing, &example);
            };
            let millis = match time(period.as_bytes(), Unit::Millisecond) {
                Ok(Time { value, .. }) => value,
                Err(TimeError::Underflow) => 1,
                Err(_) => {
                    let words = format!("error when processing store option '{name}'.");
                    return self.refuse(Some(word), "bad-time", &words, &example);
                }
            };
            values.push(argument_of("period", Value::Millis(millis), word));
        }
        if self.stored.contains(&name) {
            let message = format!(
                "{}: store option '{name}' already enabled, ignored.",
                self.subject.name
            );
            let told = Diagnostic::warning("given-twice", message).at(word.span);
            self.subject.tell(self.reading, told.help("remove one of them"));
            return Some(());
        }
        self.stored.push(name);
        self.keep("store", Value::Option(name, values), word);
        Some(())
    }

    /// What can only be judged once all options are read.
    fn whole(&mut self) -> Option<()> {
        for (array, single, words) in EXCLUSIVE {
            if self.stored.contains(array) && single.iter().any(|single| self.stored.contains(single)) {
                let words = format!(
                    "simultaneous usage of '{array}' and '{words}' in a same table is not permitted as '{array}' \
                     overrides '{words}'."
                );
                return self.refuse(None, "given-twice", &words, "keep the array alone");
            }
        }
        let has = |name: &str| {
            self.parts
                .iter()
                .any(|part| part.name == name && part.value != Value::Size(0))
        };
        let (sized, typed) = (has("size"), has("type"));
        if !sized {
            return self.refuse(None, "missing-argument", "missing size.", "add: size 100k");
        }
        if !typed {
            return self.refuse(
                None,
                "missing-argument",
                "missing type.",
                "add for example: type ip",
            );
        }
        Some(())
    }
}

fn argument_of(name: &'static str, value: Value, word: &Word<'_>) -> Argument {
    Argument {
        name,
        value,
        span: word.span,
    }
}

/// A number of entries with an optional `k`, `m` or `g`; the byte that is wrong otherwise.
fn entries(text: &[u8]) -> Result<u32, u8> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err(text.first().copied().unwrap_or(0));
    }
    let mut number = 0_u32;
    for digit in &text[..digits] {
        number = number
            .checked_mul(10)
            .and_then(|number| number.checked_add(u32::from(digit - b'0')))
            .ok_or(*digit)?;
    }
    let (factor, length) = match text.get(digits) {
        None => (1, 0),
        Some(b'k' | b'K') => (1 << 10, 1),
        Some(b'm' | b'M') => (1 << 20, 1),
        Some(b'g' | b'G') => (1 << 30, 1),
        Some(byte) => return Err(*byte),
    };
    if let Some(byte) = text.get(digits + length) {
        return Err(*byte);
    }
    let suffix = text.get(digits).copied().unwrap_or_default();
    number.checked_mul(factor).ok_or(suffix)
}

/// All options of a table, up to the end of the line.
pub(crate) fn options(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let mut table = Table {
        reading,
        subject,
        parts: Vec::new(),
        stored: Vec::new(),
    };
    while let Some(word) = cursor.next() {
        table.option(word, cursor)?;
    }
    table.whole()?;
    Some(Value::Option("table", table.parts))
}

/// `stick-table …` of a proxy, whose name it has.
pub(crate) fn of_proxy(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let sections = &reading.written.sections;
    let before = sections
        .last()
        .and_then(|section| section.lines.iter().find(|line| line.name == "stick-table"))
        .map(|line| line.span);
    if let (Some(before), Some(proxy)) = (before, reading.proxy_ref()) {
        let (file, at) = reading.sources.locate(before);
        let kind = Reading::proxy_words(proxy.kind);
        let message = format!(
            "stick-table name '{0}' conflicts with table declared in {kind} '{0}' at {file}:{1}.",
            proxy.name, at.line
        );
        let told = Diagnostic::alert("given-twice", message)
            .at(subject.behind)
            .label(before, "declared here");
        subject.tell(
            reading,
            told.help("a section has one table; others go into backends of their own"),
        );
        return None;
    }
    let value = options(reading, cursor, subject)?;
    if let Value::Option(_, parts) = &value {
        let kind = parts.iter().find(|part| part.name == "type");
        let output = match kind.and_then(|kind| kind.value.word()) {
            Some("ip") => Output::Ipv4,
            Some("ipv6") => Output::Ipv6,
            Some("integer") => Output::Sint,
            Some("string") => Output::Str,
            _ => Output::Bin,
        };
        let name = reading.own_name().into();
        reading.written.table_types.insert(name, output);
    }
    if let Some(name) = reading.proxy_ref().map(|proxy| proxy.name.clone()) {
        reading.written.tables.insert(name);
    }
    Some(value)
}
