//! Keywords that decide by a condition where a request goes or what is kept of it: `redirect`, `use-server`, `force-persist`,
//! `monitor fail`, `declare capture` and their kin.

use syntax::{Diagnostic, Severity, Span, Version};

use super::{Pending, conditional};
use crate::keywords::{ACTION_INDEX, ANSWER, REDIRECT, place, rule_set};
use crate::model::{CaptureSlot, ErrorAnswer, Word};
use crate::parse::frame::Frame;
use crate::parse::order::{RuleClass, note};
use crate::parse::sample::Usage;
use crate::parse::{Line, Reading, Section, section, shown};
use crate::signature::{
    Arg, Argument, Condition, Cursor, Given, Kind, ReadArgument, Subject, Value, arg, choice, custom, opt,
    options, rest, sequence, text, verify,
};
use crate::values::loose_integer;
use crate::written::{Rule, WrittenCond, WrittenErrors, WrittenServerRule};

/// `use-server NAME if …`.
pub(crate) const USE_SERVER: &[Arg] = &[
    text("server").missing("'{kw}' expects a server name."),
    rest("condition", |reading, cursor, subject| {
        needed(reading, cursor, subject, Usage::USE_SERVER, "switching rule")
    }),
];

/// `force-persist if …`, `ignore-persist if …`.
pub(crate) const PERSIST_RULE: &[Arg] = &[rest("condition", |reading, cursor, subject| {
    let what = format!("a '{}' rule", subject.name);
    needed(reading, cursor, subject, Usage::PERSIST, &what)
})];

/// `force-be-switch if …`.
pub(crate) const FORCE_SWITCH: &[Arg] = &[rest("condition", |reading, cursor, subject| {
    let what = format!("a '{}' rule", subject.name);
    needed(reading, cursor, subject, Usage::USE_BACKEND, &what)
})];

/// `monitor fail if …`.
pub(crate) const MONITOR: &[Arg] =
    &[choice("what", &[opt("fail", MONITOR_FAIL)]).words("'monitor' only supports 'fail'.")];

const MONITOR_FAIL: &[Arg] = &[rest("condition", |reading, cursor, subject| {
    let framed = Subject {
        name: "monitor fail",
        ..*subject
    };
    needed(
        reading,
        cursor,
        &framed,
        Usage::ANYWHERE,
        "a 'monitor fail' condition",
    )
})];

/// `declare capture request|response len N`.
pub(crate) const DECLARE: &[Arg] = &[
    choice("what", &[opt("capture", DECLARED)])
        .missing("'declare' needs a second keyword that specify the type of declaration ('capture')")
        .wrong("unknown declaration type '{got}' (supports 'capture')"),
    crate::signature::IGNORED,
];

const DECLARED: &[Arg] = &[
    choice("direction", &[opt("request", SLOT), opt("response", SLOT)])
        .words("'declare capture' requires a direction ('request' or 'response')"),
];

const SLOT: &[Arg] = &[choice(
    "len",
    &[opt(
        "len",
        &[arg("bytes", Kind::Custom(ReadArgument(slot)))
            .missing("'declare capture': 'len' requires a numeric value that represents the capture length")],
    )],
)
.words("'declare capture' requires a capture length ('len')")];

/// `capture cookie|request header|response header NAME len N`.
pub(crate) const CAPTURE: &[Arg] = &[choice(
    "what",
    &[
        opt("cookie", COOKIE),
        opt("request", HEADER),
        opt("response", HEADER),
    ],
)
.words(CAPTURED)];

const CAPTURED: &str = "'capture' expects 'cookie' or 'request header' or 'response header'.";
const COOKIE: &[Arg] = &[rest("cookie", |reading, cursor, subject| {
    let shape = "'capture' expects 'cookie' <cookie_name> 'len' <len>.";
    captured(reading, cursor, subject, shape)
})];
const HEADER: &[Arg] = &[
    choice("header", &[opt("header", &[])]).words(CAPTURED),
    rest("name", |reading, cursor, subject| {
        let direction = cursor
            .words()
            .first()
            .map(|word| shown(word).into_owned())
            .unwrap_or_default();
        let shape = format!("'capture {direction}' expects 'header' <header_name> 'len' <len>.");
        captured(reading, cursor, subject, &shape)
    }),
];

/// `http-error status CODE …`.
pub(crate) const HTTP_ERROR: &[Arg] = &[options(ANSWER), verify(error_page)];

/// `http-send-name-header NAME`.
pub(crate) const SEND_NAME: &[Arg] = &[
    text("header").missing("'{kw}' requires a header string."),
    crate::signature::IGNORED,
];

/// Headers that the name cannot go into, as they belong to the request's framing.
const FRAMING: &[&[u8]] = &[b"connection", b"content-length", b"host", b"transfer-encoding"];

/// `http-send-name-header`: since 3.3 not into headers that the message stands on.
pub(crate) fn send_name(reading: &mut Reading<'_>, line: &Line<'_>) {
    let framing = |word: &&crate::lex::Word<'_>| FRAMING.contains(&&*word.text.to_ascii_lowercase());
    if let Some(word) = line.arg(0).filter(framing)
        && let Some(severity) = reading.dialect.of_old_form(None, Some(Version::new(3, 3)))
    {
        let name = shown(word);
        let message =
            format!("'{name}' cannot be used as header name for 'http-send-name-header' directive.");
        let told = Diagnostic::new(severity, "bad-name", message).at(word.span);
        let refused = severity == Severity::Alert;
        reading.tell(told.help("write a name of your own, such as X-Server"));
        if refused {
            return;
        }
    }
    crate::parse::proxy::kept(reading, line);
}

/// `use-fcgi-app NAME`.
pub(crate) const USE_FCGI_APP: &[Arg] = &[
    custom("name", crate::parse::persistence::application).missing("'{kw}' expects <name> as argument"),
    crate::signature::IGNORED,
];

/// A condition that must be there.
fn needed(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    usage: Usage,
    what: &str,
) -> Option<Value> {
    if cursor
        .peek()
        .is_some_and(|word| matches!(&*word.text, b"if" | b"unless"))
    {
        let lead = format!("error detected while parsing {what} : ");
        return conditional(reading, cursor, usage, &lead);
    }
    let span = cursor.peek().map_or(subject.behind, |word| word.span);
    let message = format!(
        "'{}' requires either 'if' or 'unless' followed by a condition.",
        subject.name
    );
    subject.alert(reading, "missing-condition", span, message, "add: if CONDITION");
    None
}

/// The bytes of a declared capture.
fn slot(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.next()?;
    let read = loose_integer(&word.text);
    if !read.exact {
        let message = "'declare capture': cannot parse the length 'len'.";
        subject.alert(
            reading,
            "bad-number",
            word.span,
            message,
            "write a number of bytes",
        );
        return None;
    }
    if read.value <= 0 {
        subject.alert(
            reading,
            "bad-number",
            word.span,
            "length must be > 0",
            "write a number of bytes",
        );
        return None;
    }
    Some(Value::Int(read.value))
}

/// `NAME len N`.
fn captured(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    shape: &str,
) -> Option<Value> {
    let cookie = shape.contains("'cookie'");
    let words = [cursor.ahead(0), cursor.ahead(1), cursor.ahead(2)];
    let (Some(name), Some(len), Some(bytes)) = (words[0], words[1], words[2]) else {
        subject.alert(
            reading,
            "missing-argument",
            subject.behind,
            shape,
            "add: len BYTES",
        );
        return None;
    };
    if &*len.text != b"len" && !cookie {
        subject.alert(reading, "unknown-option", len.span, shape, "write: len BYTES");
        return None;
    }
    cursor.go_to(cursor.position() + 3);
    if cookie {
        // What stands behind it is not looked at.
        cursor.go_to(cursor.words().len());
    }
    Some(Value::List(vec![
        Value::Text(name.text.to_vec().into()),
        Value::Int(loose_integer(&bytes.text).value),
    ]))
}

/// Looks at the options of `http-error` together.
fn error_page(reading: &mut Reading<'_>, arguments: &mut [Argument], subject: &Subject<'_>) -> Option<()> {
    let status = arguments.iter().find_map(|argument| match &argument.value {
        Value::Option("status", values) => values
            .first()
            .and_then(|value| Some((value.value.number()?, value.span))),
        _ => None,
    });
    let framed = Subject {
        lead: "http-error : ",
        ..*subject
    };
    let Some((status, span)) = status else {
        let message = "expects at least a <status> as arguments.";
        framed.alert(
            reading,
            "missing-argument",
            subject.behind,
            message,
            "write: http-error status 503 …",
        );
        return None;
    };
    let known =
        u16::try_from(status).is_ok_and(|status| crate::parse::proxy::ERROR_STATUSES.contains(&status));
    if !known {
        let message = format!("http-error: status code '{status}' not handled.");
        subject.alert(reading, "bad-status", span, message, "write for example 503");
        return None;
    }
    super::answer::settle(reading, arguments, &framed)
}

/// What was read of a line besides its arguments.
struct Kept {
    /// Its condition, unless that uses what is only read.
    cond: Option<WrittenCond>,
}

/// Reads a line by the arguments of its row, with nothing behind them, and keeps it.
fn keep(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    name: &'static str,
    args: &'static [Arg],
) -> Option<Kept> {
    let subject = Subject::new(name, line.behind());
    let mut cursor = Cursor::new(line.args(), 0);
    let arguments = crate::signature::read(reading, &mut cursor, args, &subject)?;
    let cond = arguments.iter().find_map(|argument| match &argument.value {
        Value::Condition(Condition(cond)) => cond.clone(),
        _ => None,
    });
    reading.keep(Given {
        name,
        arguments,
        span: line.span(),
    });
    Some(Kept { cond })
}

/// `redirect location|prefix|scheme TO …`.
pub(crate) fn redirect(reading: &mut Reading<'_>, line: &Line<'_>) {
    let lead = format!(
        "error detected in {} while parsing redirect rule : ",
        reading.section_words()
    );
    let subject = Subject {
        of: "redirect",
        lead: &lead,
        tail: ".",
        ..Subject::new("redirect", line.behind())
    };
    let mut cursor = Cursor::new(line.args(), 0);
    let Some(mut arguments) = sequence(reading, &mut cursor, REDIRECT, &subject) else {
        return;
    };
    let begin = cursor.position();
    let lead = format!("{lead}error in condition: ");
    let Some(value) = conditional(reading, &mut cursor, Usage::HTTP_QUIETLY, &lead) else {
        return;
    };
    note(reading, RuleClass::Redirect, line.span());
    if let Some(action) = ACTION_INDEX.find(b"redirect") {
        let (cond, inert) = match (&value, line.arg(begin)) {
            (Value::Condition(Condition(cond)), Some(_)) => (cond.clone(), cond.is_none()),
            _ => (None, false),
        };
        let rule = Rule {
            set: rule_set::REDIRECT,
            action,
            arguments: arguments.clone(),
            cond,
            inert,
            span: line.span(),
        };
        if let Some((_, rules)) = reading.ruled() {
            rules.push(rule);
        }
    }
    if let Some(word) = line.arg(begin) {
        arguments.push(Argument {
            name: "condition",
            value,
            span: word.span.to(line.span()),
        });
    }
    reading.keep(Given {
        name: "redirect",
        arguments,
        span: line.span(),
    });
}

/// `use-server NAME if …`.
pub(crate) fn use_server(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(kept) = keep(reading, line, "use-server", USE_SERVER) else {
        return;
    };
    note(reading, RuleClass::UseServer, line.span());
    let Some(name) = line.arg(0) else { return };
    let mut computed = None;
    if name.text.contains(&b'%') {
        let place = place_of(reading, name.span);
        let lead = format!(
            "Parsing [{place}]; use-server rule failed to parse log-format '{}' : ",
            shown(name)
        );
        let frame = Frame {
            context: syntax::Context::Whole,
            ..Frame::new(&lead)
        };
        let format = crate::parse::format::parse(reading, name, Usage::USE_SERVER.quietly(), frame);
        let Some(format) = format else { return };
        computed = Some(Box::new(format));
    } else {
        let (name, span) = (name.text.to_vec(), name.span);
        super::pend(reading, Pending::Server, &name, span);
    }
    if let (Some(cond), Some(proxy)) = (kept.cond, reading.proxy()) {
        proxy.use_server.push(WrittenServerRule {
            name: name.text.to_vec().into(),
            computed,
            cond,
            span: line.span(),
        });
    }
}

/// `FILE:LINE`.
fn place_of(reading: &Reading<'_>, span: Span) -> String {
    let (file, at) = reading.sources.locate(span);
    format!("{file}:{}", at.line)
}

/// `force-persist if …`.
pub(crate) fn force_persist(reading: &mut Reading<'_>, line: &Line<'_>) {
    persist_rule(reading, line, "force-persist");
}

/// `ignore-persist if …`.
pub(crate) fn ignore_persist(reading: &mut Reading<'_>, line: &Line<'_>) {
    persist_rule(reading, line, "ignore-persist");
}

fn persist_rule(reading: &mut Reading<'_>, line: &Line<'_>, name: &'static str) {
    let kept = keep(reading, line, name, PERSIST_RULE);
    if let (Some(cond), Some(proxy)) = (kept.and_then(|kept| kept.cond), reading.proxy()) {
        proxy.persist_rules.push((name == "force-persist", cond));
    }
}

/// `force-be-switch if …`.
pub(crate) fn force_switch(reading: &mut Reading<'_>, line: &Line<'_>) {
    let kept = keep(reading, line, "force-be-switch", FORCE_SWITCH);
    if let (Some(cond), Some(proxy)) = (kept.and_then(|kept| kept.cond), reading.proxy()) {
        proxy.force_switch.push(cond);
    }
}

/// `monitor fail if …`.
pub(crate) fn monitor(reading: &mut Reading<'_>, line: &Line<'_>) {
    let subject = Subject::new("monitor", line.behind());
    let mut cursor = Cursor::new(line.args(), 0);
    let Some(arguments) = crate::signature::read(reading, &mut cursor, MONITOR, &subject) else {
        return;
    };
    note(reading, RuleClass::Monitor, line.span());
    let given = Given {
        name: "monitor",
        arguments,
        span: line.span(),
    };
    let read = given.option("fail").and_then(|values| values.first());
    if let Some(Value::Condition(Condition(Some(cond)))) = read.map(|argument| &argument.value)
        && let Some(proxy) = reading.proxy()
    {
        proxy.monitor_fail.push(cond.clone());
    }
    reading.keep(given);
}

/// `declare capture …`.
pub(crate) fn declare(reading: &mut Reading<'_>, line: &Line<'_>) {
    let refused = match reading.place() {
        place::BACKEND => "'declare' only available in frontend or listen section",
        here if here & place::DEFAULTS != 0 => "'declare' not available in default section",
        _ => "",
    };
    if !refused.is_empty() {
        let told = Diagnostic::alert("not-in-backend", refused).at(line.keyword().span);
        return reading.tell(told.help("move it into a frontend"));
    }
    if keep(reading, line, "declare", DECLARE).is_some() {
        let request = line.arg(1).is_some_and(|word| &*word.text == b"request");
        let slot = CaptureSlot {
            header: None,
            len: length_of(line, 3),
        };
        reading.add_capture(request, slot);
    }
}

/// `capture …`.
pub(crate) fn capture(reading: &mut Reading<'_>, line: &Line<'_>) {
    let what = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let name = if matches!(&*what, "request" | "response" | "cookie") {
        format!("capture {what}")
    } else {
        "capture".to_owned()
    };
    let header = line.arg(1).is_some_and(|word| &*word.text == b"header");
    let known = what == "cookie" || (name != "capture" && header);
    if reading.place() & place::DEFAULTS != 0 && known {
        let message = format!("'{name}' not allowed in 'defaults' section.");
        let told = Diagnostic::alert("not-in-defaults", message).at(line.keyword().span);
        return reading.tell(told.help("move it into a frontend"));
    }
    if reading.place() == place::BACKEND {
        section::ignored(reading, "capture", line.keyword().span, place::FE);
    }
    let subject_name = match &*what {
        "request" => "capture request",
        "response" => "capture response",
        _ => "capture",
    };
    if keep(reading, line, subject_name, CAPTURE).is_none() {
        return;
    }
    if what == "cookie" {
        let name: Option<Word> = line.arg(1).map(|name| name.text.to_vec().into());
        if let (Some(name), Section::Proxy(index)) = (name, reading.section) {
            let len = length_of(line, 3).min(MAX_COOKIE as usize);
            reading.written.captures.entry(index).or_default().cookie = Some((name, len));
        }
        truncated(reading, line);
    } else {
        let slot = CaptureSlot {
            header: line.arg(2).map(|name| name.text.to_vec().into()),
            len: length_of(line, 4),
        };
        reading.add_capture(what == "request", slot);
    }
}

/// The length that argument `at` gives, which was read before.
fn length_of(line: &Line<'_>, at: usize) -> usize {
    let length = line.arg(at).map_or(0, |word| loose_integer(&word.text).value);
    usize::try_from(length).unwrap_or(0)
}

/// Bytes of a captured cookie that fit.
const MAX_COOKIE: i64 = 63;

/// Tells that less of a cookie is kept than is asked for.
fn truncated(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(length) = line.arg(3) else { return };
    if loose_integer(&length.text).value <= MAX_COOKIE {
        return;
    }
    let Some(proxy) = reading.proxy_ref() else { return };
    let kind = Reading::proxy_words(proxy.kind);
    let message = format!(
        "truncating capture length to {MAX_COOKIE} bytes for {kind} '{}'.",
        proxy.name
    );
    let told = Diagnostic::warning("truncated", message)
        .at(length.span)
        .context(syntax::Context::Whole);
    reading.tell(told.help("write 63 or less"));
}

/// `http-error …`.
pub(crate) fn http_error(reading: &mut Reading<'_>, line: &Line<'_>) {
    let subject = Subject {
        lead: "http-error : ",
        of: "http-error",
        ..Subject::new("http-error", line.behind())
    };
    let has_status = line.args().iter().any(|word| &*word.text == b"status");
    if !has_status {
        let message = "expects at least a <status> as arguments.";
        return subject.alert(
            reading,
            "missing-argument",
            line.behind(),
            message,
            "write: http-error status 503 …",
        );
    }
    let mut cursor = Cursor::new(line.args(), 0);
    let Some(mut arguments) = sequence(reading, &mut cursor, &[options(ANSWER)], &subject) else {
        return;
    };
    if let Some(word) = cursor.peek() {
        let message = format!("unknown keyword '{}'.", shown(word));
        return subject.alert(reading, "unknown-option", word.span, message, "remove it");
    }
    let bare = Subject {
        of: "http-error",
        ..Subject::new("http-error", line.behind())
    };
    if error_page(reading, &mut arguments, &bare).is_some() {
        let status = arguments.iter().rev().find_map(|argument| match &argument.value {
            Value::Option("status", values) => u16::try_from(values.first()?.value.number()?).ok(),
            _ => None,
        });
        if let Some(status) = status {
            let answer = ErrorAnswer::Reply(arguments.clone().into());
            let answers = &mut reading.settings().error_answers;
            answers.push(WrittenErrors::One(status, answer));
        }
        reading.keep(Given {
            name: "http-error",
            arguments,
            span: line.span(),
        });
    }
}
