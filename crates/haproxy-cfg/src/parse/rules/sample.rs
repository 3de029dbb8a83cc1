//! Sample expressions, format strings and regular expressions as arguments of rules: read where they stand, and their faults
//! told in the rule's words.

use syntax::Diagnostic;

use crate::keywords::{FETCH_INDEX, Output, Source, rule_set};
use crate::lex::Word;
use crate::model::{Format, FormatItem, Mode};
use crate::parse::frame::Frame;
use crate::parse::sample::{self, Usage, Wording};
use crate::parse::{Reading, format as formats, regex_fault, shown};
use crate::signature::{Argument, Cursor, Subject, Value};

/// What is at hand for the rules of a set.
pub(crate) fn usage_of(set: u32) -> Usage {
    match set {
        rule_set::TCP_CONN => Usage::TCP_CONNECTION,
        rule_set::TCP_SESS => Usage::TCP_SESSION,
        rule_set::TCP_REQ => Usage::TCP_CONTENT,
        rule_set::TCP_RES => Usage::TCP_RESPONSE,
        rule_set::HTTP_REQ => Usage::HTTP_REQUEST,
        rule_set::QUIC_INI => Usage::TCP_CONNECTION,
        _ => Usage::HTTP_RESPONSE,
    }
}

/// Where the samples of a subject stand.
pub(super) fn usage(subject: &Subject<'_>) -> Usage {
    match subject.rule {
        Some(rule) => usage_of(rule.set),
        // Errors happen at any point.
        None if subject.of == "http-error" => Usage::ANYWHERE,
        None => Usage::CHECK,
    }
}

/// An expression. Where it can be read, but not be used, `blamed` is what messages call it; empty: the expression.
pub(super) fn read(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    blamed: &str,
) -> Option<Value> {
    read_at(reading, cursor, subject, usage(subject), blamed)
}

/// An expression of an action whose names are told as those of ACLs are.
pub(super) fn read_nowhere(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    blamed: &str,
) -> Option<Value> {
    read_at(reading, cursor, subject, usage(subject).nowhere(), blamed)
}

/// An expression that may use anything.
pub(super) fn read_anywhere(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    read_at(reading, cursor, subject, Usage::ANYWHERE, "")
}

/// An expression that stands where `usage` says.
pub(crate) fn read_at(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    usage: Usage,
    blamed: &str,
) -> Option<Value> {
    if cursor.peek().is_none() {
        let help = "add an expression, such as src";
        subject.alert(
            reading,
            "missing-argument",
            subject.behind,
            "missing fetch method",
            help,
        );
        return None;
    }
    let frame = Frame {
        tail: subject.tail,
        ..Frame::new(subject.lead)
    };
    let mut wording = Wording::new(frame);
    if !blamed.is_empty() {
        wording = wording.named(blamed);
    }
    let (sample, next) = sample::parse(reading, cursor.words(), cursor.position(), usage, wording)?;
    cursor.go_to(next);
    Some(Value::Sample(Box::new(sample)))
}

/// Notes a rule whose expression looks at the request's bytes, which must be waited for.
pub(super) fn needs_contents(reading: &mut Reading<'_>, arguments: &[Argument], rule: &'static str) {
    for argument in arguments {
        value_needs_contents(reading, &argument.value, rule);
    }
}

/// The same for one value.
pub(super) fn value_needs_contents(reading: &mut Reading<'_>, value: &Value, rule: &'static str) {
    let Value::Sample(sample) = value else { return };
    let source = sample.fetch.source_in(reading.dialect);
    /// The column of sessions.
    const SESSION: u32 = 1 << 1;
    if source.contexts() & SESSION == 0 {
        super::pend(reading, super::Pending::Contents(rule), b"", sample.span);
    }
}

/// What the first expression among arguments gives.
pub(super) fn output(arguments: &[Argument]) -> Output {
    let sample = arguments.iter().find_map(|argument| match &argument.value {
        Value::Sample(sample) => Some(sample.output),
        _ => None,
    });
    sample.unwrap_or(Output::Any)
}

/// Whether a word begins with the name of a fetch.
pub(super) fn is_known(word: &Word<'_>) -> bool {
    let text = shown(word);
    let name = text.split(['(', ',']).next().unwrap_or(&text);
    FETCH_INDEX.contains_key(name) || name.starts_with("lua.")
}

/// A format string.
pub(crate) fn format(reading: &mut Reading<'_>, subject: &Subject<'_>, word: &Word<'_>) -> Option<Value> {
    format_at(reading, subject, word, usage(subject))
}

/// A format string that stands where `usage` says.
pub(crate) fn format_at(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: &Word<'_>,
    usage: Usage,
) -> Option<Value> {
    let frame = Frame {
        tail: subject.tail,
        ..Frame::new(subject.lead)
    };
    let format = formats::parse(reading, word, usage, frame)?;
    if let Some(told) = formats::kept_for_http(reading, &format, frame) {
        reading.tell_in(Mode::Tcp, told);
    }
    tell_http_samples(reading, &format);
    Some(Value::Format(Box::new(format)))
}

/// Tells a proxy that turns out to be of TCP that a string's expressions look at HTTP.
fn tell_http_samples(reading: &mut Reading<'_>, format: &Format) {
    let of_http = |source: Source| {
        matches!(
            source,
            Source::RequestHeaders
                | Source::ResponseHeaders
                | Source::EitherHeaders
                | Source::HttpRequest
                | Source::HttpResponse
        )
    };
    let sample = format.parts.iter().find_map(|part| match &part.item {
        FormatItem::Sample(sample) if of_http(sample.fetch.source_in(reading.dialect)) => Some(sample.span),
        _ => None,
    });
    let Some(span) = sample else { return };
    let section = reading.section_words();
    let message = format!("HTTP log/header format not usable with {section} (needs 'mode http').");
    let told = Diagnostic::warning("http-only", message).at(span);
    reading.tell_in(Mode::Tcp, told.help("write: mode http"));
}

/// A regular expression.
pub(crate) fn regex(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: &Word<'_>,
    lead: &str,
) -> Option<Value> {
    let Some(fault) = regex_fault(&word.text) else {
        return Some(Value::Regex(word.text.to_vec().into()));
    };
    let message = format!("{lead}{fault}");
    subject.alert(reading, "bad-regex", word.span, message, "see the manual of PCRE");
    None
}
