//! `source`, of a backend and of a server: the address that connections come from.

use std::net::IpAddr;

use syntax::Diagnostic;

use super::line::{Line, shown};
use super::reading::Reading;
use crate::lex::Word;
use crate::model::{self, ShownSource};
use crate::signature::{Argument, Cursor, Subject, Value};
use crate::values::{AddressError, HostPort, Port, Wants, address, resolve};
use crate::written::Set;

/// What is wrong with an address that connections are to come from. Only a server's may have a range of ports.
fn fault(reading: &Reading<'_>, text: &str, ranges: bool) -> Option<AddressError> {
    let expanded = reading.expanded(text.as_bytes());
    let expanded = String::from_utf8_lossy(&expanded);
    match address(&expanded, Wants::streams(reading.dialect)) {
        Err(error) => Some(error),
        Ok(HostPort::Inet { host, family, port }) => match port {
            Port::Range(..) if !ranges => Some(AddressError::RangeNotPermitted(text.to_owned())),
            Port::Offset(_) => Some(AddressError::OffsetNotPermitted(text.to_owned())),
            _ if resolve(&host, family, reading.host).is_none() => Some(AddressError::Host {
                host,
                whole: text.to_owned(),
            }),
            _ => None,
        },
        Ok(HostPort::Fd(_)) => Some(AddressError::DescriptorNotPermitted(text.to_owned())),
        Ok(_) => None,
    }
}

fn value(name: &'static str, word: &Word<'_>) -> Argument {
    Argument {
        name,
        value: Value::Text(word.text.to_vec().into()),
        span: word.span,
    }
}

/// Whether a word behind `usesrc` is an address, which must be right then; others stand for the client's.
fn spoofed(reading: &Reading<'_>, word: &Word<'_>) -> Option<AddressError> {
    match &*word.text {
        b"client" | b"clientip" => None,
        header if header.starts_with(b"hdr_ip(") => None,
        _ => fault(reading, &shown(word), false),
    }
}

/// `source ADDRESS[:PORT[-PORT]] [interface NAME] [usesrc ADDRESS|client|clientip|hdr_ip(NAME[,N])]` of a server.
pub(crate) fn of_server(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word);
    // A range may begin at port 0 here.
    let checked = text.replacen(":0-", ":1-", 1);
    if let Some(fault) = fault(reading, &checked, true) {
        let message = format!("'{} {text}' : {fault}", subject.name);
        super::server::refuse_address(reading, word, message, &fault, subject);
        return None;
    }
    let mut parts = vec![value("address", word)];
    while let Some(option) = cursor.peek() {
        match &*option.text {
            b"interface" => {
                cursor.next();
                let Some(name) = cursor.next() else {
                    let keyword = if subject.lead.is_empty() {
                        "default-server"
                    } else {
                        "server"
                    };
                    let message = format!("'{keyword}' : missing interface name.");
                    return broken(reading, option, &message, subject);
                };
                parts.push(value("interface", name));
            }
            b"usesrc" => {
                cursor.next();
                let Some(address) = cursor.next() else {
                    let message = "'usesrc' expects <addr>[:<port>], 'client', 'clientip', or 'hdr_ip(name,#)' as argument.";
                    return broken(reading, option, message, subject);
                };
                if let Some(fault) = spoofed(reading, address) {
                    let message = format!("'usesrc {}' : {fault}", shown(address));
                    return broken(reading, option, &message, subject);
                }
                parts.push(value("usesrc", address));
            }
            _ => break,
        }
    }
    Some(Value::Option("source", parts))
}

/// The original says two things of what follows a source: what is wrong, and where it stopped.
fn broken(
    reading: &mut Reading<'_>,
    option: &Word<'_>,
    message: &str,
    subject: &Subject<'_>,
) -> Option<Value> {
    let help = "write: source ADDRESS [interface NAME] [usesrc ADDRESS]";
    let first = Subject { tail: "", ..*subject };
    let told = Diagnostic::alert("bad-source", message).at(option.span);
    first.tell(reading, told.help(help));
    if reading.dialect.strict {
        let message = format!("error encountered while processing '{}'.", shown(option));
        let told = Diagnostic::alert("bad-source", message).at(option.span);
        reading.tell(told.context(syntax::Context::Whole).help(help));
    }
    None
}

/// `usesrc` without a `source` in front of it.
pub(crate) fn alone(
    reading: &mut Reading<'_>,
    _cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let message = "'usesrc' only allowed after a 'source' statement.";
    let told = Diagnostic::alert("bad-source", message).at(subject.behind);
    subject.tell(reading, told.help("write: source ADDRESS usesrc ADDRESS"));
    None
}

/// `usesrc` at the beginning of a line.
pub(crate) fn line_alone(reading: &mut Reading<'_>, line: &Line<'_>) {
    let subject = Subject::new("usesrc", line.keyword().span);
    alone(reading, &mut Cursor::new(line.args(), 0), &subject);
}

/// `source ADDRESS[:PORT] [usesrc …] [interface NAME]` of a backend.
pub(crate) fn source(reading: &mut Reading<'_>, line: &Line<'_>) {
    let refuse = |reading: &mut Reading<'_>, span, message: &str| {
        let told = Diagnostic::alert("bad-source", message).at(span);
        reading.tell(told.help("write: source ADDRESS [interface NAME] [usesrc ADDRESS]"));
    };
    let Some(word) = line.arg(0) else {
        let message =
            "'source' expects <addr>[:<port>], and optionally 'usesrc' <addr>, and 'interface' <name>.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: source ADDRESS"));
    };
    if let Some(fault) = fault(reading, &shown(word), false) {
        let message = format!("'source {}' : {fault}", shown(word));
        let told = Diagnostic::alert("bad-address", message).at(word.span);
        return reading.tell(told.help("write an address of this machine"));
    }
    let mut arguments = vec![value("address", word)];
    let mut at = 1;
    while let Some(option) = line.arg(at) {
        let next = line.arg(at + 1);
        match (&*option.text, next) {
            (b"interface", None) => {
                return refuse(reading, option.span, "'source' : missing interface name.");
            }
            (b"interface", Some(name)) => arguments.push(value("interface", name)),
            (b"usesrc", None) => {
                let message = "'usesrc' expects <addr>[:<port>], 'client', or 'clientip' as argument.";
                return refuse(reading, option.span, message);
            }
            (b"usesrc", Some(address)) => {
                if let Some(fault) = spoofed(reading, address) {
                    let message = format!("'usesrc {}' : {fault}", shown(address));
                    return refuse(reading, address.span, &message);
                }
                note_header(reading, address);
                arguments.push(value("usesrc", address));
            }
            _ => {
                let message = "'source' only supports optional keywords 'interface' and 'usesrc'.";
                return refuse(reading, option.span, message);
            }
        }
        at += 2;
    }
    let source = source_of(reading, &arguments);
    reading.settings().source = Some(Set::new(source, line.span()));
}

/// What the parts of a `source` come to; all of them are right.
pub(super) fn meant(reading: &Reading<'_>, value: &Value) -> model::Source {
    let parts = match value {
        Value::Option("source", parts) => &parts[..],
        _ => &[],
    };
    source_of(reading, parts)
}

fn source_of(reading: &Reading<'_>, parts: &[Argument]) -> model::Source {
    let mut source = model::Source::default();
    for part in parts {
        let text = part.value.text().map(ToString::to_string).unwrap_or_default();
        match part.name {
            "address" => {
                let (ip, ports) = place(reading, &text);
                source.ip = ip;
                source.ports = ports;
            }
            "interface" => source.interface = part.value.text().cloned(),
            _ => {
                source.shown = match &*text {
                    "client" => Some(ShownSource::Client),
                    "clientip" => Some(ShownSource::ClientIp),
                    _ => match header(&text) {
                        Some(name) => Some(ShownSource::Header(name, occurrence(&text))),
                        None => {
                            let (ip, ports) = place(reading, &text);
                            ip.map(|ip| ShownSource::Fixed(ip, ports.0))
                        }
                    },
                };
            }
        }
    }
    source
}

/// The address and the ports of a source. All addresses stand for whichever the system chooses.
fn place(reading: &Reading<'_>, text: &str) -> (Option<IpAddr>, (u16, u16)) {
    let expanded = reading.expanded(text.as_bytes());
    let expanded = String::from_utf8_lossy(&expanded).replacen(":0-", ":1-", 1);
    let Ok(HostPort::Inet { host, family, port }) = address(&expanded, Wants::streams(reading.dialect))
    else {
        return (None, (0, 0));
    };
    let ip = resolve(&host, family, reading.host).filter(|ip| !ip.is_unspecified());
    let ports = match port {
        Port::Fixed(port) => (port, port),
        Port::Range(first, last) => (first, last),
        Port::None | Port::Offset(_) => (0, 0),
    };
    (ip, ports)
}

/// Which of several headers `hdr_ip(NAME,N)` means; the last one where it does not say.
fn occurrence(text: &str) -> i32 {
    let number = text.split_once(',').map(|(_, rest)| rest.trim_end_matches(')'));
    number.and_then(|number| number.trim().parse().ok()).unwrap_or(-1)
}

/// The header that `usesrc hdr_ip(HEADER[,N])` names.
fn header(usesrc: &str) -> Option<model::Word> {
    let rest = usesrc.strip_prefix("hdr_ip(")?;
    rest.split([',', ')']).next().map(model::Word::from)
}

/// The header that the `source` of a server names.
pub(super) fn header_of(argument: &Argument) -> Option<model::Word> {
    let Value::Option("source", parts) = &argument.value else {
        return None;
    };
    let usesrc = parts.iter().find(|part| part.name == "usesrc")?;
    header(&usesrc.value.text()?.to_string())
}

/// A header's address can be had from requests alone.
fn note_header(reading: &mut Reading<'_>, word: &Word<'_>) {
    let Some(header) = header(&shown(word)) else {
        return;
    };
    let Some(proxy) = reading.proxy_ref() else { return };
    let kind = Reading::proxy_words(proxy.kind);
    let message = format!(
        "{kind} '{}' : ignoring use of header {header} as source IP in non-HTTP mode.",
        proxy.name
    );
    let told = Diagnostic::warning("needs-http", message)
        .at(word.span)
        .context(syntax::Context::Whole);
    reading.tell_in(model::Mode::Tcp, told.help("write: mode http"));
}
