//! The steps of scripted checks: which lines count, what `http-check send` makes of the request, and which steps nothing acts on
//! yet. A script with one of those is left alone, and said so: half a check would be another one.

use syntax::{Diagnostic, Span};

use super::inherit::Inherited;
use crate::model::{
    CheckConnect, CheckExpect, CheckKind, CheckPort, CheckRequest, CheckScript, CheckSend, CheckStep,
    CheckText, CheckValue, CheckVariable, Expected, HttpCheck, ProgramCheck, ServerAddr, TextMatch, Word,
};
use crate::parse::Reading;
use crate::signature::{Argument, Given, Value};
use crate::values::{HostPort, Port, host_port, resolve};
use crate::written::ProxySection;

/// A step that nothing acts on.
struct Unread(String, Span);

/// Rules that are no steps.
pub(super) const SWITCHES: [&str; 2] = ["disable-on-404", "send-state"];

/// How the servers of a proxy are checked.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection) -> CheckKind {
    let inherited = Inherited::new(reading, section);
    let kind = inherited.value(|settings| &settings.check).unwrap_or_default();
    let keyword = match &kind {
        CheckKind::Http(_) => "http-check",
        CheckKind::Tcp => "tcp-check",
        CheckKind::Program(_) => return CheckKind::Program(Box::new(program(reading, section))),
        CheckKind::Smtp { .. } | CheckKind::Script(_) | CheckKind::Service(_) => return kind,
    };
    let by_steps = keyword == "http-check"
        || inherited
            .lines(reading, section)
            .any(|given| given.name == "tcp-check" && given.option_of_rule().is_none());
    if !by_steps || !section.kind.is_backend() {
        return kind;
    }
    let (disable_on_404, send_state) = (
        switch(reading, section, SWITCHES[0]).is_some(),
        switch(reading, section, SWITCHES[1]).is_some(),
    );
    match steps(reading, section, keyword) {
        Ok(steps) if steps.is_empty() && !disable_on_404 && !send_state => kind,
        Ok(steps) => {
            let http = keyword == "http-check";
            CheckKind::Script(Box::new(CheckScript {
                http,
                disable_on_404: http && disable_on_404,
                send_state: http && send_state,
                steps: match &kind {
                    CheckKind::Http(line) => of_http(line, steps),
                    _ => steps,
                },
            }))
        }
        Err(Unread(name, span)) => {
            if reading.told.insert(name.clone()) {
                let message = format!("{name} is read but not acted on yet.");
                reading.tell(Diagnostic::warning("read-only", message).at(span));
            }
            kind
        }
    }
}

/// Whether any of a section's lines, or of its defaults, has `option external-check`.
pub(super) fn asks_a_program(reading: &Reading<'_>, section: &ProxySection) -> bool {
    let inherited = Inherited::new(reading, section);
    inherited
        .lines(reading, section)
        .any(|given| given.name == "external-check" && given.arguments.is_empty())
}

/// The program that checks of a section ask. What it lacks is told elsewhere.
fn program(reading: &Reading<'_>, section: &ProxySection) -> ProgramCheck {
    let inherited = Inherited::new(reading, section);
    let text = |choice: &str| {
        let mut lines = inherited.lines(reading, section);
        let given = lines.find(|given| given.name == "external-check" && given.option(choice).is_some())?;
        given.option(choice)?.first()?.value.text().cloned()
    };
    ProgramCheck {
        command: text("command").unwrap_or_default(),
        path: text("path").unwrap_or_default(),
        keeps_environment: reading.written.keeps_environment,
    }
}

/// Where `http-check WORD` stands that counts for a section, if anywhere.
pub(super) fn switch(reading: &Reading<'_>, section: &ProxySection, word: &str) -> Option<Span> {
    Inherited::new(reading, section)
        .lines(reading, section)
        .find(|given| given.name == "http-check" && given.option_of_rule() == Some(word))
        .map(|given| given.span)
}

/// Whether checks of a section are of a kind that leaves the switches aside.
pub(super) fn is_ignored(reading: &Reading<'_>, section: &ProxySection) -> bool {
    let inherited = Inherited::new(reading, section);
    match inherited.value(|settings| &settings.check) {
        Some(CheckKind::Http(_)) | None => false,
        Some(
            CheckKind::Smtp { .. } | CheckKind::Script(_) | CheckKind::Service(_) | CheckKind::Program(_),
        ) => true,
        Some(CheckKind::Tcp) => {
            let option = |given: &Given| given.name.ends_with("-check") && given.option_of_rule().is_none();
            inherited.lines(reading, section).any(option)
        }
    }
}

/// What is written of a rule, in quotes.
fn name_of(given: &Given) -> String {
    format!("'{} {}'", given.name, given.option_of_rule().unwrap_or_default())
}

/// The steps of the nearest section that has any. An option behind them takes them away.
fn steps(reading: &Reading<'_>, section: &ProxySection, keyword: &str) -> Result<Vec<CheckStep>, Unread> {
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
                    .is_some_and(|rule| !SWITCHES.contains(&rule))
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
    for (number, given) in rules.iter().enumerate() {
        let rule = given.option_of_rule().unwrap_or_default();
        let arguments = given.option(rule).unwrap_or_default();
        let number = u32::try_from(number).unwrap_or(0) + 1;
        if rule == "comment" {
            comment = value(arguments, "text").and_then(Value::text).cloned();
            continue;
        }
        let step = match rule {
            "connect" => connect(reading, arguments, number, comment.as_ref())
                .map(|connect| CheckStep::Connect(Box::new(connect))),
            "send" if keyword == "http-check" => {
                request(arguments).map(|request| CheckStep::Request(Box::new(request)))
            }
            "send" | "send-binary" | "send-lf" | "send-binary-lf" => {
                send(rule, arguments, number).map(CheckStep::Send)
            }
            "expect" => {
                expect(arguments, number, comment.as_ref()).map(|expect| CheckStep::Expect(Box::new(expect)))
            }
            "set-var" | "set-var-fmt" => {
                set_variable(arguments).map(|set| CheckStep::SetVariable(Box::new(set)))
            }
            "unset-var" => variable(arguments).map(|(variable, _)| CheckStep::UnsetVariable(variable)),
            _ => None,
        };
        steps.push(step.ok_or_else(|| Unread(name_of(given), given.span))?);
        comment = None;
    }
    Ok(steps)
}

fn value<'a>(arguments: &'a [Argument], name: &str) -> Option<&'a Value> {
    arguments
        .iter()
        .find(|argument| argument.name == name)
        .map(|argument| &argument.value)
}

/// The steps of an HTTP check: the first request is the one of `option httpchk`, with what `http-check send` says of it, and what
/// is asked last is judged, if only by its status.
fn of_http(line: &HttpCheck, mut steps: Vec<CheckStep>) -> Vec<CheckStep> {
    let is_request = |step: &CheckStep| matches!(step, CheckStep::Request(_));
    match steps.iter_mut().find(|step| is_request(step)) {
        Some(CheckStep::Request(first)) => {
            let said = &mut first.line;
            let or = |said: &mut Word, otherwise: &Word| {
                if said.is_empty() {
                    *said = otherwise.clone();
                }
            };
            or(&mut said.method, &line.method);
            or(&mut said.uri, &line.uri);
            or(&mut said.version, &line.version);
            said.headers.clone_from(&line.headers);
        }
        _ => {
            let connect = steps
                .iter()
                .position(|step| matches!(step, CheckStep::Connect(_)));
            steps.insert(
                connect.map_or(0, |at| at + 1),
                CheckStep::Request(Box::new(CheckRequest::plain(line.clone()))),
            );
        }
    }
    for step in &mut steps {
        if let CheckStep::Request(request) = step {
            let usual = |said: &mut Word, otherwise: &str| {
                if said.is_empty() {
                    *said = otherwise.into();
                }
            };
            usual(&mut request.line.method, "OPTIONS");
            usual(&mut request.line.uri, "/");
            usual(&mut request.line.version, "HTTP/1.0");
        }
    }
    let judged = steps
        .iter()
        .rev()
        .take_while(|step| !is_request(step))
        .any(|step| matches!(step, CheckStep::Expect(_) | CheckStep::Connect(_)));
    if !judged {
        steps.push(CheckStep::Expect(Box::new(CheckExpect::good_status())));
    }
    steps
}

/// None for one that asks for what nothing here can do.
fn connect(
    reading: &Reading<'_>,
    arguments: &[Argument],
    number: u32,
    comment: Option<&Word>,
) -> Option<CheckConnect> {
    let mut out = CheckConnect {
        comment: comment.cloned(),
        number,
        ..CheckConnect::default()
    };
    let (mut sni, mut alpn) = (None, None);
    for argument in arguments {
        let Value::Option(name, values) = &argument.value else {
            continue;
        };
        let first = values.first().map(|argument| &argument.value);
        match *name {
            "comment" => out.comment = first?.text().cloned(),
            "port" => {
                out.port = Some(match first? {
                    Value::Sample(sample) => CheckPort::Computed((**sample).clone()),
                    port => CheckPort::Fixed(u16::try_from(port.number()?).ok()?),
                });
            }
            "addr" => out.addr = Some(address(reading, first?.bytes())?),
            "default" => out.default = true,
            "send-proxy" => out.send_proxy = true,
            "via-socks4" => out.via_socks4 = true,
            "linger" => out.linger = true,
            "ssl" => {
                out.tls.get_or_insert_default();
            }
            "sni" => sni = first.and_then(Value::text).cloned(),
            "alpn" => {
                if let Some(Value::List(names)) = first {
                    alpn = Some(names.iter().filter_map(Value::text).cloned().collect());
                }
            }
            "proto" if matches!(first?.word(), Some("h1" | "none")) => {}
            // Other protocols.
            _ => return None,
        }
    }
    if let Some(tls) = &mut out.tls {
        (tls.sni, tls.alpn) = (sni, alpn);
    }
    Some(out)
}

fn address(reading: &Reading<'_>, text: &[u8]) -> Option<ServerAddr> {
    let text = String::from_utf8_lossy(&reading.expanded(text)).into_owned();
    match host_port(&text).ok()? {
        HostPort::Inet { host, family, port } => Some(ServerAddr::Inet {
            ip: resolve(&host, family, reading.host)?,
            port: match port {
                Port::Fixed(port) if port != 0 => Some(port),
                _ => None,
            },
            port_offset: 0,
        }),
        HostPort::Unix(path) => Some(ServerAddr::Unix(path)),
        HostPort::Abstract(name) => Some(ServerAddr::Abstract(name)),
        HostPort::Fd(_) | HostPort::SockPair(_) | HostPort::Other(_) => None,
    }
}

fn send(rule: &str, arguments: &[Argument], number: u32) -> Option<CheckSend> {
    let given = arguments.first().map(|argument| &argument.value)?;
    Some(match (rule, given) {
        ("send-lf", Value::Format(format)) => CheckSend::Text((**format).clone()),
        ("send-binary-lf", Value::Format(format)) => CheckSend::Digits((**format).clone(), number),
        ("send", text) => CheckSend::Bytes(text.bytes().to_vec()),
        ("send-binary", digits) => CheckSend::Bytes(from_hex(digits.bytes())?),
        _ => return None,
    })
}

/// What `http-check send` says; what it does not say of the request line is empty.
fn request(arguments: &[Argument]) -> Option<CheckRequest> {
    let mut out = CheckRequest::plain(HttpCheck {
        method: Word::default(),
        uri: Word::default(),
        version: Word::default(),
        headers: Vec::new(),
    });
    for argument in arguments {
        let Value::Option(name, values) = &argument.value else {
            continue;
        };
        let found = |name: &str| value(values, name);
        match *name {
            "meth" => out.line.method = found("method")?.text()?.clone(),
            "uri" => {
                out.line.uri = found("uri")?.text()?.clone();
                out.computed_uri = None;
            }
            "uri-lf" => match text(found("uri")?)? {
                CheckText::Literal(uri) => out.line.uri = uri,
                CheckText::Computed(format) => out.computed_uri = Some(format),
            },
            "ver" => out.line.version = found("version")?.text()?.clone(),
            "body" | "body-lf" => out.body = Some(text(found("body")?)?),
            "hdr" => {
                let name = found("name")?.text()?;
                // How long the body is, is the body's to say.
                let framing: [&[u8]; 2] = [b"content-length", b"transfer-encoding"];
                if !framing.iter().any(|known| name.eq_ignore_ascii_case(known)) {
                    out.headers.push((name.clone(), text(found("value")?)?));
                }
            }
            _ => {}
        }
    }
    Some(out)
}

/// The variable of a step with the conditions of setting it.
fn variable(arguments: &[Argument]) -> Option<(crate::model::Variable, Vec<&'static str>)> {
    let Some(Value::List(values)) = value(arguments, "variable") else {
        return None;
    };
    let (Value::Variable(variable), conditions) = values.split_first()? else {
        return None;
    };
    Some((
        variable.clone(),
        conditions.iter().filter_map(Value::word).collect(),
    ))
}

fn set_variable(arguments: &[Argument]) -> Option<CheckVariable> {
    let (variable, conditions) = variable(arguments)?;
    let value = match value(arguments, "value") {
        Some(Value::Sample(sample)) => CheckValue::Sample((**sample).clone()),
        Some(Value::Format(format)) => CheckValue::Text(Some((**format).clone())),
        _ => CheckValue::Text(None),
    };
    Some(CheckVariable {
        variable,
        conditions,
        value,
    })
}

/// A text or how it is computed.
fn text(value: &Value) -> Option<CheckText> {
    match (literal(value), value) {
        (Some(text), _) => Some(CheckText::Literal(text)),
        (None, Value::Format(format)) => Some(CheckText::Computed((**format).clone())),
        (None, _) => None,
    }
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
        comment: comment.cloned(),
        number,
        ..CheckExpect::good_status()
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
            "ok-status" => out.ok_status = first?.word(),
            "error-status" => out.error_status = first?.word(),
            "tout-status" => out.timeout_status = first?.word(),
            "on-success" => out.on_success = Some(text(first?)?),
            "on-error" => out.on_error = Some(text(first?)?),
            "status-code" => match first? {
                Value::Sample(sample) => out.status_code = Some((**sample).clone()),
                _ => return None,
            },
            "status" => what = Some(Expected::Status(codes(first?.bytes()))),
            "rstatus" => what = Some(Expected::StatusLike(first?.bytes().to_vec().into())),
            "string" => what = Some(Expected::Text(literal(first?)?)),
            "string-lf" | "binary-lf" => {
                let Value::Format(format) = first? else {
                    return None;
                };
                let make = if *name == "string-lf" {
                    Expected::ComputedText
                } else {
                    Expected::ComputedBytes
                };
                what = Some(make((**format).clone()));
            }
            "rstring" => what = Some(Expected::Like(first?.bytes().to_vec().into())),
            "binary" => what = Some(Expected::Bytes(from_hex(first?.bytes())?)),
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
            _ => return None,
        }
    }
    out.what = what?;
    Some(out)
}

fn text_match(part: &Value) -> Option<TextMatch> {
    let Value::List(part) = part else { return None };
    let [method, given] = &part[..] else { return None };
    Some(TextMatch {
        method: method.word()?,
        text: match given {
            Value::Regex(source) => CheckText::Literal(source.clone()),
            given => text(given)?,
        },
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

/// The bytes that hexadecimal digits stand for; none where they are none.
fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| (byte as char).to_digit(16);
    let pairs = digits.chunks(2).map(|pair| {
        let [high, low] = pair else { return None };
        u8::try_from(digit(*high)? << 4 | digit(*low)?).ok()
    });
    pairs.collect()
}
