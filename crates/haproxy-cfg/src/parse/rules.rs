//! Rule sets: `http-request`, `http-response`, `tcp-request` and their kin.

use syntax::{Context, Diagnostic, Span, closest};

use super::condition::{ReadCondition, condition};
use super::format;
use super::frame::Frame;
use super::line::{Line, shown};
use super::order::{RuleClass, note};
use super::reading::Reading;
use super::sample::{self, Usage};
use crate::keywords::{ACTION_INDEX, place, rule_set};
use crate::lex::Word;
use crate::model::{self, HeaderRuleAction};
use crate::written::{Rule, RuleKind};

/// What an action's row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionParse {
    AddHeader,
    SetHeader,
    DelHeader,
    Deny,
    Allow,
    Tarpit,
}

/// `http-request ACTION …`.
pub(crate) fn http_request(reading: &mut Reading<'_>, line: &Line<'_>) {
    rule(
        reading,
        line,
        0,
        rule_set::HTTP_REQ,
        Some(RuleKind::Request),
        "http-request",
    );
}

/// `http-response ACTION …`.
pub(crate) fn http_response(reading: &mut Reading<'_>, line: &Line<'_>) {
    rule(
        reading,
        line,
        0,
        rule_set::HTTP_RES,
        Some(RuleKind::Response),
        "http-response",
    );
}

/// `http-after-response ACTION …`.
pub(crate) fn http_after_response(reading: &mut Reading<'_>, line: &Line<'_>) {
    rule(
        reading,
        line,
        0,
        rule_set::HTTP_AFTER,
        None,
        "http-after-response",
    );
}

/// `tcp-request connection|session|content|inspect-delay …`.
pub(crate) fn tcp_request(reading: &mut Reading<'_>, line: &Line<'_>) {
    tcp(
        reading,
        line,
        "tcp-request",
        &[
            ("connection", rule_set::TCP_CONN),
            ("session", rule_set::TCP_SESS),
            ("content", rule_set::TCP_REQ),
        ],
    );
}

/// `tcp-response content|inspect-delay …`.
pub(crate) fn tcp_response(reading: &mut Reading<'_>, line: &Line<'_>) {
    tcp(reading, line, "tcp-response", &[("content", rule_set::TCP_RES)]);
}

fn tcp(reading: &mut Reading<'_>, line: &Line<'_>, keyword: &str, sets: &[(&str, u32)]) {
    let Some(word) = line.arg(0) else {
        let message =
            format!("'{keyword}' expects 'inspect-delay', 'connection', 'session' or 'content' as argument.");
        return reading.alert("missing-argument", line.behind(), message);
    };
    if &*word.text == b"inspect-delay" {
        let Some(time) = line.arg(1) else {
            let message = format!("'{keyword} inspect-delay' expects a positive delay in milliseconds.");
            return reading.alert("missing-argument", line.behind(), message);
        };
        let whose = format!("'{keyword} inspect-delay'");
        if super::timeout::timer(reading, time, crate::values::Unit::Millisecond, &whose).is_some() {
            reading.tell_read_only(&whose, line.span());
        }
        return;
    }
    let Some((name, set)) = sets.iter().find(|(name, _)| name.as_bytes() == &*word.text) else {
        let text = shown(word).into_owned();
        let known: Vec<String> = sets.iter().map(|(name, _)| format!("'{name}'")).collect();
        let message = format!(
            "'{keyword}' expects 'inspect-delay' or {} (got '{text}').",
            known.join(", ")
        );
        let mut told = Diagnostic::alert("unknown-rule-set", message).at(word.span);
        told.help = closest(&word.text, sets.iter().map(|(name, _)| *name))
            .map(|near| format!("did you mean '{near}'?"));
        return reading.tell(told);
    };
    if reading.place() == place::ANONYMOUS_DEFAULTS {
        let message = format!("{keyword} {name} is not allowed in anonymous 'defaults' sections");
        return reading.alert("not-in-defaults", line.span(), message);
    }
    if reading.place() == place::BACKEND && *set & (rule_set::TCP_CONN | rule_set::TCP_SESS) != 0 {
        let proxy = reading
            .proxy_ref()
            .map(|proxy| proxy.name.to_string())
            .unwrap_or_default();
        let message = format!("{keyword} {name} is not allowed because backend {proxy} is not a frontend");
        return reading.alert("not-in-backend", line.span(), message);
    }
    rule(reading, line, 1, *set, None, &format!("{keyword} {name}"));
}

/// Reads the rule whose action is argument `at`.
fn rule(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    at: usize,
    set: u32,
    kind: Option<RuleKind>,
    set_name: &str,
) {
    let Some(word) = line.arg(at) else {
        let message = format!("'{set_name}' expects an action.");
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("write for example: allow"),
        );
    };
    let class = match set {
        rule_set::TCP_CONN => Some(RuleClass::TcpConnection),
        rule_set::TCP_SESS => Some(RuleClass::TcpSession),
        rule_set::TCP_REQ => Some(RuleClass::TcpContent),
        rule_set::HTTP_REQ => Some(RuleClass::HttpRequest),
        _ => None,
    };
    if let Some(class) = class {
        note(reading, class, line.span());
    }
    let Some(row) = find(&word.text).filter(|row| row.row.places & set != 0 && !reading.too_new(&row.row))
    else {
        let text = shown(word).into_owned();
        let known: Vec<&str> = ACTION_INDEX
            .names()
            .filter(|name| {
                ACTION_INDEX
                    .find(name.as_bytes())
                    .is_some_and(|row| row.row.places & set != 0)
            })
            .map(|name| name.trim_end_matches('*'))
            .collect();
        let message = format!("'{set_name}' knows no action '{text}'.");
        let mut told = Diagnostic::alert("unknown-action", message)
            .at(word.span)
            .context(Context::ParsingTight);
        told.help = closest(&word.text, known).map(|near| format!("did you mean '{near}'?"));
        return reading.tell(told);
    };
    let (Some(kind), Some(action)) = (kind, row.act) else {
        return read_only(reading, line, at, row.row.name, set, set_name);
    };
    let Some((action, next)) = action_arguments(reading, line, at, action, set_name) else {
        return;
    };
    let what = format!("an '{set_name} {}' condition", row.row.name.trim_end_matches('*'));
    let Some(cond) = optional_condition(reading, line, next, usage_of(set), &what) else {
        return;
    };
    let Some(action) = action else {
        return reading.tell_read_only(&format!("a '%' expression of '{set_name}'"), line.span());
    };
    store(reading, kind, action, cond, line);
}

/// A rule with what it does, unless its condition cannot be applied.
fn store(
    reading: &mut Reading<'_>,
    kind: RuleKind,
    action: HeaderRuleAction,
    cond: Applied,
    line: &Line<'_>,
) {
    let cond = match cond {
        Applied::Always => None,
        Applied::When(ReadCondition { cond: Some(cond) }) => Some(cond),
        Applied::When(ReadCondition { cond: None }) => return,
    };
    let span = line.span();
    let is_final = cond.is_none()
        && matches!(
            action,
            HeaderRuleAction::Allow | HeaderRuleAction::Deny { .. } | HeaderRuleAction::Tarpit { .. }
        );
    unreachable_rule(reading, kind, is_final, span);
    if let Some((_, rules)) = reading.ruled() {
        rules.push(Rule {
            kind,
            action,
            cond,
            span,
        });
    }
}

/// Tells a rule behind one that ends its set in any case, and notes whether this one does.
fn unreachable_rule(reading: &mut Reading<'_>, kind: RuleKind, is_final: bool, span: Span) {
    let (index, set) = match kind {
        RuleKind::Request => (0, "http-request"),
        RuleKind::Response => (1, "http-response"),
    };
    let Some(proxy) = reading.proxy() else { return };
    if std::mem::replace(&mut proxy.final_rules[index], is_final) {
        let message = format!(
            "previous '{set}' action is final and has no condition attached, further entries are NOOP."
        );
        let told = Diagnostic::warning("unreachable-rule", message)
            .at(span)
            .context(Context::ParsingTight);
        reading.tell(told.help("remove it, or give the rule above a condition"));
    }
}

/// What is at hand for the rules of a set.
fn usage_of(set: u32) -> Usage {
    match set {
        rule_set::TCP_CONN => Usage::TCP_CONNECTION,
        rule_set::TCP_SESS => Usage::TCP_SESSION,
        rule_set::TCP_REQ => Usage::TCP_CONTENT,
        rule_set::TCP_RES => Usage::TCP_RESPONSE,
        rule_set::HTTP_REQ => Usage::HTTP_REQUEST,
        _ => Usage::HTTP_RESPONSE,
    }
}

fn usage_of_kind(kind: RuleKind) -> Usage {
    match kind {
        RuleKind::Request => Usage::HTTP_REQUEST,
        RuleKind::Response => Usage::HTTP_RESPONSE,
    }
}

/// When a rule applies.
enum Applied {
    Always,
    When(ReadCondition),
}

fn optional_condition(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    at: usize,
    usage: Usage,
    what: &str,
) -> Option<Applied> {
    match line.arg(at) {
        None => Some(Applied::Always),
        Some(word) if matches!(&*word.text, b"if" | b"unless") => {
            let lead = format!("error detected while parsing {what} : ");
            condition(reading, line.args(), at, usage, Frame::new(&lead)).map(Applied::When)
        }
        Some(word) => {
            let text = shown(word).into_owned();
            let message = format!("error detected in {what} : expects 'if' or 'unless' (got '{text}').");
            reading.tell(
                Diagnostic::alert("bad-condition", message)
                    .at(word.span)
                    .help("put blanks into quotes, or write 'if'"),
            );
            None
        }
    }
}

/// The row of an action: its name is the word itself, or the word starts with a name that ends in `*`.
fn find(word: &[u8]) -> Option<&'static crate::keywords::Keyword<ActionParse>> {
    if let Some(row) = ACTION_INDEX.find(word) {
        return Some(row);
    }
    let stem = word.split(|byte| *byte == b'(').next().unwrap_or(word);
    let stem = if stem.starts_with(b"track-sc") {
        b"track-sc"
    } else {
        stem
    };
    let mut name = stem.to_vec();
    name.push(b'*');
    ACTION_INDEX.find(&name)
}

/// A rule whose action is only read: its condition is checked all the same.
fn read_only(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    at: usize,
    name: &'static str,
    set: u32,
    set_name: &str,
) {
    let args = line.args();
    let starts = (at + 1..args.len())
        .rev()
        .find(|index| matches!(&*args[*index].text, b"if" | b"unless"));
    let shown = name.trim_end_matches('*');
    reading.tell_read_only(&format!("the action '{shown}' of '{set_name}'"), line.span());
    if matches!(name, "set-var*" | "set-var(*") || args[at].text.starts_with(b"set-var(") {
        set_var(reading, line, at, set, set_name);
    }
    if name == "redirect" {
        let words = &args[at + 1..starts.unwrap_or(args.len())];
        super::arguments::redirect_words(reading, line, words, &format!("{set_name} redirect"));
    }
    if let Some(index) = starts {
        let what = format!("an '{set_name} {shown}' condition");
        let lead = format!("error detected while parsing {what} : ");
        condition(reading, line.args(), index, usage_of(set), Frame::new(&lead));
    }
}

/// The expression of `set-var(NAME)`.
fn set_var(reading: &mut Reading<'_>, line: &Line<'_>, at: usize, set: u32, set_name: &str) {
    let action = shown(&line.args()[at]).into_owned();
    let http = set & (rule_set::HTTP_REQ | rule_set::HTTP_RES | rule_set::HTTP_AFTER) != 0;
    let lead = if http {
        format!(
            "error detected in {} while parsing '{set_name} {action}' rule : ",
            reading.section_words()
        )
    } else {
        String::new()
    };
    let frame = Frame::new(&lead);
    let frame = if http { frame } else { frame.open() };
    let wording = sample::Wording::new(frame).named(&action);
    sample::parse(reading, line.args(), at + 1, usage_of(set), wording);
}

/// The action with its arguments, none when it holds an expression, and the index of the argument behind.
fn action_arguments(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    at: usize,
    action: ActionParse,
    set_name: &str,
) -> Option<(Option<HeaderRuleAction>, usize)> {
    let action_name = line
        .arg(at)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    match action {
        ActionParse::AddHeader | ActionParse::SetHeader => {
            let (Some(name), Some(value)) = (line.arg(at + 1), line.arg(at + 2)) else {
                let message =
                    format!("error detected in {set_name} '{action_name}' : expects exactly 2 arguments.");
                let told = Diagnostic::alert("missing-argument", message).at(line.behind());
                reading.tell(told.help(format!("write: {set_name} {action_name} NAME VALUE")));
                return None;
            };
            let usage = if set_name == "http-request" {
                Usage::HTTP_REQUEST
            } else {
                Usage::HTTP_RESPONSE
            };
            let lead = format!(
                "error detected in {} while parsing '{set_name} {action_name}' rule : ",
                reading.section_words()
            );
            format::parse(reading, value, usage, Frame::new(&lead))?;
            let (name, value) = (literal(name), literal(value));
            let built = match (name, value) {
                (Some(name), Some(value)) if action == ActionParse::AddHeader => {
                    Some(HeaderRuleAction::Add { name, value })
                }
                (Some(name), Some(value)) => Some(HeaderRuleAction::Set { name, value }),
                _ => None,
            };
            Some((built, at + 3))
        }
        ActionParse::DelHeader => {
            let Some(name) = line.arg(at + 1) else {
                let message =
                    format!("error detected in {set_name} '{action_name}' : expects exactly 1 argument.");
                reading.alert("missing-argument", line.behind(), message);
                return None;
            };
            if line.arg(at + 2).is_some_and(|word| &*word.text == b"-m") {
                reading.tell_read_only("'-m' of 'del-header'", line.span());
                return None;
            }
            Some((literal(name).map(|name| HeaderRuleAction::Del { name }), at + 2))
        }
        ActionParse::Allow => Some((Some(HeaderRuleAction::Allow), at + 1)),
        ActionParse::Deny | ActionParse::Tarpit => {
            let default = match (action, set_name) {
                (ActionParse::Deny, "http-response") => 502,
                (ActionParse::Deny, _) => 403,
                _ => 500,
            };
            let (status, next) = deny_status(reading, line, at + 1, default)?;
            let built = if action == ActionParse::Deny {
                HeaderRuleAction::Deny { status }
            } else {
                HeaderRuleAction::Tarpit { status }
            };
            Some((Some(built), next))
        }
    }
}

/// `[deny_status CODE] …`: the status and the index of the condition. What else may stand there is read only.
fn deny_status(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    mut at: usize,
    default: u16,
) -> Option<(u16, usize)> {
    let mut status = default;
    while let Some(word) = line.arg(at) {
        match &*word.text {
            b"deny_status" | b"status" => {
                let value = line
                    .arg(at + 1)
                    .and_then(|value| crate::values::integer(&value.text));
                let Some(code) = value
                    .and_then(|value| u16::try_from(value).ok())
                    .filter(|code| (200..=599).contains(code))
                else {
                    let span = line.arg(at + 1).map_or(word.span, |value| value.span);
                    let message = "'deny_status' expects a status code between 200 and 599.";
                    reading.alert("bad-status", span, message);
                    return None;
                };
                status = code;
                at += 2;
            }
            b"content-type" | b"errorfile" | b"errorfiles" | b"file" | b"lf-file" | b"string"
            | b"lf-string" => {
                reading.tell_read_only("the answer's body of a 'deny' rule", word.span);
                at += 2;
            }
            b"hdr" => {
                reading.tell_read_only("'hdr' of a 'deny' rule", word.span);
                at += 3;
            }
            b"default-errorfiles" => at += 1,
            _ => break,
        }
    }
    Some((status, at))
}

/// The text of a word that holds no expression; `%%` is a percent sign.
fn literal(word: &Word<'_>) -> Option<model::Word> {
    let mut out = Vec::with_capacity(word.text.len());
    let mut bytes = word.text.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            if bytes.peek() != Some(&b'%') {
                return None;
            }
            bytes.next();
        }
        out.push(byte);
    }
    Some(out.into())
}

/// `reqadd LINE [if …]`.
pub(crate) fn reqadd(reading: &mut Reading<'_>, line: &Line<'_>) {
    add_line(reading, line, RuleKind::Request, "reqadd");
}

/// `rspadd LINE [if …]`.
pub(crate) fn rspadd(reading: &mut Reading<'_>, line: &Line<'_>) {
    add_line(reading, line, RuleKind::Response, "rspadd");
}

fn add_line(reading: &mut Reading<'_>, line: &Line<'_>, kind: RuleKind, keyword: &str) {
    let Some(header) = line.arg(0) else {
        let message = format!("'{keyword}' expects <header> as an argument.");
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help(format!("write: {keyword} NAME:\\ VALUE")),
        );
    };
    let Some(cond) = optional_condition(
        reading,
        line,
        1,
        usage_of_kind(kind),
        &format!("an '{keyword}' rule"),
    ) else {
        return;
    };
    store(
        reading,
        kind,
        HeaderRuleAction::AddLine(header.text.to_vec().into()),
        cond,
        line,
    );
}

/// `block if …`.
pub(crate) fn block(reading: &mut Reading<'_>, line: &Line<'_>) {
    match optional_condition(reading, line, 0, Usage::HTTP_REQUEST, "a 'block' rule") {
        Some(Applied::Always) => {
            let message = "'block' requires either 'if' or 'unless' followed by a condition.";
            reading.alert("missing-condition", line.behind(), message);
        }
        Some(cond) => store(
            reading,
            RuleKind::Request,
            HeaderRuleAction::Deny { status: 403 },
            cond,
            line,
        ),
        None => {}
    }
}
