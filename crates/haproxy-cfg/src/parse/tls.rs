//! Arguments of TLS options that have a form of their own: protocols, files of authorities, errors to ignore, keys of tickets.
//! Certificates with their keys are looked at in `certificate`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bstr::ByteSlice as _;
use syntax::{Context, Diagnostic};

use super::line::shown;
use super::openssl_errors;
use super::reading::Reading;
use crate::model;
use crate::signature::{Arg, Cursor, Kind, ReadArgument, Subject, Value, arg};
use crate::values::{loose_integer, strip_os_code};

/// Errors of certificates have numbers up to this.
const LAST_ERROR: i64 = 94;
/// Bytes of a key for session tickets, by its cipher.
const TICKET_KEYS: &[usize] = &[48, 80];
/// Keys that must be there: one before, one at hand, one to come.
const FEWEST_TICKET_KEYS: usize = 3;

/// A list of protocols, as `alpn` and `npn` take it.
pub(crate) fn protocols(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let names = || word.text.split(|byte| *byte == b',');
    if let Some(long) = names().find(|name| name.len() > usize::from(u8::MAX)) {
        let kind = if subject.name.ends_with("npn") {
            "NPN"
        } else {
            "ALPN"
        };
        let message = format!(
            "'{}' : {kind} protocol name too long : '{}'",
            subject.name,
            String::from_utf8_lossy(long)
        );
        let told = Diagnostic::alert("bad-protocol", message).at(word.span);
        subject.tell(reading, told.help("write for example: h2,http/1.1"));
        return None;
    }
    let named = names().filter(|name| !name.is_empty());
    Some(Value::List(
        named.map(|name| Value::Text(name.to_vec().into())).collect(),
    ))
}

/// A path below its base, unless it is absolute.
pub(super) fn based(base: Option<&model::Word>, path: &[u8]) -> model::Word {
    match base {
        Some(base) if !path.starts_with(b"/") => [base.as_slice(), b"/", path].concat().into(),
        _ => path.to_vec().into(),
    }
}

/// A file of authorities or of what they revoked; `@…` is the system's own.
pub(crate) fn authorities(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    if word.text.starts_with(b"@") {
        return Some(Value::Text(word.text.to_vec().into()));
    }
    let path = based(reading.written.global.ca_base.as_ref(), &word.text);
    let Err(error) = reading.host.path_kind(&path.to_string()) else {
        return Some(Value::Text(path));
    };
    let opening = format!("Couldn't open the ca-file '{path}' ({}).", strip_os_code(&error));
    let loading = format!("'{}' : unable to load {path}", subject.name);
    let alert = |message: String| {
        Diagnostic::alert("missing-file", message)
            .at(word.span)
            .help("check the path, and 'ca-base'")
    };
    // On lines of servers, the first of the two stands in the line's frame, and the second beside it.
    let (first, second) = if subject.context == Context::Place {
        let framed = Subject { tail: "", ..*subject };
        (framed, Subject { lead: "", ..*subject })
    } else {
        let bare = Subject {
            lead: "",
            tail: "",
            ..*subject
        };
        (bare, *subject)
    };
    let whole = |diagnostic: Diagnostic, inside: bool| {
        if inside {
            diagnostic
        } else {
            diagnostic.context(Context::Whole)
        }
    };
    let of_server = subject.context == Context::Place;
    first.tell(reading, whole(alert(opening), of_server));
    second.tell(reading, whole(alert(loading), !of_server));
    None
}

/// `ktls on|off`, an experiment.
pub(crate) const KTLS: &[Arg] = &[arg("state", Kind::Custom(ReadArgument(ktls)))
    .missing("'{kw}' expects \"on\" or \"off\" as an argument.")];

fn ktls(reading: &mut Reading<'_>, cursor: &mut Cursor<'_>, subject: &Subject<'_>) -> Option<Value> {
    let word = cursor.next()?;
    if !reading.written.experimental && reading.dialect.strict {
        let message = format!(
            "'{}' directive is experimental, must be allowed via a global 'expose-experimental-directives'",
            subject.name
        );
        let help = "write in front of it, in global: expose-experimental-directives";
        subject.alert(reading, "experimental", word.span, message, help);
        return None;
    }
    match &*word.text {
        b"on" => Some(Value::Word("on")),
        b"off" => Some(Value::Word("off")),
        _ => {
            let message = format!("'{}' expects \"on\" or \"off\" as an argument.", subject.name);
            subject.alert(
                reading,
                "unknown-option",
                word.span,
                message,
                "write: on, or: off",
            );
            None
        }
    }
}

/// Numbers of errors that are ignored, or `all`. Versions since 2.7 take OpenSSL's names as well.
pub(crate) fn errors(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    if &*word.text == b"all" {
        return Some(Value::Word("all"));
    }
    let names = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    let mut list = Vec::new();
    for part in word.text.split(|byte| *byte == b',') {
        if names && part.is_empty() {
            continue;
        }
        if names && !part[0].is_ascii_digit() {
            if openssl_errors::is_known(part) {
                list.push(Value::Text(part.to_vec().into()));
                continue;
            }
            let name = String::from_utf8_lossy(part);
            let message = format!(
                "'{}' : error constant '{name}' unknown in error IDs list '{}'",
                subject.name,
                shown(word)
            );
            let near = openssl_errors::nearest(part);
            let help = near.map_or_else(
                || "write numbers or names of OpenSSL's errors, or: all".to_owned(),
                |near| format!("did you mean '{near}'?"),
            );
            let told = Diagnostic::alert("bad-number", message).at(word.span);
            subject.tell(reading, told.help(help));
            return None;
        }
        let id = loose_integer(part).value;
        if !(1..=LAST_ERROR).contains(&id) {
            let message = format!(
                "'{}' : ID '{id}' out of range (1..{LAST_ERROR}) in error IDs list '{}'",
                subject.name,
                shown(word)
            );
            let told = Diagnostic::alert("bad-number", message).at(word.span);
            subject.tell(reading, told.help("write numbers of OpenSSL's errors, or: all"));
            return None;
        }
        list.push(Value::Int(id));
    }
    Some(Value::List(list))
}

/// A file of keys for session tickets.
pub(crate) fn ticket_keys(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let path = shown(word).into_owned();
    let wrong = match reading.host.read_file(&path) {
        Err(_) => Some("unable to load ssl tickets keys file".to_owned()),
        Ok(content) => ticket_fault(&content),
    };
    if let Some(wrong) = wrong {
        let told = Diagnostic::alert("bad-file", format!("'{path}' : {wrong}")).at(word.span);
        let help = "the file holds three keys at least, each in a line of its own: openssl rand -base64 80";
        subject.tell(reading, told.help(help));
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
}

fn ticket_fault(content: &[u8]) -> Option<String> {
    let mut size = None;
    let mut keys = 0;
    for (index, line) in content.lines().enumerate() {
        let Ok(key) = STANDARD.decode(line.trim()) else {
            return Some(format!("unable to decode base64 key on line {}", index + 1));
        };
        let fits = TICKET_KEYS.contains(&key.len()) && size.is_none_or(|size| size == key.len());
        if !fits {
            return Some(format!("wrong sized key on line {}", index + 1));
        }
        size = Some(key.len());
        keys += 1;
    }
    (keys < FEWEST_TICKET_KEYS).then(|| "please supply at least 3 keys in the tls-tickets-file".to_owned())
}

/// Multiplexers that may be named; the version that brought each, where it came after 2.6.
const PROTOCOLS: &[(&str, bool)] = &[
    ("h1", false),
    ("h2", false),
    ("fcgi", false),
    ("none", false),
    ("quic", true),
    ("spop", true),
    ("qmux", true),
];

/// `proto NAME`.
pub(crate) fn multiplexer(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let newer = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    let found = PROTOCOLS
        .iter()
        .find(|(name, new)| name.as_bytes() == &*word.text && (newer || !new));
    if let Some((name, _)) = found {
        return Some(Value::Word(name));
    }
    let message = format!("'{}' :  unknown MUX protocol '{}'", subject.name, shown(word));
    let told = Diagnostic::alert("unknown-option", message).at(word.span);
    subject.tell(reading, told.help("write h1, h2, fcgi or none"));
    None
}

/// Suites of TLS 1.3, by their names in OpenSSL.
const SUITES: &[&[u8]] = &[
    b"TLS_AES_128_GCM_SHA256",
    b"TLS_AES_256_GCM_SHA384",
    b"TLS_CHACHA20_POLY1305_SHA256",
    b"TLS_AES_128_CCM_SHA256",
    b"TLS_AES_128_CCM_8_SHA256",
];

/// Whether OpenSSL takes a list of suites of TLS 1.3.
pub(crate) fn suites_known(list: &[u8]) -> bool {
    list.split(|byte| *byte == b':')
        .all(|suite| suite.is_empty() || SUITES.contains(&suite))
}
