//! Redirections, as rules and as a keyword.

use syntax::Span;

use super::sample;
use crate::keywords::rule_set;
use crate::lex::Word;
use crate::parse::Reading;
use crate::signature::{Argument, Subject, Value};

/// Looks at the options of a redirection together: the last of its targets is taken.
pub(crate) fn settle(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let mut target: Option<(&'static str, Vec<u8>, Span)> = None;
    for argument in &*arguments {
        let Value::Option(name, values) = &argument.value else {
            continue;
        };
        let text = values
            .first()
            .map(|value| (value.value.bytes().to_vec(), value.span));
        if let (name @ ("location" | "prefix" | "scheme"), Some((text, span))) = (*name, text) {
            target = Some((name, text, span));
        }
    }
    let Some((name, text, span)) = target else {
        let message = "redirection type expected ('prefix', 'location', or 'scheme')";
        subject.alert(
            reading,
            "missing-argument",
            subject.behind,
            message,
            "write: location URL",
        );
        return None;
    };
    let response = subject
        .rule
        .is_some_and(|rule| rule.set & rule_set::HTTP_RES != 0);
    if response && name != "location" {
        let message = "response only supports redirect type 'location'";
        subject.alert(reading, "unusable", span, message, "write: location URL");
        return None;
    }
    let word = Word {
        text: text.into(),
        span,
    };
    // As a keyword of its own it takes the text as it is.
    if subject.rule.is_some() {
        let format = sample::format(reading, subject, &word)?;
        replace(arguments, name, format);
    }
    for argument in arguments {
        let Value::Option("set-cookie-fmt", values) = &mut argument.value else {
            continue;
        };
        let Some(cookie) = values.first_mut() else {
            continue;
        };
        let word = Word {
            text: cookie.value.bytes().to_vec().into(),
            span: cookie.span,
        };
        cookie.value = sample::format(reading, subject, &word)?;
    }
    Some(())
}

/// Gives the last option of that name a format for its text.
fn replace(arguments: &mut [Argument], option: &str, format: Value) {
    for argument in arguments.iter_mut().rev() {
        if let Value::Option(name, values) = &mut argument.value
            && *name == option
        {
            if let Some(value) = values.first_mut() {
                value.value = format;
            }
            return;
        }
    }
}
