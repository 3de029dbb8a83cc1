//! The steps of scripted checks: which lines count, what `http-check send` makes of the request, and which steps nothing acts on
//! yet. A script with one of those is left alone, and said so: half a check would be another one.

use syntax::{Diagnostic, Span};

use super::inherit::Inherited;
use crate::model::{CheckExpect, CheckKind, CheckStep, Expected, HttpCheck, TextMatch, Word};
use crate::parse::Reading;
use crate::signature::{Argument, Given, Value};
use crate::written::ProxySection;

/// A step that nothing acts on.
struct Unread(String, Span);

/// How the servers of a proxy are checked.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection) -> CheckKind {
    let inherited = Inherited::new(reading, section);
    let kind = inherited.value(|settings| &settings.check).unwrap_or_default();
    let keyword = match &kind {
        CheckKind::Http(_) => "http-check",
        CheckKind::Tcp => "tcp-check",
        CheckKind::Smtp { .. } | CheckKind::Steps(_) => return kind,
    };
    let by_steps = keyword == "http-check"
        || inherited
            .lines(reading, section)
            .any(|given| given.name == "tcp-check" && given.option_of_rule().is_none());
    if !by_steps || !section.kind.is_backend() {
        return kind;
    }
    let rules: Vec<Given> = inherited
        .lines(reading, section)
        .filter(|given| given.name == keyword && given.option_of_rule().is_some())
        .cloned()
        .collect();
    let switches = |given: &&Given| matches!(given.option_of_rule(), Some("disable-on-404" | "send-state"));
    let mut unread: Vec<Unread> = rules
        .iter()
        .filter(switches)
        .map(|given| Unread(name_of(given), given.span))
        .collect();
    let result = match steps(reading, section, keyword) {
        Ok(steps) => with_steps(kind.clone(), steps),
        Err(step) => {
            unread.push(step);
            None
        }
    };
    for Unread(name, span) in unread {
        if reading.told.insert(name.clone()) {
            let message = format!("{name} is read but not acted on yet.");
            reading.tell(Diagnostic::warning("read-only", message).at(span));
        }
    }
    result.unwrap_or(kind)
}

/// What is written of a rule, in quotes.
fn name_of(given: &Given) -> String {
    format!("'{} {}'", given.name, given.option_of_rule().unwrap_or_default())
}

/// One step, with what `http-check send` says.
enum Step {
    Plain(CheckStep),
    Request(Vec<Argument>),
}

/// The steps of the nearest section that has any. An option behind them takes them away.
fn steps(reading: &Reading<'_>, section: &ProxySection, keyword: &str) -> Result<Vec<Step>, Unread> {
    let inherited = Inherited::new(reading, section);
    let sections = &reading.written.sections;
    let own_option = section.settings.check.as_ref().map(|check| check.span);
    let of = |lines: usize, behind: Option<Span>| -> Vec<&Given> {
        let lines = sections
            .get(lines)
            .map(|kept| kept.lines.as_slice())
            .unwrap_or_default();
        lines
            .iter()
            .filter(|given| given.name == keyword)
            .filter(|given| {
                behind.is_none_or(|option| given.span.file != option.file || given.span.start > option.start)
            })
            .filter(|given| {
                given
                    .option_of_rule()
                    .is_some_and(|rule| !matches!(rule, "disable-on-404" | "send-state"))
            })
            .collect()
    };
    let mut rules = of(section.lines, own_option);
    if rules.is_empty() && own_option.is_none() {
        rules = inherited
            .defaults()
            .map(|defaults| {
                of(
                    defaults.lines,
                    defaults.settings.check.as_ref().map(|check| check.span),
                )
            })
            .find(|rules| !rules.is_empty())
            .unwrap_or_default();
    }
    let mut comment: Option<Word> = None;
    let mut steps = Vec::new();
    let mut connects = 0;
    for (number, given) in rules.iter().enumerate() {
        let rule = given.option_of_rule().unwrap_or_default();
        let arguments = given.option(rule).unwrap_or_default();
        let unread = || Unread(name_of(given), given.span);
        let value = |name: &str| {
            arguments
                .iter()
                .find(|argument| argument.name == name)
                .map(|argument| &argument.value)
        };
        match rule {
            "comment" => {
                comment = value("text").and_then(Value::text).cloned();
                continue;
            }
            "connect" => {
                connects += 1;
                let harmless = |argument: &Argument| {
                    matches!(argument.value, Value::Option("comment" | "linger" | "default", _))
                };
                if connects > 1 || !arguments.iter().all(harmless) {
                    return Err(unread());
                }
                steps.push(Step::Plain(CheckStep::Connect));
            }
            "send" if keyword == "http-check" => steps.push(Step::Request(arguments.to_vec())),
            "send" => {
                let text = value("text").map(Value::bytes).unwrap_or_default();
                steps.push(Step::Plain(CheckStep::Send(text.to_vec())));
            }
            "send-binary" => {
                let bytes = value("bytes").map(Value::bytes).unwrap_or_default();
                steps.push(Step::Plain(CheckStep::Send(from_hex(bytes))));
            }
            "expect" => {
                let number = u32::try_from(number).unwrap_or(0) + 1;
                let expect = expect(arguments, number, comment.as_ref()).ok_or_else(unread)?;
                steps.push(Step::Plain(CheckStep::Expect(Box::new(expect))));
            }
            _ => return Err(unread()),
        }
        comment = None;
    }
    Ok(steps)
}

/// The check with its steps.
fn with_steps(kind: CheckKind, steps: Vec<Step>) -> Option<CheckKind> {
    let CheckKind::Http(mut http) = kind else {
        let steps: Vec<CheckStep> = steps
            .into_iter()
            .filter_map(|step| match step {
                Step::Plain(step) => Some(step),
                Step::Request(_) => None,
            })
            .collect();
        return (!steps.is_empty()).then_some(CheckKind::Steps(steps));
    };
    for step in steps {
        match step {
            Step::Request(arguments) => request(&mut http, &arguments)?,
            Step::Plain(CheckStep::Expect(expect)) => http.expects.push(*expect),
            Step::Plain(_) => {}
        }
    }
    Some(CheckKind::Http(http))
}

/// What `http-check send` says in the place of the request of `option httpchk`. None where it is computed for each check.
fn request(http: &mut HttpCheck, arguments: &[Argument]) -> Option<()> {
    let mut body: Option<Word> = None;
    for argument in arguments {
        let Value::Option(name, values) = &argument.value else {
            continue;
        };
        let text = |name: &str| {
            values
                .iter()
                .find(|value| value.name == name)
                .and_then(|found| literal(&found.value))
        };
        match *name {
            "meth" => http.method = text("method")?,
            "uri" | "uri-lf" => http.uri = text("uri")?,
            "ver" => http.version = text("version")?,
            "body" | "body-lf" => body = Some(text("body")?),
            "hdr" => {
                let (name, value) = (text("name")?, text("value")?);
                // The length is the body's.
                if !name.eq_ignore_ascii_case(b"content-length") {
                    http.headers.push([&name[..], b": ", &value[..]].concat().into());
                }
            }
            _ => {}
        }
    }
    if let Some(body) = body {
        http.headers.push(Word::default());
        http.headers.push(body);
    }
    Some(())
}

/// The text of what holds nothing that is computed.
fn literal(value: &Value) -> Option<Word> {
    match value {
        Value::Format(format) if format.written.is_empty() => Some(Word::default()),
        Value::Format(format) => format.literal(),
        value => value.text().cloned(),
    }
}

fn expect(arguments: &[Argument], number: u32, comment: Option<&Word>) -> Option<CheckExpect> {
    let mut out = CheckExpect {
        what: Expected::Text(Word::default()),
        negated: false,
        min_recv: 0,
        ok_status: None,
        error_status: None,
        timeout_status: None,
        on_success: None,
        on_error: None,
        comment: comment.cloned(),
        number,
    };
    let mut what = None;
    for argument in arguments {
        let Value::Option(name, values) = &argument.value else {
            continue;
        };
        let first = values.first().map(|argument| &argument.value);
        match *name {
            "!" => out.negated = true,
            "min-recv" => out.min_recv = first?.number().and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
            "comment" => out.comment = first?.text().cloned(),
            // A server that passes with a condition gets no new sessions.
            "ok-status" if first?.word() == Some("L7OKC") => return None,
            "ok-status" => out.ok_status = first?.word(),
            "error-status" => out.error_status = first?.word(),
            "tout-status" => out.timeout_status = first?.word(),
            "on-success" => out.on_success = Some(literal(first?)?),
            "on-error" => out.on_error = Some(literal(first?)?),
            "status" => what = Some(Expected::Status(codes(first?.bytes()))),
            "rstatus" => what = Some(Expected::StatusLike(first?.bytes().to_vec().into())),
            "string" | "string-lf" => what = Some(Expected::Text(literal(first?)?)),
            "rstring" => what = Some(Expected::Like(first?.bytes().to_vec().into())),
            "binary" => what = Some(Expected::Bytes(from_hex(first?.bytes()))),
            "rbinary" => what = Some(Expected::BytesLike(first?.bytes().to_vec().into())),
            "hdr" | "fhdr" => {
                let Value::List(parts) = first? else { return None };
                let mut parts = parts.iter().map(text_match);
                what = Some(Expected::Header {
                    full: *name == "fhdr",
                    name: parts.next()??,
                    value: match parts.next() {
                        Some(value) => Some(value?),
                        None => None,
                    },
                });
            }
            // The code that an expression gives, and what depends on the moment.
            _ => return None,
        }
    }
    out.what = what?;
    Some(out)
}

fn text_match(part: &Value) -> Option<TextMatch> {
    let Value::List(part) = part else { return None };
    let [method, text] = &part[..] else { return None };
    let text = match text {
        Value::Regex(source) => source.clone(),
        text => literal(text)?,
    };
    Some(TextMatch {
        method: method.word()?,
        text,
    })
}

/// `200,300-399`.
fn codes(text: &[u8]) -> Vec<(u16, u16)> {
    let text = String::from_utf8_lossy(text);
    let number = |text: &str| text.parse().unwrap_or(0);
    text.split(',')
        .map(|part| match part.split_once('-') {
            Some((low, high)) => (number(low), number(high)),
            None => (number(part), number(part)),
        })
        .collect()
}

fn from_hex(digits: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
    digits
        .chunks_exact(2)
        .map(|pair| digit(pair[0]) << 4 | digit(pair[1]))
        .collect()
}
