//! Names of sections, filters and protocols in rules, which only the whole file can confirm.

use super::Pending;
use crate::parse::Reading;
use crate::signature::{Arg, Argument, Subject, Value, rest};

/// A cache, which must not be called `if` or `unless`.
pub(crate) const fn cache(name: &'static str) -> Arg {
    rest(name, |reading, cursor, subject| {
        let word = cursor
            .peek()
            .filter(|word| !matches!(&*word.text, b"if" | b"unless"));
        let Some(word) = word else {
            subject.alert(
                reading,
                "missing-argument",
                subject.behind,
                "expects a cache name",
                "name a cache section",
            );
            return None;
        };
        cursor.next();
        Some(Value::Text(word.text.to_vec().into()))
    })
}

fn first(arguments: &[Argument]) -> Option<(Vec<u8>, syntax::Span)> {
    let argument = arguments.first()?;
    Some((argument.value.bytes().to_vec(), argument.span))
}

/// Remembers the SPOE engine that a rule names.
pub(crate) fn spoe_engine(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let (name, span) = first(arguments)?;
    let usage = super::sample::usage(subject);
    let group = arguments
        .get(1)
        .map(|group| String::from_utf8_lossy(group.value.bytes()).into_owned());
    super::pend(
        reading,
        Pending::SpoeEngine(group.unwrap_or_default(), usage),
        &name,
        span,
    );
    Some(())
}

/// Remembers the limit of bandwidth that a rule names.
pub(crate) fn bandwidth(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let (name, span) = first(arguments)?;
    let gives = |name: &str| {
        arguments
            .iter()
            .any(|argument| matches!(&argument.value, Value::Option(option, _) if *option == name))
    };
    let own = ["limit", "period"].map(gives);
    let usage = super::sample::usage(subject);
    super::pend(reading, Pending::Bandwidth(usage, own), &name, span);
    Some(())
}

/// Remembers the tracer that a rule names.
pub(crate) fn tracer(reading: &mut Reading<'_>, arguments: &mut [Argument], _: &Subject<'_>) -> Option<()> {
    let (name, span) = first(arguments)?;
    let group = arguments
        .get(1)
        .map(|group| String::from_utf8_lossy(group.value.bytes()).into_owned());
    super::pend(reading, Pending::OtFilter(group.unwrap_or_default()), &name, span);
    Some(())
}

/// `switch-mode` is for what has a frontend, and for protocols of HTTP.
pub(crate) fn switched_mode(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    if !reading.has_frontend_side() {
        let section = reading.section_words();
        let message =
            format!("'tcp-request switch-mode' not allowed because {section} has no frontend capability");
        subject.alert(
            reading,
            "not-in-backend",
            subject.rule?.span,
            message,
            "move it into a frontend",
        );
        return None;
    }
    let protocol = arguments.iter().find_map(|argument| match &argument.value {
        Value::Option("proto", values) => values.first(),
        _ => None,
    });
    if let Some(argument) = protocol.filter(|argument| matches!(argument.value, Value::Word("none" | "fcgi")))
    {
        let Value::Word(protocol) = argument.value else {
            return Some(());
        };
        super::pend(
            reading,
            Pending::ModeOfProtocol,
            protocol.as_bytes(),
            argument.span,
        );
    }
    Some(())
}
