//! Rules of health checks: `http-check …` and `tcp-check …`.

use syntax::{Diagnostic, closest};

use super::sample;
use super::variables::variable;
use crate::keywords::place;
use crate::lex::Word;
use crate::parse::sample::Usage;
use crate::parse::{Line, Reading, shown};
use crate::signature::{
    Arg, Argument, Cursor, Given, Kind, Opt, ReadArgument, Subject, Value, arg, choice, custom, needs,
    one_of, opt, options, rest, sequence, text,
};
use crate::values::{HostPort, host_port, loose_integer, resolve};

/// `http-check …`.
pub(crate) const HTTP_CHECK: &[Arg] = &[choice("rule", HTTP_RULES)];
/// `tcp-check …`.
pub(crate) const TCP_CHECK: &[Arg] = &[choice("rule", TCP_RULES)];

const NOTE: Opt = opt(
    "comment",
    &[text("text").missing("'comment' expects a string as argument.")],
);

const HTTP_RULES: &[Opt] = &[
    opt("disable-on-404", &[]),
    opt("send-state", &[]),
    opt("comment", &[text("text").missing("expects a string as argument")]),
    opt("connect", CONNECT),
    opt("send", HTTP_SEND),
    opt("expect", HTTP_EXPECT),
    opt("set-var-fmt", SET_VAR_FMT),
    opt("set-var", SET_VAR),
    opt("unset-var", UNSET_VAR),
];

const TCP_RULES: &[Opt] = &[
    opt("comment", &[text("text").missing("expects a string as argument")]),
    opt("connect", CONNECT),
    opt(
        "send",
        &[
            text("text").missing("'string' expects a send as argument"),
            options(&[NOTE]),
        ],
    ),
    opt(
        "send-lf",
        &[
            format("text").missing("'string' expects a send-lf as argument"),
            options(&[NOTE]),
        ],
    ),
    opt(
        "send-binary",
        &[
            hex("bytes").missing("'binary string' expects a send-binary as argument"),
            options(&[NOTE]),
        ],
    ),
    opt(
        "send-binary-lf",
        &[
            format("bytes").missing("'string' expects a send-binary-lf as argument"),
            options(&[NOTE]),
        ],
    ),
    opt("expect", TCP_EXPECT),
    opt("set-var-fmt", SET_VAR_FMT),
    opt("set-var", SET_VAR),
    opt("unset-var", UNSET_VAR),
];

const CONNECT: &[Arg] = &[options(&[
    NOTE,
    opt(
        "port",
        &[arg("port", Kind::Custom(ReadArgument(port)))
            .missing("'port' expects a port number or a sample expression as argument.")],
    ),
    opt(
        "addr",
        &[arg("address", Kind::Custom(ReadArgument(address)))
            .missing("'addr' expects <ipv4|ipv6> as argument.")],
    ),
    opt("send-proxy", &[]),
    opt("via-socks4", &[]),
    opt("ssl", &[]),
    opt(
        "sni",
        &[text("name").missing("'sni' expects a string as argument.")],
    ),
    opt(
        "alpn",
        &[text("protocols").missing("'alpn' : missing the comma-delimited ALPN protocol suite")],
    ),
    opt(
        "proto",
        &[arg("protocol", Kind::Custom(ReadArgument(protocol)))
            .missing("'proto' expects a MUX protocol as argument.")],
    ),
    opt("linger", &[]),
    opt("default", &[]),
])];

const HTTP_SEND: &[Arg] = &[options(&[
    NOTE,
    opt(
        "meth",
        &[text("method").missing("'meth' expects a string as argument.")],
    ),
    opt(
        "uri",
        &[text("uri").missing("'uri' expects a string as argument.")],
    ),
    opt(
        "uri-lf",
        &[format("uri").missing("'uri-lf' expects a string as argument.")],
    ),
    opt(
        "ver",
        &[text("version").missing("'ver' expects a string as argument.")],
    ),
    opt(
        "hdr",
        &[
            needs(2, "'hdr' expects <name> and <value> as arguments"),
            text("name"),
            custom("value", |reading, cursor, subject| {
                sample::format_at(reading, subject, cursor.next()?, Usage::CHECK)
            }),
        ],
    ),
    opt(
        "body",
        &[text("body").missing("'body' expects a string as argument.")],
    ),
    opt(
        "body-lf",
        &[format("body").missing("'body-lf' expects a string as argument.")],
    ),
])];

/// Options that stand in front of what is expected, and in any order with it.
macro_rules! expectations {
    ($($opt:expr),* $(,)?) => {
        &[
            opt("min-recv", &[arg("bytes", Kind::Custom(ReadArgument(least)))
                .missing("'min-recv' expects a integer as argument")]),
            opt("comment", &[text("text").missing("'comment' expects a string as argument")]),
            opt("ok-status", &[one_of("status", &["L4OK", "L6OK", "L7OK", "L7OKC"])
                .missing("'ok-status' expects a string as argument")
                .wrong("'ok-status' only supports 'L4OK', 'L6OK', 'L7OK' or 'L7OKC' status (got '{got}').")]),
            opt("error-status", &[one_of("status", &["L4CON", "L6RSP", "L7RSP", "L7STS"])
                .missing("'error-status' expects a string as argument")
                .wrong("'error-status' only supports 'L4CON', 'L6RSP', 'L7RSP' or 'L7STS' status (got '{got}').")]),
            opt("tout-status", &[one_of("status", &["L4TOUT", "L6TOUT", "L7TOUT"])
                .missing("'tout-status' expects a string as argument")
                .wrong("'tout-status' only supports 'L4TOUT', 'L6TOUT' or 'L7TOUT' status (got '{got}').")]),
            opt("on-success", &[format("text").missing("'on-success' expects a string as argument")]),
            opt("on-error", &[format("text").missing("'on-error' expects a string as argument")]),
            opt("status-code", &[arg("code", Kind::Custom(ReadArgument(status_code)))
                .missing("'status-code' expects an expression as argument")]),
            opt("!", &[]),
            $($opt),*
        ]
    };
}

const HTTP_EXPECTED: &[Opt] = expectations![
    opt(
        "string",
        &[text("text").missing("'string' expects a <pattern> as argument")]
    ),
    opt(
        "rstring",
        &[regex("pattern").missing("'rstring' expects a <pattern> as argument")]
    ),
    opt(
        "string-lf",
        &[format("text").missing("'string-lf' expects a <pattern> as argument")]
    ),
    opt(
        "status",
        &[arg("codes", Kind::Custom(ReadArgument(codes)))
            .missing("'status' expects a <pattern> as argument")]
    ),
    opt(
        "rstatus",
        &[regex("pattern").missing("'rstatus' expects a <pattern> as argument")]
    ),
    opt("hdr", &[rest("header", header)]),
    opt("fhdr", &[rest("header", header)]),
];

const TCP_EXPECTED: &[Opt] = expectations![
    opt(
        "string",
        &[text("text").missing("'string' expects a <pattern> as argument")]
    ),
    opt(
        "rstring",
        &[regex("pattern").missing("'rstring' expects a <pattern> as argument")]
    ),
    opt(
        "string-lf",
        &[format("text").missing("'string-lf' expects a <pattern> as argument")]
    ),
    opt(
        "binary",
        &[bare_hex("bytes").missing("'binary' expects a <pattern> as argument")]
    ),
    opt(
        "rbinary",
        &[regex("pattern").missing("'rbinary' expects a <pattern> as argument")]
    ),
    opt(
        "binary-lf",
        &[format("bytes").missing("'binary-lf' expects a <pattern> as argument")]
    ),
    opt("custom", &[]),
];

const HTTP_EXPECT: &[Arg] = &[
    needs(1, "expects at least a matching pattern as arguments"),
    options(HTTP_EXPECTED),
];
const TCP_EXPECT: &[Arg] = &[
    needs(1, "expects at least a matching pattern as arguments"),
    options(TCP_EXPECTED),
];

const SET_VAR: &[Arg] = &[
    variable("variable"),
    rest("value", |reading, cursor, subject| {
        sample::read_at(reading, cursor, subject, Usage::CHECK, subject.of)
    }),
];
const SET_VAR_FMT: &[Arg] = &[
    variable("variable"),
    rest("value", |reading, cursor, subject| match cursor.next() {
        Some(word) => sample::format_at(reading, subject, word, Usage::CHECK),
        None => Some(Value::Text(Vec::new().into())),
    }),
];
const UNSET_VAR: &[Arg] = &[variable("variable")];

/// A format string whose faults name it.
const fn format(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        let lead = format!("{}'{}' invalid log-format string (", subject.lead, shown(word));
        let framed = Subject {
            lead: &lead,
            tail: ").\n.",
            ..*subject
        };
        sample::format_at(reading, &framed, word, Usage::CHECK)
    })
}

const fn regex(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        sample::regex(reading, subject, cursor.next()?, "")
    })
}

/// Pairs of hexadecimal digits; faults name the word.
const fn hex(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        let lead = format!("'{}' ", shown(word));
        bytes(reading, subject, word, &lead, ".\n")
    })
}

/// Pairs of hexadecimal digits.
const fn bare_hex(name: &'static str) -> Arg {
    custom(name, |reading, cursor, subject| {
        let word = cursor.next()?;
        bytes(reading, subject, word, "", "")
    })
}

fn bytes(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: &Word<'_>,
    lead: &str,
    tail: &str,
) -> Option<Value> {
    let odd = word.text.iter().find(|byte| !byte.is_ascii_hexdigit());
    let why = if !word.text.len().is_multiple_of(2) {
        "an even number of hex digit is expected".to_owned()
    } else if let Some(odd) = odd {
        format!("an hex digit is expected (found '{}')", char::from(*odd))
    } else {
        return Some(Value::Text(word.text.to_vec().into()));
    };
    let message = format!("{lead}invalid binary string ({why}){tail}");
    subject.alert(
        reading,
        "bad-argument",
        word.span,
        message,
        "write two hexadecimal digits for each byte",
    );
    None
}

fn port(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.peek()?;
    let read = loose_integer(&word.text);
    if !read.exact {
        let lead = format!("{}error detected while parsing port expression : ", subject.lead);
        let framed = Subject {
            lead: &lead,
            ..*subject
        };
        return sample::read_at(reading, cursor, &framed, Usage::CHECK, "");
    }
    cursor.next();
    if (1..=65535).contains(&read.value) {
        return Some(Value::Int(read.value));
    }
    let message = format!(
        "expects a valid TCP port (from range 1 to 65535) or a sample expression, got {}.",
        read.value
    );
    subject.alert(reading, "bad-number", word.span, message, "write a port");
    None
}

fn address(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.next()?;
    let text = String::from_utf8_lossy(&reading.expanded(&word.text)).into_owned();
    let fault = match host_port(&text) {
        Ok(HostPort::Inet { host, family, .. }) => resolve(&host, family, reading.host)
            .is_none()
            .then(|| format!("invalid address: '{host}' in '{text}'")),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    };
    let Some(fault) = fault else {
        return Some(Value::Text(word.text.to_vec().into()));
    };
    let message = format!("'addr' : {fault}\n.");
    subject.alert(reading, "bad-address", word.span, message, "write an address");
    None
}

fn protocol(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.next()?;
    let http = subject.name.starts_with("http");
    let known = ["h1", "h2", "fcgi", "none"]
        .into_iter()
        .find(|known| known.as_bytes() == &*word.text);
    let Some(known) = known else {
        let message = format!("'proto' : unknown MUX protocol '{}'.", shown(word));
        subject.alert(reading, "unknown-option", word.span, message, "write: proto h2");
        return None;
    };
    if http == (known == "none") {
        let kind = if http { "http" } else { "tcp" };
        let message = format!("'proto' : invalid MUX protocol '{known}' for {kind}-check");
        let help = if http {
            "write: proto h2"
        } else {
            "write: proto none"
        };
        subject.alert(reading, "unusable", word.span, message, help);
        return None;
    }
    Some(Value::Word(known))
}

fn least(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.next()?;
    let value = loose_integer(&word.text).value;
    if (-1..=i64::from(i32::MAX)).contains(&value) {
        return Some(Value::Int(value));
    }
    let message = "'min-recv' expects -1 or an integer from 0 to INT_MAX";
    subject.alert(
        reading,
        "bad-number",
        word.span,
        message,
        "write a number of bytes, or -1",
    );
    None
}

fn status_code(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let lead = format!(
        "{}error detected while parsing status-code expression : ",
        subject.lead
    );
    let framed = Subject {
        lead: &lead,
        ..*subject
    };
    sample::read_at(reading, cursor, &framed, Usage::CHECK, "")
}

/// `CODE[-CODE][,…]`.
fn codes(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word).into_owned();
    let fault = |message: String| (message, "write for example: status 200-399");
    let check = |part: &str| {
        let allowed = |c: &char| c.is_ascii_digit() || *c == '-';
        if let Some(odd) = part.chars().find(|c| !allowed(c)) {
            return Some(fault(format!(
                "invalid character '{odd}' in the list of status codes"
            )));
        }
        let (low, high) = part.split_once('-')?;
        let low: i64 = low.parse().unwrap_or(0);
        let high: i64 = high.parse().unwrap_or(0);
        (low > high).then(|| fault(format!("invalid range of status codes '{part}'")))
    };
    if let Some((message, help)) = text.split(',').find_map(check) {
        subject.alert(reading, "bad-status", word.span, message, help);
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
}

/// `name [-m METHOD] NAME [value [-m METHOD] VALUE]`.
fn header(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let which = cursor
        .previous()
        .map(|word| shown(word).trim_start_matches('!').to_owned());
    let which = which.unwrap_or_default();
    let named = cursor
        .peek()
        .is_some_and(|word| matches!(&*word.text, b"name" | b"name-lf"));
    if !named || cursor.ahead(1).is_none() {
        let message =
            format!("'{which}' expects at the name keyword as first argument followed by a pattern");
        subject.alert(
            reading,
            "missing-argument",
            subject.behind,
            message,
            "write: hdr name NAME value VALUE",
        );
        return None;
    }
    let mut values = vec![part(reading, cursor, subject, &which)?];
    let valued = cursor
        .peek()
        .is_some_and(|word| matches!(&*word.text, b"value" | b"value-lf"));
    if valued {
        if cursor.ahead(1).is_none() {
            let message = format!("'{which}' expect a pattern with the value keyword");
            subject.alert(
                reading,
                "missing-argument",
                subject.behind,
                message,
                "add the value",
            );
            return None;
        }
        values.push(part(reading, cursor, subject, &which)?);
    }
    Some(Value::List(values))
}

/// One part of a header: `name` or `value` with what it is matched by.
fn part(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    which: &str,
) -> Option<Value> {
    let computed = cursor.next()?.text.ends_with(b"-lf");
    let mut method = "str";
    if cursor.peek().is_some_and(|word| &*word.text == b"-m") {
        cursor.next();
        let word = cursor.next()?;
        let known = ["str", "beg", "end", "sub", "reg"]
            .into_iter()
            .find(|known| known.as_bytes() == &*word.text);
        let Some(known) = known else {
            let message = format!(
                "'{which}' : '-m' only supports 'str', 'beg', 'end', 'sub' or 'reg' (got '{}')",
                shown(word)
            );
            subject.alert(reading, "unknown-option", word.span, message, "write: -m beg");
            return None;
        };
        method = known;
    }
    let word = cursor.next()?;
    let value = if computed {
        let lead = format!("{}'{}' invalid log-format string (", subject.lead, shown(word));
        let framed = Subject {
            lead: &lead,
            tail: ").\n.",
            ..*subject
        };
        sample::format_at(reading, &framed, word, Usage::CHECK)?
    } else if method == "reg" {
        sample::regex(reading, subject, word, "")?
    } else {
        Value::Text(word.text.to_vec().into())
    };
    Some(Value::List(vec![Value::Word(method), value]))
}

/// The words that are said of a word which none of a rule's options is.
fn unexpected(keyword: &str, rule: &str) -> &'static str {
    match (keyword, rule) {
        (_, "connect") => {
            "expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', \
             'default' but got '{got}' as argument."
        }
        ("http-check", "send") => {
            "expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '{got}' as argument."
        }
        ("http-check", "expect") => {
            "'only supports min-recv, [!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', [!]hdr, \
             [!]fhdr or comment but got '{got}' as argument."
        }
        (_, "expect") => {
            "'only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf''[!]rbinary', \
             '[!]binary-lf' or comment but got '{got}' as argument."
        }
        _ => "expects 'comment' but got '{got}' as argument.",
    }
}

/// `http-check …` and `tcp-check …`.
pub(crate) fn check_rule(reading: &mut Reading<'_>, line: &Line<'_>) {
    let keyword = shown(line.keyword()).into_owned();
    let http = keyword == "http-check";
    let rules = if http { HTTP_RULES } else { TCP_RULES };
    let got = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let stem = got.split('(').next().unwrap_or(&got).to_owned();
    let Some(rule) = rules.iter().find(|rule| rule.name == stem) else {
        return unknown(reading, line, &keyword, &got, rules);
    };
    let on_variable = stem.ends_with("set-var") || stem == "set-var-fmt";
    let lead = if on_variable {
        format!("'{keyword} {got}' : '{stem}' : ")
    } else {
        format!("'{keyword} {got}' : ")
    };
    let subject = Subject {
        of: &got,
        lead: &lead,
        tail: ".",
        ..Subject::new(&keyword, line.behind())
    };
    let words = split_negations(line.args());
    // A variable stands in the rule's own name.
    let mut cursor = Cursor::new(&words, usize::from(!on_variable));
    let Some(arguments) = sequence(reading, &mut cursor, rule.args, &subject) else {
        return;
    };
    if let Some(extra) = cursor.peek() {
        let ignored = on_variable || stem == "comment";
        if matches!(rule.name, "disable-on-404" | "send-state") {
            let message = format!(
                "'{keyword}' cannot handle unexpected argument '{}'.",
                shown(extra)
            );
            let told = Diagnostic::alert("extra-argument", message).at(extra.span);
            return reading.tell(told.help("remove it"));
        }
        if !ignored {
            let message = unexpected(&keyword, rule.name).replace("{got}", &shown(extra));
            return subject.alert(
                reading,
                "unknown-option",
                extra.span,
                message,
                "remove it, or put it into quotes",
            );
        }
    }
    if fits(reading, &subject, http, rule.name, line) {
        reading.keep(Given {
            name: if http { "http-check" } else { "tcp-check" },
            arguments: vec![Argument {
                name: "rule",
                value: Value::Option(rule.name, arguments),
                span: line.span(),
            }],
            span: line.span(),
        });
    }
}

/// `!string` as two words, as a blank between them says no less.
fn split_negations<'w>(words: &[Word<'w>]) -> Vec<Word<'w>> {
    let mut out = Vec::with_capacity(words.len());
    for word in words {
        let bare = word
            .text
            .strip_prefix(b"!")
            .filter(|bare| bare.first().is_some_and(u8::is_ascii_lowercase));
        match bare {
            Some(bare) => {
                out.push(Word {
                    text: b"!"[..].into(),
                    span: word.span,
                });
                out.push(Word {
                    text: bare.to_vec().into(),
                    span: word.span,
                });
            }
            None => out.push(word.clone()),
        }
    }
    out
}

fn unknown(reading: &mut Reading<'_>, line: &Line<'_>, keyword: &str, got: &str, rules: &[Opt]) {
    let listed: Vec<String> = rules
        .iter()
        .filter(|rule| !matches!(rule.name, "send-lf" | "send-binary-lf"))
        .map(|rule| match rule.name {
            "set-var-fmt" | "set-var" | "unset-var" => format!("'{}(*)'", rule.name),
            name => format!("'{name}'"),
        })
        .collect();
    let message = format!("'{keyword}' only supports {}. but got '{got}'", listed.join(", "));
    let span = line.arg(0).map_or(line.behind(), |word| word.span);
    let near = closest(got.as_bytes(), rules.iter().map(|rule| rule.name));
    let told = Diagnostic::alert("unknown-option", message).at(span);
    reading.tell(told.help(near.map_or("see the manual".to_owned(), |near| {
        format!("did you mean '{near}'?")
    })));
}

/// Whether a rule may follow those before it; tells when not.
fn fits(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    http: bool,
    rule: &'static str,
    line: &Line<'_>,
) -> bool {
    if matches!(rule, "disable-on-404" | "send-state") || reading.place() == place::FRONTEND {
        return true;
    }
    let key = (reading.section, http);
    let steps = reading
        .written
        .check_steps
        .iter()
        .find(|(known, _)| *known == key);
    let steps: Vec<&'static str> = steps.map(|(_, steps)| steps.clone()).unwrap_or_default();
    let silent = |step: &&&str| !matches!(**step, "comment" | "set-var" | "set-var-fmt" | "unset-var");
    let acting: Vec<&str> = steps.iter().filter(silent).copied().collect();
    // The first `send` stands where that of `option httpchk` stood.
    let first_send = steps.iter().position(|step| *step == "send").filter(|_| http);
    let number = |before: usize, at: usize| if first_send == Some(at) { 1 } else { before + 1 };
    let step = (0..steps.len()).fold(0, number) + 1;
    let refused = match (http, rule, acting.last().copied()) {
        (_, "connect", Some(_)) if acting.first() != Some(&"connect") => Some(
            "first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', \
             when there is a 'connect' step in the tcp-check ruleset"
                .to_owned(),
        ),
        (true, "connect", Some("connect" | "send")) => Some(format!(
            "unable to add http-check connect rule at step {step} (missing expect rule)."
        )),
        (true, "expect", Some("connect")) => Some(format!(
            "unable to add http-check expect rule at step {step} (missing send rule)."
        )),
        (true, "send", Some("send" | "expect")) => Some(format!(
            "unable to add http-check send rule at step {step} (missing connect rule)."
        )),
        _ => None,
    };
    if let Some(message) = refused {
        subject.alert(
            reading,
            "rule-order",
            line.span(),
            message,
            "bring the steps into the order connect, send, expect",
        );
        return false;
    }
    let at = reading
        .written
        .check_steps
        .iter()
        .position(|(known, _)| *known == key);
    match at {
        Some(at) => reading.written.check_steps[at].1.push(rule),
        None => reading.written.check_steps.push((key, vec![rule])),
    }
    true
}
