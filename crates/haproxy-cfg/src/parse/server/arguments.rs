//! Arguments of the options of server lines: delays, ports, addresses, lists.

use std::net::{IpAddr, SocketAddr};

use syntax::{Diagnostic, closest};

use super::super::format;
use super::super::frame::Frame;
use super::super::line::shown;
use super::super::reading::Reading;
use super::super::sample;
use super::tell;
use crate::lex::Word;
use crate::model::{self, Sample};
use crate::signature::{Argument, Cursor, Subject, Value};
use crate::values::{
    AddressError, HostPort, Port, Time, TimeError, Unit, Wants, address, loose_integer, network, resolve,
    time,
};

/// An interval of checks, at least 1 ms.
pub(crate) fn delay(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let (option, server) = (subject.name, subject.of);
    let (message, help) = match time(&word.text, Unit::Millisecond) {
        Ok(Time { value: 0, .. }) => (
            format!("invalid value 0 for argument '{option}' of server {server}."),
            "write 1ms or more",
        ),
        Ok(Time { value, stray: None }) => return Some(Value::Millis(value)),
        Ok(Time {
            value,
            stray: Some(byte),
        }) => return super::super::timeout::stray(reading, subject, word, value, byte).map(Value::Millis),
        Err(TimeError::Underflow) => return Some(Value::Millis(1)),
        Err(TimeError::Overflow) => (
            format!(
                "timer overflow in argument <{}> to <{option}> of server {server}, maximum value is 2147483647 ms \
                 (~24.8 days).",
                shown(word)
            ),
            "write 24d or less",
        ),
        Err(TimeError::Unexpected(byte)) => (
            format!(
                "unexpected character '{}' in '{}' argument of server {server}.",
                char::from(byte),
                // The words of 2.6 are the same for all of these options.
                if reading.dialect.strict && !reading.dialect.at_least(2, 7) {
                    "agent-inter"
                } else {
                    option
                }
            ),
            "write a number and one of the units us, ms, s, m, h, d",
        ),
    };
    subject.tell(
        reading,
        Diagnostic::alert("bad-time", message).at(word.span).help(help),
    );
    None
}

/// A port, of which the original keeps what fits into its field.
pub(crate) fn port(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let loose = loose_integer(&word.text);
    let port = u16::try_from(loose.value).ok();
    if port.is_none() && reading.dialect.strict && reading.dialect.at_least(3, 5) {
        let message = format!("'{}' : invalid port '{}'", subject.name, shown(word));
        let told = Diagnostic::alert("bad-number", message).at(word.span);
        subject.tell(reading, told.help("write a port from 1 to 65535"));
        return None;
    }
    let number = port.map_or_else(|| loose.value.rem_euclid(1 << 16), i64::from);
    if !loose.exact || port.is_none() {
        let message = format!(
            "'{}' expects a number, '{}' is read as {number}.",
            subject.name,
            shown(word)
        );
        let told = Diagnostic::warning("loose-number", message).at(word.span);
        tell(
            reading,
            told.help(format!("write {number}, or the number that was meant")),
        );
    }
    Some(Value::Int(number))
}

/// What is wrong with an address that must be one, with a port that must be fixed; its parts otherwise.
pub(in crate::parse) fn fixed_address(
    reading: &Reading<'_>,
    text: &str,
) -> Result<(Option<IpAddr>, Option<u16>), AddressError> {
    match address(text, Wants::streams(reading.dialect))? {
        HostPort::Inet { host, family, port } => {
            let port = match port {
                Port::None => None,
                Port::Fixed(port) => Some(port),
                Port::Range(..) => return Err(AddressError::RangeNotPermitted(text.to_owned())),
                Port::Offset(_) => return Err(AddressError::OffsetNotPermitted(text.to_owned())),
            };
            let ip = resolve(&host, family, reading.host).ok_or_else(|| AddressError::Host {
                host,
                whole: text.to_owned(),
            })?;
            Ok((Some(ip), port))
        }
        HostPort::Fd(_) => Err(AddressError::DescriptorNotPermitted(text.to_owned())),
        HostPort::Unix(_) | HostPort::Abstract(_) | HostPort::SockPair(_) | HostPort::Other(_) => {
            Ok((None, None))
        }
    }
}

/// `addr ADDRESS[:PORT]` of checks: the address, then its port where it has one.
pub(crate) fn check_address(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word);
    match fixed_address(reading, &text) {
        Ok((Some(ip), port)) => {
            let ip = Value::Text(ip.to_string().into());
            let port = port.map(|port| Value::Int(i64::from(port)));
            Some(Value::List(std::iter::once(ip).chain(port).collect()))
        }
        Ok((None, _)) => {
            reading.tell_read_only("a socket's path in 'addr' of a server", word.span);
            Some(Value::List(vec![Value::Text(word.text.to_vec().into())]))
        }
        Err(error) => {
            let told =
                Diagnostic::alert("bad-address", format!("'{}' : {error}", subject.name)).at(word.span);
            subject.tell(reading, told.help("write an address"));
            None
        }
    }
}

/// `agent-addr ADDRESS`.
pub(crate) fn agent_address(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word);
    if let Some(ip) = resolve(&text, None, reading.host) {
        return Some(Value::Text(ip.to_string().into()));
    }
    let message = format!("parsing agent-addr failed. Check if '{text}' is correct address.");
    let told = Diagnostic::alert("bad-address", message).at(word.span);
    subject.tell(reading, told.help("write an address, or a name that resolves"));
    None
}

/// `socks4 ADDRESS:PORT`.
pub(crate) fn socks4(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word);
    let fault = match fixed_address(reading, &text) {
        Ok((Some(_), None)) => AddressError::MissingPort(text.to_string()),
        Ok((Some(ip), Some(port))) => {
            return Some(Value::Text(SocketAddr::new(ip, port).to_string().into()));
        }
        Ok((None, _)) => return Some(Value::Text(word.text.to_vec().into())),
        Err(error) => error,
    };
    let message = format!("'{} {text}' : {fault}", subject.name);
    refuse_address(reading, word, message, &fault, subject);
    None
}

/// Refuses an address of a server's option. The original lays a host that is unknown out in lines of its own.
pub(in crate::parse) fn refuse_address(
    reading: &mut Reading<'_>,
    word: &Word<'_>,
    message: String,
    fault: &AddressError,
    subject: &Subject<'_>,
) {
    let lines = matches!(fault, AddressError::Host { .. }) && reading.dialect.strict;
    let message = if lines {
        format!("\n  {message}\n  \n")
    } else {
        message
    };
    let told = Diagnostic::alert("bad-address", message).at(word.span);
    subject.tell(reading, told.help("write ADDRESS:PORT"));
}

/// The methods of `init-addr`, as a word for what they come to when the name does not resolve: `refused`, or `unknown` when
/// none of them asks for the name; `none` or `address` when they do not need it, with `then-` when it is asked for first. Behind it
/// the address, where one is given.
pub(crate) fn init_addr(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word);
    let mut asked = false;
    let mut end = None;
    let mut fallback = None;
    for method in text.split(',').filter(|method| !method.is_empty()) {
        match method {
            "last" => {}
            "libc" => asked |= end.is_none(),
            "none" => end = end.or(Some("none")),
            address if address.parse::<IpAddr>().is_ok() => {
                if end.is_none() {
                    fallback = Some(Value::Text(address.as_bytes().to_vec().into()));
                }
                end = end.or(Some("address"));
            }
            other => {
                let message = format!(
                    "'{}' : unknown init-addr method '{other}', supported methods are 'libc', 'last', 'none'.",
                    subject.name
                );
                let told = Diagnostic::alert("unknown-option", message).at(word.span);
                subject.tell(reading, told.help("write: init-addr last,libc,none"));
                return None;
            }
        }
    }
    let comes_to = Value::Word(match (asked, end) {
        (true, None) => "refused",
        (false, None) => "unknown",
        (true, Some("none")) => "then-none",
        (true, Some(_)) => "then-address",
        (false, Some(end)) => end,
    });
    Some(Value::List(std::iter::once(comes_to).chain(fallback).collect()))
}

/// A list of known words between commas.
fn list_of(
    reading: &mut Reading<'_>,
    word: &Word<'_>,
    subject: &Subject<'_>,
    known: &'static [&'static str],
    wrong: fn(&str, &str) -> String,
) -> Option<Value> {
    let text = shown(word);
    let mut list = Vec::new();
    for part in text.split(',') {
        let Some(found) = known.iter().find(|known| **known == part) else {
            let told = Diagnostic::alert("unknown-option", wrong(subject.name, part)).at(word.span);
            let near = closest(part.as_bytes(), known.iter().copied());
            let help = near.map_or_else(
                || format!("write {}", known.join(", ")),
                |near| format!("did you mean '{near}'?"),
            );
            subject.tell(reading, told.help(help));
            return None;
        };
        list.push(Value::Word(found));
    }
    Some(Value::List(list))
}

/// `proxy-v2-options LIST`.
pub(crate) fn proxy_v2_options(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    const KNOWN: &[&str] = &[
        "ssl",
        "cert-cn",
        "ssl-cipher",
        "cert-sig",
        "cert-key",
        "authority",
        "crc32c",
        "unique-id",
    ];
    let word = cursor.next()?;
    list_of(reading, word, subject, KNOWN, |_, part| {
        format!("'{part}' : proxy v2 option not implemented")
    })
}

/// `resolve-opts LIST`.
pub(crate) fn resolve_opts(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    const KNOWN: &[&str] = &["allow-dup-ip", "ignore-weight", "prevent-dup-ip"];
    let word = cursor.next()?;
    list_of(reading, word, subject, KNOWN, |name, part| {
        format!(
            "'{name}' : unknown resolve-opts option '{part}', supported methods are 'allow-dup-ip', 'ignore-weight', \
             and 'prevent-dup-ip'."
        )
    })
}

/// `resolve-net LIST`.
pub(crate) fn networks(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let mut list = Vec::new();
    for part in word.text.split(|byte| *byte == b',') {
        if network(part).is_none() {
            let part = String::from_utf8_lossy(part);
            let message = format!("'{}' invalid network '{part}'.", subject.name);
            let told = Diagnostic::alert("bad-network", message).at(word.span);
            subject.tell(reading, told.help("write for example: 10.0.0.0/8,192.168.0.0/16"));
            return None;
        }
        list.push(Value::Text(part.to_vec().into()));
    }
    Some(Value::List(list))
}

/// `namespace NAME`, or `*` for that of the client.
pub(crate) fn namespace(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    if &*word.text != b"*" && !super::super::bind::namespace_exists(reading, word) {
        let message = format!("Cannot open namespace '{}'", shown(word));
        let told = Diagnostic::alert("unknown-namespace", message).at(word.span);
        subject.tell(reading, told.help("make it first: ip netns add NAME"));
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
}

/// `sni EXPRESSION`.
pub(crate) fn sni(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let which = if reading.spoken_before(3, 1) {
        "sni expression"
    } else {
        "sni or pool-conn-name expressions"
    };
    let (sample, _) = expression(reading, cursor, subject, which)?;
    Some(Value::Sample(Box::new(sample)))
}

/// `pool-conn-name EXPRESSION`, which `default-server` takes as it is.
pub(crate) fn pool_name(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    if subject.of == "default-server" {
        return cursor.next().map(|word| Value::Text(word.text.to_vec().into()));
    }
    let which = if reading.spoken_before(3, 1) {
        "pool-conn-name expression"
    } else {
        "sni or pool-conn-name expressions"
    };
    let (_, written) = expression(reading, cursor, subject, which)?;
    Some(Value::Text(written))
}

/// An expression for a server's connections, and how it is written.
fn expression(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    which: &str,
) -> Option<(Sample, model::Word)> {
    let begin = cursor.position();
    let usage = sample::Usage::SERVER;
    let lead = format!("{}error detected while parsing {which} : ", subject.lead);
    let newer = !reading.spoken_before(3, 1);
    let frame = Frame {
        lead: &lead,
        tail: if newer { "." } else { "" },
        context: subject.context,
    };
    let (sample, next) = match sample::read_words(reading, cursor.words(), begin, usage) {
        Ok(read) => read,
        Err(wrong) => {
            frame.tell(reading, wrong);
            return None;
        }
    };
    if let Some(needs) = sample::needs(reading, &sample, usage) {
        // As the original writes it: before 3.1 a second blank in front, since then a second full stop.
        let written = cursor.words().get(begin).map(shown).unwrap_or_default();
        let (blank, stop) = if newer { ("", ".") } else { (" ", "") };
        let message = format!(
            "{blank}fetch method '{written}' extracts information from '{needs}', none of which is available \
             here.{stop}"
        );
        let told = Diagnostic::alert("not-at-hand", format!("{lead}{message}")).at(sample.span);
        tell(
            reading,
            told.help("a server's name is asked for when the request is at hand, and no answer yet"),
        );
        return None;
    }
    let words = &cursor.words()[begin..next];
    let text: Vec<&[u8]> = words.iter().map(|word| &*word.text).collect();
    cursor.go_to(next);
    Some((sample, text.join(&b' ').into()))
}

/// `set-proxy-v2-tlv-fmt(TYPE) FORMAT`: the type, which stands in the keyword itself, and the format.
pub(super) fn tlv_format(
    reading: &mut Reading<'_>,
    keyword: &Word<'_>,
    values: &[Argument],
    subject: &Subject<'_>,
) -> Option<Vec<Argument>> {
    let written = shown(keyword);
    let number = written
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    let number = number.unwrap_or_default();
    let kind = match number.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => number.parse::<u64>().ok(),
    };
    let Some(kind) = kind.and_then(|kind| u8::try_from(kind).ok()) else {
        let message = if !written.contains('(') {
            format!("'{written}' : TLV ID must be a number from 0 to 255, written in parentheses")
        } else if kind.is_some() {
            format!("'{written}' : the maximum allowed TLV ID is 255")
        } else {
            format!("'{written}' : could not convert TLV ID")
        };
        let told = Diagnostic::alert("bad-number", message).at(keyword.span);
        subject.tell(
            reading,
            told.help("write for example: set-proxy-v2-tlv-fmt(0xE0) %[src]"),
        );
        return None;
    };
    let given = values.first()?;
    let text = given.value.text()?.clone();
    let word = Word {
        text: text.to_vec().into(),
        span: given.span,
    };
    let frame = Frame {
        lead: subject.lead,
        tail: "",
        context: subject.context,
    };
    let format = format::parse(reading, &word, sample::Usage::LOG, frame)?;
    let argument = |value, span| Argument {
        name: "value",
        value,
        span,
    };
    Some(vec![
        argument(Value::Int(kind.into()), keyword.span),
        argument(Value::Format(Box::new(format)), given.span),
    ])
}
