//! Answers of our own, as `return`, `deny`, `tarpit` and `http-error` describe them.

use syntax::{Diagnostic, Span};

use super::{Pending, sample};
use crate::keywords::rule_set;
use crate::lex::Word;
use crate::parse::{Reading, shown};
use crate::signature::{Argument, Subject, Value};

/// Options that say what the body is; one of them at most may stand.
const BODIES: &[&str] = &[
    "default-errorfiles",
    "errorfile",
    "errorfiles",
    "file",
    "lf-file",
    "string",
    "lf-string",
];

/// Headers that an answer gets by itself.
const OWN_HEADERS: &[&str] = &["content-length", "content-type", "transfer-encoding"];

/// Looks at the options of an answer together.
pub(crate) fn settle(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let mut body: Option<(&'static str, Word<'static>, Span)> = None;
    let mut content_type: Option<(String, Span)> = None;
    let mut headers: Option<Span> = None;
    for argument in &*arguments {
        let Value::Option(name, values) = &argument.value else {
            continue;
        };
        let value = values
            .first()
            .map(|value| (value.value.bytes().to_vec(), value.span));
        match *name {
            "content-type" => {
                content_type = value.map(|(text, span)| (String::from_utf8_lossy(&text).into_owned(), span));
            }
            "hdr" => header(reading, values, argument.span, &mut headers),
            name if BODIES.contains(&name) => {
                if let Some((first, _, _)) = body {
                    let message = format!("unexpected '{name}' argument, '{first}' already defined");
                    subject.alert(reading, "given-twice", argument.span, message, "keep one of them");
                    return None;
                }
                let (text, span) = value.unwrap_or((Vec::new(), argument.span));
                let word = Word {
                    text: text.into(),
                    span,
                };
                file_of(reading, subject, name, &word)?;
                body = Some((name, word, argument.span));
            }
            _ => {}
        }
    }
    let mut content = None;
    match body {
        Some((name @ ("string" | "file" | "lf-string" | "lf-file"), word, span)) => {
            content = payload(reading, subject, name, &word, span, content_type.as_ref())?
                .map(|value| (name, value, word.span));
        }
        Some((name, word, span)) => {
            if name == "errorfile" {
                // It was read a moment ago.
                let text = reading.host.read_file(&shown(&word)).unwrap_or_default();
                content = Some((name, Value::Text(text.into()), word.span));
            }
            if name == "errorfiles" {
                let status = given_status(arguments).unwrap_or(default_status(subject));
                let kind = if subject.of == "http-error" {
                    Pending::ErrorPage(status)
                } else {
                    Pending::HttpErrors(status)
                };
                super::pend(reading, kind, &word.text, span);
            }
            ignored(
                reading,
                content_type.as_ref(),
                "ignored by the http reply when used with an erorrfile.",
            );
            if let Some(span) = headers {
                let message = "hdr parameters ignored by the http reply when used with an erorrfile.";
                reading.tell(
                    Diagnostic::warning("no-effect", message)
                        .at(span)
                        .help("remove them"),
                );
            }
        }
        None => ignored(
            reading,
            content_type.as_ref(),
            "ignored by the http reply because neither errorfile nor payload defined.",
        ),
    }
    if let Some((name, value, span)) = content {
        add_content(
            arguments,
            name,
            Argument {
                name: CONTENT,
                value,
                span,
            },
        );
    }
    Some(())
}

/// What the argument is called that a file's contents, or the format that a text is, become.
const CONTENT: &str = "content";

/// Puts the content behind what the option says itself.
fn add_content(arguments: &mut [Argument], option: &str, content: Argument) {
    for argument in arguments {
        if let Value::Option(name, values) = &mut argument.value
            && *name == option
        {
            values.push(content);
            return;
        }
    }
}

/// The status that is asked for.
fn given_status(arguments: &[Argument]) -> Option<i64> {
    let status = |argument: &Argument| match &argument.value {
        Value::Option("status" | "deny_status", values) => values.first()?.value.number(),
        _ => None,
    };
    arguments.iter().rev().find_map(status)
}

/// The status of an action that is asked for none.
fn default_status(subject: &Subject<'_>) -> i64 {
    let response = subject
        .rule
        .is_some_and(|rule| rule.set & rule_set::HTTP_RES != 0);
    match subject.of {
        "return" => 200,
        "tarpit" => 500,
        _ if response => 502,
        _ => 403,
    }
}

/// Tells a header that the answer gets by itself; another is remembered in `own`.
fn header(reading: &mut Reading<'_>, values: &[Argument], span: Span, own: &mut Option<Span>) {
    let name = values
        .first()
        .map(|name| String::from_utf8_lossy(name.value.bytes()).into_owned());
    let name = name.unwrap_or_default();
    if OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        let message = format!("header '{name}' always ignored by the http reply.");
        reading.tell(
            Diagnostic::warning("no-effect", message)
                .at(span)
                .help("remove it"),
        );
    } else {
        own.get_or_insert(span);
    }
}

/// A content type that has no effect.
fn ignored(reading: &mut Reading<'_>, content_type: Option<&(String, Span)>, why: &str) {
    if let Some((text, span)) = content_type {
        let message = format!("content-type '{text}' {why}");
        reading.tell(
            Diagnostic::warning("no-effect", message)
                .at(*span)
                .help("remove it"),
        );
    }
}

/// Reads the file that a body comes from, to see that it can be.
fn file_of(reading: &mut Reading<'_>, subject: &Subject<'_>, name: &str, word: &Word<'_>) -> Option<()> {
    let path = String::from_utf8_lossy(&word.text).into_owned();
    let end = match name {
        "file" | "lf-file" => "",
        "errorfile" => ".",
        _ => return Some(()),
    };
    let content = match reading.host.read_file(&path) {
        Ok(content) => content,
        Err(error) => {
            let message = format!("{}error opening file '{path}'{end}{}", subject.lead, subject.tail);
            let told = Diagnostic::alert("missing-file", message)
                .at(word.span)
                .note(error.to_string());
            reading.tell(told.help("check the path, and that this user may read it"));
            return None;
        }
    };
    if name == "errorfile" && !content.starts_with(b"HTTP/") {
        let message = format!("'{path}': unable to parse headers (error offset: 0)");
        subject.alert(
            reading,
            "bad-file",
            word.span,
            message,
            "write a whole answer: status line, headers, body",
        );
        return None;
    }
    Some(())
}

/// A body that is a text or a file: what it becomes where that is not the text of the line.
fn payload(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    name: &str,
    word: &Word<'_>,
    span: Span,
    content_type: Option<&(String, Span)>,
) -> Option<Option<Value>> {
    let computed = name.starts_with("lf-");
    if content_type.is_none() {
        let message = if computed {
            "a content type must be defined with a log-format payload"
        } else {
            "a content type must be defined when non-empty payload is configured"
        };
        subject.alert(
            reading,
            "missing-argument",
            span,
            message,
            "add: content-type text/plain",
        );
        return None;
    }
    match name {
        "lf-string" => sample::format(reading, subject, word).map(Some),
        "lf-file" => {
            let path = String::from_utf8_lossy(&word.text).into_owned();
            let content = reading.host.read_file(&path).unwrap_or_default();
            fits_buffer(reading, subject, word, content.len())?;
            let word = Word {
                text: content.into(),
                span: word.span,
            };
            sample::format(reading, subject, &word).map(Some)
        }
        "file" => {
            let content = reading.host.read_file(&shown(word)).unwrap_or_default();
            fits_buffer(reading, subject, word, content.len())?;
            Some(Some(Value::Text(content.into())))
        }
        _ => Some(None),
    }
}

/// An answer is sent from a buffer; a file of `len` bytes that fits none is refused.
fn fits_buffer(reading: &mut Reading<'_>, subject: &Subject<'_>, word: &Word<'_>, len: usize) -> Option<()> {
    let most = reading.written.global.tune.bufsize as usize;
    if len <= most {
        return Some(());
    }
    let message = format!("file '{}' exceeds the buffer size ({len} > {most})", shown(word));
    let help = "name a smaller file, or raise tune.bufsize";
    subject.alert(reading, "bad-file", word.span, message, help);
    None
}

/// `wait-for-body` needs a time.
pub(crate) fn has_a_time(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let given = |argument: &Argument| matches!(argument.value, Value::Option("time", _));
    if arguments.iter().any(given) {
        return Some(());
    }
    let message = "expects time <time> [ at-least <bytes> ]";
    subject.alert(
        reading,
        "missing-argument",
        subject.behind,
        message,
        "write: wait-for-body time 5s",
    );
    None
}
