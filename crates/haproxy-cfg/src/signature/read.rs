//! Words read by a signature.

use syntax::{Applicability, Context, Diagnostic, Severity, Span, closest};

use super::value::{Argument, Given, Value};
use super::{Arg, Fault, Kind, Need, Opt, TimeUnit, TimeWords, Versions};
use crate::Dialect;
use crate::lex::Word;
use crate::parse::rules::RulePlace;
use crate::parse::{Line, Reading, shown};
use crate::values::{Time, TimeError, integer, loose_integer, measure, size, time};

/// Whose arguments are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    /// What messages call it: `{kw}` of their words.
    pub(crate) name: &'a str,
    /// The place behind the last word, where a missing argument would stand.
    pub(crate) behind: Span,
    /// What it is part of: `{of}` of their words.
    pub(crate) of: &'a str,
    /// What stands in front of each message.
    pub(crate) lead: &'a str,
    /// What stands behind each message.
    pub(crate) tail: &'a str,
    /// How the place of messages is worded.
    pub(crate) context: Context,
    /// The rule whose arguments they are.
    pub(crate) rule: Option<RulePlace<'a>>,
}

impl<'a> Subject<'a> {
    /// A keyword at the beginning of a line.
    pub(crate) fn new(name: &'a str, behind: Span) -> Self {
        Self {
            name,
            behind,
            of: "",
            lead: "",
            tail: "",
            context: Context::Parsing,
            rule: None,
        }
    }

    /// Tells a finding about it, in its own frame.
    pub(crate) fn tell(&self, reading: &mut Reading<'_>, mut diagnostic: Diagnostic) {
        if !self.lead.is_empty() || !self.tail.is_empty() {
            diagnostic.message = format!("{}{}{}", self.lead, diagnostic.message, self.tail);
        }
        if diagnostic.context == Context::Parsing {
            diagnostic.context = self.context;
        }
        reading.tell(diagnostic);
    }

    /// A template of the original's words with its places filled in.
    pub(crate) fn words(&self, template: &str, got: &str) -> String {
        template
            .replace("{kw}", self.name)
            .replace("{of}", self.of)
            .replace("{proxy}", self.rule.map_or("", |rule| rule.proxy))
            .replace("{got}", got)
    }

    /// An alert about it.
    pub(crate) fn alert(
        &self,
        reading: &mut Reading<'_>,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.tell(reading, Diagnostic::alert(code, message).at(span).help(help));
    }
}

/// The words that are still to be read.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'w> {
    words: &'w [Word<'w>],
    at: usize,
}

impl<'w> Cursor<'w> {
    /// All of `words` from the one at `at`.
    pub(crate) fn new(words: &'w [Word<'w>], at: usize) -> Self {
        Self { words, at }
    }

    /// The next word; none at the end, and where it is empty, as the original takes that for the end.
    pub(crate) fn peek(&self) -> Option<&'w Word<'w>> {
        self.words.get(self.at).filter(|word| !word.text.is_empty())
    }

    /// All words, those that were taken too.
    pub(crate) fn words(&self) -> &'w [Word<'w>] {
        self.words
    }

    /// Goes on at the word of that number.
    pub(crate) fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The word that was taken last.
    pub(crate) fn previous(&self) -> Option<&'w Word<'w>> {
        self.words.get(self.at.checked_sub(1)?)
    }

    /// Passes an empty word.
    pub(crate) fn skip_empty(&mut self) {
        if self.words.get(self.at).is_some_and(|word| word.text.is_empty()) {
            self.at += 1;
        }
    }

    /// The word `count` words behind the next one, unless it is empty.
    pub(crate) fn ahead(&self, count: usize) -> Option<&'w Word<'w>> {
        self.words
            .get(self.at + count)
            .filter(|word| !word.text.is_empty())
    }

    /// Takes the next word.
    pub(crate) fn next(&mut self) -> Option<&'w Word<'w>> {
        let word = self.peek()?;
        self.at += 1;
        Some(word)
    }

    /// The last word that was taken, unless none was since `begin`.
    fn last(&self, begin: usize) -> Option<&'w Word<'w>> {
        let last = self.at.checked_sub(1).filter(|last| *last >= begin)?;
        self.words.get(last)
    }

    /// How many words were read, those in front of where it began counted too.
    pub(crate) fn position(&self) -> usize {
        self.at
    }
}

/// Reads the arguments of a line by `args` and keeps them, when they are right, with the section at hand.
pub(crate) fn keep_line(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    name: &'static str,
    args: &'static [Arg],
) {
    if let Some(given) = line_given(reading, line, name, args) {
        reading.keep(given);
    }
}

/// Reads the arguments of a line by `args`. None when something is wrong, which is told.
pub(crate) fn line_given(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    name: &'static str,
    args: &'static [Arg],
) -> Option<Given> {
    let subject = Subject::new(name, line.behind());
    let mut cursor = Cursor::new(line.args(), 0);
    let arguments = read(reading, &mut cursor, args, &subject)?;
    Some(Given {
        name,
        arguments,
        span: line.span(),
    })
}

/// How many words `args` take at most, where that can be told beforehand.
fn most(args: &[Arg], dialect: Dialect) -> Option<usize> {
    args.iter().map(|arg| most_of(arg, dialect)).sum()
}

/// How many words an argument takes at most, where that can be told beforehand.
fn most_of(arg: &Arg, dialect: Dialect) -> Option<usize> {
    match arg.kind {
        Kind::Since(versions) if !dialect.strict => {
            let (newer, older) = (
                most_of(&versions.newer, dialect)?,
                most_of(&versions.older, dialect)?,
            );
            Some(newer.max(older))
        }
        Kind::Since(versions) => most_of(versions.of(dialect), dialect),
        Kind::IgnoredBefore(since) => (dialect.strict && dialect.version >= since).then_some(0),
        Kind::Custom(_)
        | Kind::Rest(_)
        | Kind::Options(_)
        | Kind::Choice(_)
        | Kind::Option(_)
        | Kind::Ahead(_)
        | Kind::Verify(_)
        | Kind::Stop
        | Kind::Ignored => None,
        _ => matches!(arg.need, Need::One | Need::Optional).then_some(1),
    }
}

/// Reads all that `cursor` holds by `args`. None when something is wrong, which is told.
pub(crate) fn read(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    args: &[Arg],
    subject: &Subject<'_>,
) -> Option<Vec<Argument>> {
    // The original counts the words before it looks at them.
    if let Some(extra) = most(args, reading.dialect).and_then(|most| cursor.ahead(most)) {
        tell_extra(reading, extra, subject);
        return None;
    }
    let values = sequence(reading, cursor, args, subject)?;
    let Some(extra) = cursor.peek() else {
        return Some(values);
    };
    let text = shown(extra);
    let ignores = |arg: &Arg| match arg.kind {
        Kind::Ignored => true,
        Kind::IgnoredBefore(since) => !reading.dialect.strict || reading.dialect.version < since,
        _ => false,
    };
    if args.last().is_some_and(ignores) {
        let message = format!("'{}' ignores the argument '{text}'.", subject.name);
        let told = Diagnostic::warning("extra-argument", message).at(extra.span);
        subject.tell(reading, told.help("remove it"));
        return Some(values);
    }
    tell_extra(reading, extra, subject);
    None
}

fn tell_extra(reading: &mut Reading<'_>, extra: &Word<'_>, subject: &Subject<'_>) {
    let message = format!(
        "'{}' cannot handle unexpected argument '{}'.",
        subject.name,
        shown(extra)
    );
    let told = Diagnostic::alert("extra-argument", message).at(extra.span);
    subject.tell(reading, told.help("remove it"));
}

/// Reads `args` one after the other; what stands behind them is left.
pub(crate) fn sequence(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    args: &[Arg],
    subject: &Subject<'_>,
) -> Option<Vec<Argument>> {
    let mut out = Vec::new();
    for arg in args {
        as_often(reading, cursor, arg, subject, &mut out)?;
    }
    Some(out)
}

/// Reads an argument as often as it may stand.
fn as_often(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    arg: &Arg,
    subject: &Subject<'_>,
    out: &mut Vec<Argument>,
) -> Option<()> {
    match arg.kind {
        Kind::Verify(function) => return function.0(reading, out, subject),
        Kind::Since(versions) if !reading.dialect.strict => {
            return of_any_version(reading, cursor, versions, subject, out);
        }
        Kind::Since(versions) => {
            return as_often(reading, cursor, versions.of(reading.dialect), subject, out);
        }
        _ => {}
    }
    match arg.need {
        Need::One => one(reading, cursor, arg, subject, out),
        Need::Optional | Need::BeforeCondition => {
            if begins(cursor, arg) {
                one(reading, cursor, arg, subject, out)?;
            }
            Some(())
        }
        Need::Many | Need::Any => {
            if arg.need == Need::Many {
                one(reading, cursor, arg, subject, out)?;
            }
            while begins(cursor, arg) {
                one(reading, cursor, arg, subject, out)?;
            }
            Some(())
        }
    }
}

/// Reads an argument as any version reads it; what is wrong for all of them is told in the newest one's words.
fn of_any_version(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    versions: &Versions,
    subject: &Subject<'_>,
    out: &mut Vec<Argument>,
) -> Option<()> {
    let (begin, told, read) = (cursor.position(), reading.diagnostics.len(), out.len());
    if as_often(reading, cursor, &versions.newer, subject, out).is_some() {
        return Some(());
    }
    let newer = reading.diagnostics.split_off(told);
    cursor.go_to(begin);
    out.truncate(read);
    let older = as_often(reading, cursor, &versions.older, subject, out);
    if older.is_none() {
        reading.diagnostics.truncate(told);
        reading.diagnostics.extend(newer);
    }
    older
}

/// Whether the next word can be an argument that may be left out.
fn begins(cursor: &Cursor<'_>, arg: &Arg) -> bool {
    match (cursor.peek(), arg.kind) {
        (_, Kind::Rest(_)) => true,
        (None, _) | (_, Kind::Ignored | Kind::IgnoredBefore(_)) => false,
        (Some(word), _) if arg.need == Need::BeforeCondition => !matches!(&*word.text, b"if" | b"unless"),
        (Some(word), Kind::Flag(flag)) => &*word.text == flag.as_bytes(),
        (Some(word), Kind::Option(option)) => &*word.text == option.name.as_bytes(),
        (Some(_), _) => true,
    }
}

/// Reads one argument.
fn one(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    arg: &Arg,
    subject: &Subject<'_>,
    out: &mut Vec<Argument>,
) -> Option<()> {
    let begin = cursor.position();
    if let Kind::Options(options) = arg.kind {
        return read_options(reading, cursor, options, subject, out);
    }
    match arg.kind {
        Kind::Option(option) => {
            let young =
                reading.dialect.strict && option.since.is_some_and(|since| since > reading.dialect.version);
            if !young {
                out.push(option_of(reading, cursor, option, subject)?);
            }
            return Some(());
        }
        Kind::Ahead(count) => {
            if (0..count).any(|index| cursor.ahead(index).is_none()) {
                missing(reading, arg, subject);
                return None;
            }
            return Some(());
        }
        Kind::Stop => {
            let extra = cursor
                .peek()
                .filter(|word| !matches!(&*word.text, b"if" | b"unless"));
            if let Some(extra) = extra {
                wrong(reading, arg, subject, extra);
                return None;
            }
            return Some(());
        }
        _ => {}
    }
    if let Kind::Rest(function) = arg.kind {
        let first = cursor.peek().map_or(subject.behind, |word| word.span);
        let value = function.0(reading, cursor, subject)?;
        let last = cursor.last(begin).map_or(first, |word| word.span);
        let span = if last.file == first.file && last.start >= first.start {
            first.to(last)
        } else {
            first
        };
        out.push(Argument {
            name: arg.name,
            value,
            span,
        });
        return Some(());
    }
    let Some(first) = cursor.peek() else {
        missing(reading, arg, subject);
        return None;
    };
    let value = match arg.kind {
        Kind::Custom(function) => function.0(reading, cursor, subject)?,
        Kind::Choice(choices) => {
            let Some(choice) = find(reading, choices, first) else {
                wrong(reading, arg, subject, first);
                return None;
            };
            cursor.next();
            let values = sequence(reading, cursor, choice.args, subject)?;
            Value::Option(choice.name, values)
        }
        _ => {
            cursor.next();
            word(reading, arg, subject, first)?
        }
    };
    let last = cursor.last(begin).unwrap_or(first);
    let span = if last.span.file == first.span.file && last.span.start >= first.span.start {
        first.span.to(last.span)
    } else {
        first.span
    };
    out.push(Argument {
        name: arg.name,
        value,
        span,
    });
    Some(())
}

/// The word of `options` that the version at hand has.
fn find(reading: &Reading<'_>, options: &'static [Opt], word: &Word<'_>) -> Option<&'static Opt> {
    options
        .iter()
        .find(|option| option.name.as_bytes() == &*word.text)
        .filter(|option| {
            !reading.dialect.strict || option.since.is_none_or(|since| since <= reading.dialect.version)
        })
}

/// Reads words of `options` with what follows each, up to one that is not among them.
fn read_options(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    options: &'static [Opt],
    subject: &Subject<'_>,
    out: &mut Vec<Argument>,
) -> Option<()> {
    while let Some(word) = cursor.peek() {
        let Some(option) = find(reading, options, word) else {
            break;
        };
        let argument = option_of(reading, cursor, option, subject)?;
        out.push(argument);
    }
    Some(())
}

/// Reads the word of an option, at which `cursor` stands, and what follows it.
fn option_of(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    option: &'static Opt,
    subject: &Subject<'_>,
) -> Option<Argument> {
    let span = cursor.next()?.span;
    let values = sequence(reading, cursor, option.args, subject)?;
    Some(Argument {
        name: option.name,
        value: Value::Option(option.name, values),
        span,
    })
}

/// Reads an argument that is one word.
fn word(reading: &mut Reading<'_>, arg: &Arg, subject: &Subject<'_>, word: &Word<'_>) -> Option<Value> {
    let among = |words: &'static [&'static str]| {
        let found = words.iter().find(|known| known.as_bytes() == &*word.text);
        found.map(|known| Value::Word(known))
    };
    let value = match arg.kind {
        Kind::OrWord(words, other) => {
            let other = Arg { kind: *other, ..*arg };
            return among(words).or_else(|| self::word(reading, &other, subject, word));
        }
        Kind::Int { min, max } => {
            let read = integer(&word.text);
            if read.is_some_and(|value| !(min..=max).contains(&value)) && !arg.beyond.is_empty() {
                let wrong_range = Arg {
                    wrong: arg.beyond,
                    ..*arg
                };
                wrong(reading, &wrong_range, subject, word);
                return None;
            }
            read.filter(|value| (min..=max).contains(value)).map(Value::Int)
        }
        Kind::NonZero { max: limit } | Kind::Loose { max: limit, .. } => {
            let (min, max) = match arg.kind {
                Kind::Loose { min, .. } => (min, limit),
                _ => (-limit, limit),
            };
            let read = loose_integer(&word.text);
            let zero = matches!(arg.kind, Kind::NonZero { .. }) && read.value == 0;
            let value = Some(read.value).filter(|value| !zero && (min..=max).contains(value));
            if value.is_some() && !read.exact {
                let message = format!(
                    "'{}' expects a number, '{}' is read as {}.",
                    subject.name,
                    shown(word),
                    read.value
                );
                let told = Diagnostic::warning("loose-number", message).at(word.span);
                subject.tell(reading, told.help("write a number"));
            }
            value.map(Value::Int)
        }
        Kind::Time { unit, words } => return time_value(reading, arg, (unit, words), subject, word),
        Kind::Size => size(&word.text).map(Value::Size),
        Kind::Bytes { min, max } => {
            // Before 3.0 no unit was known.
            let with_unit = size(&word.text)
                .filter(|_| !reading.dialect.strict || reading.dialect.at_least(3, 0))
                .and_then(|size| i64::try_from(size).ok());
            let Some(value) = with_unit else {
                let loose = Arg {
                    kind: Kind::Loose { min, max },
                    ..*arg
                };
                return self::word(reading, &loose, subject, word);
            };
            Some(value)
                .filter(|value| (min..=max).contains(value))
                .map(Value::Int)
        }
        Kind::Measured { min, max, most } => measure(&word.text, most)
            .ok()
            .filter(|value| (min..=max).contains(value))
            .map(Value::Size),
        Kind::OneOf(words) => among(words),
        Kind::List(words) => stranger(&word.text, words)
            .is_none()
            .then(|| Value::Text(word.text.to_vec().into())),
        Kind::Flag(flag) => Some(Value::Word(flag)),
        Kind::Text | Kind::Path => Some(Value::Text(word.text.to_vec().into())),
        Kind::Custom(_)
        | Kind::Rest(_)
        | Kind::Options(_)
        | Kind::Choice(_)
        | Kind::Option(_)
        | Kind::Ahead(_)
        | Kind::Verify(_)
        | Kind::Stop
        | Kind::Ignored
        | Kind::IgnoredBefore(_)
        | Kind::Since(_) => None,
    };
    if value.is_none() {
        wrong(reading, arg, subject, word);
    }
    value
}

/// The time of a word.
fn time_value(
    reading: &mut Reading<'_>,
    arg: &Arg,
    (unit, words): (TimeUnit, &TimeWords),
    subject: &Subject<'_>,
    word: &Word<'_>,
) -> Option<Value> {
    let value = |time: u32| match unit {
        TimeUnit::Millis => Value::Millis(time),
        TimeUnit::Seconds => Value::Seconds(time),
    };
    let got = shown(word);
    let fill = |template: &str| subject.words(template, &got);
    let (code, message, help) = match time(&word.text, unit.unit()) {
        Ok(Time {
            value: time,
            stray: None,
        }) => return Some(value(time)),
        Ok(Time {
            value: time,
            stray: Some(byte),
        }) => return crate::parse::timeout::stray(reading, subject, word, time, byte).map(value),
        Err(TimeError::Underflow) if words.underflow.is_empty() => {
            let message = format!("'{got}' given to '{}' is rounded up to 1.", subject.name);
            let told = Diagnostic::warning("time-underflow", message).at(word.span);
            subject.tell(reading, told.help("write it in a larger unit"));
            return Some(value(1));
        }
        Err(TimeError::Underflow) => (
            "time-underflow",
            fill(words.underflow),
            "write it in a larger unit",
        ),
        Err(TimeError::Overflow) => (
            "time-overflow",
            fill(words.overflow),
            "write 24d or less, or leave it out",
        ),
        Err(TimeError::Unexpected(byte)) => (
            "bad-time",
            fill(words.unexpected).replace("{byte}", &char::from(byte).to_string()),
            "write a number and one of the units us, ms, s, m, h, d",
        ),
    };
    let told = fault(arg, code, message).at(word.span);
    subject.tell(reading, told.help(help));
    None
}

/// What is said of a wrong or missing argument, as grave as the original takes it.
fn fault(arg: &Arg, code: &'static str, message: String) -> Diagnostic {
    let severity = match arg.fault {
        Fault::Alert => Severity::Alert,
        Fault::Warning | Fault::RefusingWarning => Severity::Warning,
    };
    let context = if arg.tight {
        Context::ParsingTight
    } else {
        Context::Parsing
    };
    Diagnostic::new(severity, code, message)
        .context(context)
        .refusing(arg.fault != Fault::Warning)
}

fn missing(reading: &mut Reading<'_>, arg: &Arg, subject: &Subject<'_>) {
    let general = format!("'{{kw}}' expects {}.", expected(arg));
    let help = format!("add {}", expected(arg));
    let template = if arg.missing.is_empty() {
        &general
    } else {
        arg.missing
    };
    let help = if arg.help.is_empty() { &help } else { arg.help };
    let told = fault(arg, "missing-argument", subject.words(template, "")).at(subject.behind);
    subject.tell(reading, told.help(help));
}

fn wrong(reading: &mut Reading<'_>, arg: &Arg, subject: &Subject<'_>, word: &Word<'_>) {
    let got = shown(word);
    let mut template = arg.wrong;
    let mut rest = None;
    if let Kind::Measured { most, .. } = arg.kind {
        match measure(&word.text, most) {
            Ok(_) if !arg.beyond.is_empty() => template = arg.beyond,
            Ok(_) => {}
            Err(behind) => rest = Some(String::from_utf8_lossy(behind)),
        }
    }
    let message = if template.is_empty() {
        format!("'{}' expects {} (got '{got}').", subject.name, expected(arg))
    } else {
        let mut message = subject.words(template, &got);
        if let Some(rest) = rest {
            let byte: String = rest.chars().take(1).collect();
            message = message.replace("{rest}", &rest).replace("{byte}", &byte);
        }
        if message.contains("{value}") {
            message = message.replace("{value}", &loose_integer(&word.text).value.to_string());
        }
        if message.contains("{byte}") {
            message = message.replace("{byte}", &odd_byte(&word.text).to_string());
        }
        message
    };
    let (code, near) = match arg.kind {
        Kind::List(words) => {
            let near = stranger(&word.text, words).and_then(|part| closest(part, words.iter().copied()));
            let told = fault(arg, "unknown-option", message).at(word.span);
            let told = match near {
                Some(near) => told.help(format!("did you mean '{near}'?")),
                None => told.help(format!("write {}", expected(arg))),
            };
            return subject.tell(reading, told);
        }
        Kind::OneOf(words) => ("unknown-option", closest(&word.text, words.iter().copied())),
        Kind::Choice(choices) | Kind::Options(choices) => (
            "unknown-option",
            closest(&word.text, choices.iter().map(|choice| choice.name)),
        ),
        Kind::Int { .. } | Kind::Loose { .. } | Kind::NonZero { .. } | Kind::Bytes { .. } => {
            ("bad-number", None)
        }
        Kind::Size | Kind::Measured { .. } => ("bad-size", None),
        _ => ("bad-argument", None),
    };
    let mut told = fault(arg, code, message).at(word.span);
    told = match near {
        Some(near) => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            word.span,
            near,
            Applicability::MaybeIncorrect,
        ),
        None if arg.help.is_empty() => told.help(format!("write {}", expected(arg))),
        None => told.help(arg.help),
    };
    subject.tell(reading, told);
}

/// The first part of a list that is not among its words.
fn stranger<'w>(list: &'w [u8], words: &[&str]) -> Option<&'w [u8]> {
    let known = |part: &[u8]| words.iter().any(|word| word.as_bytes() == part);
    list.split(|byte| *byte == b',').find(|part| !known(part))
}

/// The first byte that is not of an integer.
fn odd_byte(word: &[u8]) -> char {
    let sign = usize::from(matches!(word.first(), Some(b'+' | b'-')));
    let odd = word[sign..].iter().find(|byte| !byte.is_ascii_digit());
    char::from(odd.copied().unwrap_or(b' '))
}

/// What an argument should be, in words.
fn expected(arg: &Arg) -> String {
    match arg.kind {
        Kind::Int { min, max } | Kind::Loose { min, max } => match (min, max) {
            (i64::MIN, i64::MAX) => "an integer".to_owned(),
            (min, max) if max >= i64::from(i32::MAX) && min <= 1 => {
                let sign = if min < 0 { "an" } else { "a positive" };
                format!("{sign} integer")
            }
            (min, max) => format!("an integer from {min} to {max}"),
        },
        Kind::NonZero { max } => format!("an integer from -{max} to {max} other than 0"),
        Kind::Time { .. } => "a time with its unit, such as 30s".to_owned(),
        Kind::Size | Kind::Bytes { .. } | Kind::Measured { .. } => "a size in bytes, such as 16k".to_owned(),
        Kind::Since(versions) => expected(&versions.newer),
        Kind::OneOf(words) => format!("one of {}", words.join(", ")),
        Kind::List(words) => format!("one or more of {}, with commas between them", words.join(", ")),
        Kind::Choice(choices) | Kind::Options(choices) => {
            let names: Vec<_> = choices.iter().map(|choice| choice.name).collect();
            format!("one of {}", names.join(", "))
        }
        Kind::OrWord(words, other) => {
            format!(
                "{} or {}",
                words.join(", "),
                expected(&Arg { kind: *other, ..*arg })
            )
        }
        Kind::Flag(word) => format!("'{word}'"),
        Kind::Path => "a path".to_owned(),
        Kind::Option(option) => format!("'{}'", option.name),
        Kind::Stop => "'if' or 'unless'".to_owned(),
        Kind::Ahead(_) | Kind::Verify(_) => "what is missing".to_owned(),
        Kind::Text | Kind::Custom(_) | Kind::Rest(_) | Kind::Ignored | Kind::IgnoredBefore(_) => {
            format!("<{}>", arg.name)
        }
    }
}
