//! Lines of `resolvers` (manual, section 5.3.2).

use std::net::{IpAddr, SocketAddr};

use syntax::{Context, Diagnostic, Severity, Span};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::super::server::server_flags;
use super::endpoint::{Rules, endpoint};
use super::{given, is_faulty, whole};
use crate::Host;
use crate::model::Word;
use crate::model::sections::{Endpoint, Nameserver, Resolvers};
use crate::signature::{Argument, ReadArgument, TimeWords, Value};
use crate::values::{Time, TimeError, Unit, loose_integer, time};

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.beside.resolvers.push(Resolvers::new(name, span));
}

fn section<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut Resolvers> {
    reading.written.beside.resolvers.last_mut()
}

const EVENTS: &[&str] = &["valid", "nx", "refused", "timeout", "other", "obsolete"];

/// `hold EVENT TIME`: both are missed at once.
pub(crate) const HOLD: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let (event, length) = (cursor.next(), cursor.next());
    let (Some(event), Some(length)) = (event, length) else {
        let message = "'hold' expects an <event> and a <time> as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        reading.tell(told.help("write: hold valid 10s, for example"));
        let message = "<event> can be either 'valid', 'nx', 'refused', 'timeout', or 'other'";
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        reading.tell(whole(told).help("write: hold valid 10s, for example"));
        return None;
    };
    // The time is looked at first.
    let text = shown(length);
    let message = match time(&length.text, Unit::Millisecond) {
        Ok(Time { value, stray }) => {
            let value = match stray {
                Some(byte) => super::super::timeout::stray(reading, subject, length, value, byte)?,
                None => value,
            };
            return hold_event(reading, event, length.span, value);
        }
        Err(TimeError::Underflow) => return hold_event(reading, event, length.span, 1),
        Err(TimeError::Overflow) => format!(
            "timer overflow in argument <{}> to <hold>, maximum value is 2147483647 ms (~24.8 days).",
            shown(event)
        ),
        Err(TimeError::Unexpected(byte)) => {
            format!(
                "unexpected character '{}' in argument to <hold>.",
                char::from(byte)
            )
        }
    };
    let told = Diagnostic::alert("bad-time", message).at(length.span);
    reading.tell(told.help(format!(
        "write a number and one of the units us, ms, s, m, h, d instead of '{text}'"
    )));
    None
});

fn hold_event(
    reading: &mut Reading<'_>,
    event: &crate::lex::Word<'_>,
    length: Span,
    millis: u32,
) -> Option<Value> {
    let Some(known) = EVENTS.iter().find(|known| known.as_bytes() == &*event.text) else {
        let message = format!(
            "'hold' unknown <event>: '{}', expects either 'nx', 'timeout', 'valid', 'obsolete' or 'other'.",
            shown(event)
        );
        let told = Diagnostic::alert("unknown-option", message).at(event.span);
        let near = syntax::closest(&event.text, EVENTS.iter().copied());
        let help = near.map_or("write for example: hold valid 10s".to_owned(), |near| {
            format!("did you mean '{near}'?")
        });
        reading.tell(told.help(help));
        return None;
    };
    let argument = Argument {
        name: "time",
        value: Value::Millis(millis),
        span: length,
    };
    Some(Value::Option(known, vec![argument]))
}

/// `hold EVENT TIME`.
pub(crate) fn hold(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(Value::Option(event, arguments)) = given.get("event") else {
        return;
    };
    let time = arguments
        .first()
        .and_then(|argument| argument.value.number())
        .and_then(|time| u32::try_from(time).ok());
    let Some(section) = section(reading) else { return };
    let hold = &mut section.hold;
    match *event {
        "valid" => hold.valid = time,
        "nx" => hold.nx = time,
        "refused" => hold.refused = time,
        "timeout" => hold.timeout = time,
        "other" => hold.other = time,
        _ => hold.obsolete = time,
    }
}

/// What is said of times of `timeout resolve`.
pub(crate) const RESOLVE_TIME: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}' in argument to <timeout resolve>.",
    overflow: "timer overflow in argument <{got}> to <timeout resolve>, maximum value is 2147483647 ms (~24.8 days).",
    underflow: "",
};

/// What is said of times of `timeout retry`.
pub(crate) const RETRY_TIME: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}' in argument to <timeout retry>.",
    overflow: "timer overflow in argument <{got}> to <timeout retry>, maximum value is 2147483647 ms (~24.8 days).",
    underflow: "",
};

/// `timeout resolve TIME` and `timeout retry TIME`.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(Value::Option(which, arguments)) = given.get("which") else {
        return;
    };
    let time = arguments
        .first()
        .and_then(|argument| argument.value.number())
        .and_then(|time| u32::try_from(time).ok());
    if let Some(section) = section(reading) {
        match *which {
            "resolve" => section.timeout_resolve = time,
            _ => section.timeout_retry = time,
        }
    }
}

/// Bytes of an answer.
pub(crate) const PAYLOAD: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let value = loose_integer(&word.text).value;
    if !(12..=65535).contains(&value) {
        let message = format!(
            "'{}' must be between 12 and 65535 inclusive (was {}).",
            subject.name,
            shown(word)
        );
        let told = Diagnostic::alert("bad-number", message).at(word.span);
        reading.tell(told.help("write: accepted_payload_size 8192, for example"));
        return None;
    }
    Some(Value::Int(value))
});

/// `accepted_payload_size BYTES`.
pub(crate) fn payload(reading: &mut Reading<'_>, line: &Line<'_>) {
    let size = given(reading, line).and_then(|given| given.get("bytes")?.number());
    if let Some(section) = section(reading) {
        section.payload_size = size
            .and_then(|size| u16::try_from(size).ok())
            .or(section.payload_size);
    }
}

/// `resolve_retries NUMBER`.
pub(crate) fn retries(reading: &mut Reading<'_>, line: &Line<'_>) {
    let number = given(reading, line).and_then(|given| given.get("number")?.number());
    if let Some(section) = section(reading) {
        section.retries = number
            .and_then(|number| u32::try_from(number).ok())
            .or(section.retries);
    }
}

/// `parse-resolv-conf`.
pub(crate) fn of_system(reading: &mut Reading<'_>, line: &Line<'_>) {
    given(reading, line);
    let found = of_machine(reading.host, line.span());
    if found.is_none() {
        let message =
            format!("'parse-resolv-conf': {RESOLV_CONF} cannot be read: no name server is taken from it.");
        let told = Diagnostic::warning("no-nameserver", message).at(line.span());
        reading.tell(told.help("name them here: nameserver NAME ADDRESS:53"));
    }
    let Some(section) = section(reading) else { return };
    section.of_system = true;
    for server in found.unwrap_or_default() {
        if !section.nameservers.iter().any(|known| known.name == server.name) {
            section.nameservers.push(server);
        }
    }
}

/// Where the machine has its name servers.
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// The port of name servers.
const PORT: u16 = 53;

/// The name servers of the machine, by their addresses; none when it does not tell.
fn of_machine(host: &dyn Host, span: Span) -> Option<Vec<Nameserver>> {
    let content = host.read_file(RESOLV_CONF).ok()?;
    let content = String::from_utf8_lossy(&content).into_owned();
    let addresses = content.lines().filter_map(|line| {
        let mut words = line.split_ascii_whitespace();
        let address = words
            .next()
            .filter(|word| *word == "nameserver")
            .and(words.next())?;
        let ip: IpAddr = address.parse().ok()?;
        Some(Nameserver {
            name: address.into(),
            endpoint: Endpoint::Inet(SocketAddr::new(ip, PORT)),
            stream: false,
            span,
        })
    });
    Some(addresses.collect())
}

/// The section that is there without being written, if the machine has name servers.
pub(crate) fn default_section(host: &dyn Host) -> Option<Resolvers> {
    let nameservers = of_machine(host, Span::default())?;
    (!nameservers.is_empty()).then(|| Resolvers {
        nameservers,
        of_system: true,
        ..Resolvers::new("default".into(), Span::default())
    })
}

/// `nameserver NAME ADDRESS [OPTIONS]`.
pub(crate) fn nameserver(reading: &mut Reading<'_>, line: &Line<'_>) {
    let (Some(name), Some(address)) = (line.arg(0), line.arg(1)) else {
        let message = "'nameserver' expects <name> and <addr>[:<port>] as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: nameserver NAME ADDRESS:53"));
    };
    let text = shown(name).into_owned();
    let Some((of, before)) = section(reading).map(|section| {
        let before = section
            .nameservers
            .iter()
            .find(|server| *server.name == *name.text)
            .map(|server| server.span);
        (section.name.to_string(), before)
    }) else {
        return;
    };
    if let Some(before) = before {
        let (file, place) = reading.sources.locate(before);
        let message = format!(
            "nameserver '{text}' has same name as another nameserver (declared at {file}:{}).",
            place.line
        );
        let told = Diagnostic::alert("duplicate-name", message).at(line.span());
        return reading.tell(told.label(before, "declared here").help("rename one of them"));
    }
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    let rules = Rules {
        datagrams: true,
        streams: true,
        needs_port: true,
        any_port: false,
    };
    let found = match endpoint(reading, address, rules) {
        Ok(found) => found,
        Err(fault) => {
            let told =
                Diagnostic::alert("bad-address", format!("'nameserver {text}' : {fault}")).at(address.span);
            return reading.tell(told.help("write: nameserver NAME ADDRESS:53"));
        }
    };
    if let Some(wrong) = name.text.iter().find(|byte| !allowed(byte)) {
        let wrong = char::from(*wrong);
        let message = format!("character '{wrong}' is not permitted in server name '{text}'.");
        let told = Diagnostic::alert("bad-name", message).at(name.span);
        return reading.tell(told.help("use letters, digits, '-', '_', '.' and ':'"));
    }
    // Only over TCP it is a server with options of its own; what stands behind the address is read over otherwise.
    let options = line.args().get(2..).unwrap_or(&[]);
    if found.stream {
        let lead = format!("'server {of}/{text}'");
        let Some((params, _)) = server_flags(reading, options, &lead, &text, false) else {
            return;
        };
        if params.ssl == Some(true) {
            reading.tell_read_only("'ssl' of a name server", line.span());
        }
    }
    if matches!(found.endpoint, Endpoint::Unix(_)) {
        let (severity, does) = if reading.dialect.strict && reading.dialect.at_least(3, 1) {
            (Severity::Warning, "connect")
        } else {
            (Severity::Alert, "create")
        };
        let message = format!("resolvers '{of}': can't {does} socket for nameserver '{text}'.");
        let told = Diagnostic::new(severity, "bad-address", message)
            .at(address.span)
            .context(Context::Whole);
        return reading.tell(told.help("write: nameserver NAME ADDRESS:53"));
    }
    let server = Nameserver {
        name: name.text.to_vec().into(),
        endpoint: found.endpoint,
        stream: found.stream,
        span: line.span(),
    };
    if let Some(section) = section(reading) {
        section.nameservers.push(server);
    }
}

/// What can be said of all sections once they are read.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    for section in &reading.written.beside.resolvers {
        if section.nameservers.is_empty() && !section.of_system && !is_faulty(reading, section.span) {
            let (file, place) = reading.sources.locate(section.span);
            let message = format!(
                "resolvers '{}' [{file}:{}] has no nameservers configured!",
                section.name, place.line
            );
            let one = Diagnostic::warning("no-nameserver", message).at(section.span);
            told.push(whole(one).help("add: nameserver NAME ADDRESS:53, or parse-resolv-conf"));
        }
    }
    reading.diagnostics.extend(told);
}
