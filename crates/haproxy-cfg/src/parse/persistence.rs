//! `persist`, `retry-on` and other lists of a backend that have a form of their own.

use syntax::{Diagnostic, closest};

use super::line::shown;
use super::reading::Reading;
use super::server::fixed_address;
use crate::keywords::place;
use crate::lex::Word;
use crate::signature::{Cursor, Given, Subject, Value};
use crate::values::{AddressError, loose_integer};

/// `persist rdp-cookie[(NAME)]`.
pub(crate) fn persist(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let refuse = |reading: &mut Reading<'_>, word: Option<&Word<'_>>, message: &str| {
        let span = word.map_or(subject.behind, |word| word.span);
        let told = Diagnostic::alert("unknown-option", message).at(span);
        subject.tell(
            reading,
            told.help("write: persist rdp-cookie, or: persist rdp-cookie(NAME)"),
        );
        None
    };
    let Some(word) = cursor.next() else {
        return refuse(reading, None, "missing persist method.");
    };
    let text = shown(word);
    let Some(rest) = text.strip_prefix("rdp-cookie") else {
        return refuse(reading, Some(word), "unknown persist method.");
    };
    if rest.is_empty() {
        return Some(Value::Text("msts".into()));
    }
    let name = rest
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .map(|(name, _)| name)
        .filter(|name| !name.is_empty());
    match name {
        Some(name) => Some(Value::Text(name.into())),
        None => refuse(
            reading,
            Some(word),
            "persist rdp-cookie(name)' requires an rdp cookie name.",
        ),
    }
}

/// What `retry-on` knows, and whether it came after 2.6.
const RETRIES: &[(&str, bool)] = &[
    ("none", false),
    ("conn-failure", false),
    ("empty-response", false),
    ("junk-response", false),
    ("response-timeout", false),
    ("0rtt-rejected", false),
    ("all-retryable-errors", false),
    ("401", false),
    ("403", false),
    ("404", false),
    ("408", false),
    ("425", false),
    ("500", false),
    ("501", false),
    ("502", false),
    ("503", false),
    ("504", false),
    ("421", true),
    ("429", true),
];

/// `retry-on WORD...`.
pub(crate) fn retry_on(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let newer = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    let mut list = Vec::new();
    let refuse = |reading: &mut Reading<'_>, span, message: String, help: String| {
        let told = Diagnostic::alert("unknown-option", message).at(span);
        subject.tell(reading, told.help(help));
        None
    };
    while let Some(word) = cursor.next() {
        let text = shown(word);
        let found = RETRIES
            .iter()
            .find(|(name, new)| *name == text && (newer || !new));
        let Some((name, _)) = found else {
            let near = closest(&word.text, RETRIES.iter().map(|(name, _)| *name));
            let help = near.map_or_else(
                || "see the manual for what may be tried again".to_owned(),
                |near| format!("did you mean '{near}'?"),
            );
            let message = format!("'{}': unknown keyword '{text}'", subject.name);
            return refuse(reading, word.span, message, help);
        };
        list.push(Value::Word(name));
        if list.len() > 1 && list.contains(&Value::Word("none")) {
            // The slip is the original's.
            let message = format!("'{}' 'none' keyworld only usable alone", subject.name);
            let help = "leave 'none' out, or everything else".to_owned();
            return refuse(reading, word.span, message, help);
        }
    }
    if list.is_empty() {
        let message = format!(
            "'{}' needs at least one keyword to specify when to retry",
            subject.name
        );
        let help = "write for example: retry-on conn-failure".to_owned();
        return refuse(reading, subject.behind, message, help);
    }
    Some(Value::List(list))
}

/// `hash-balance-factor PERCENT`: 0, or more than 100.
pub(crate) fn balance_factor(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let factor = loose_integer(&word.text).value;
    if factor == 0 || factor > 100 {
        return Some(Value::Int(factor));
    }
    let message = format!("'{}' must be 0 or greater than 100.", subject.name);
    let told = Diagnostic::alert("bad-number", message).at(word.span);
    subject.tell(reading, told.help("write 0 for no bound, or for example 150"));
    None
}

/// `hash-type avalanche` of an experiment long ago.
pub(crate) fn bare_avalanche(
    reading: &mut Reading<'_>,
    _cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let message = "experimental feature 'hash-type avalanche' is not supported anymore, please use 'hash-type map-based \
                   sdbm avalanche' instead.";
    let told = Diagnostic::alert("removed-keyword", message).at(subject.behind);
    subject.tell(reading, told.help("write: hash-type map-based sdbm avalanche"));
    None
}

/// The algorithms of `compression algo`.
pub(crate) fn algorithms(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    const KNOWN: &[&str] = &["identity", "gzip", "deflate", "raw-deflate"];
    let mut list = Vec::new();
    while let Some(word) = cursor.next() {
        let Some(known) = KNOWN.iter().find(|known| known.as_bytes() == &*word.text) else {
            let message = format!(
                "'{}' : '{}' is not a supported algorithm.",
                subject.name,
                shown(word)
            );
            let near = closest(&word.text, KNOWN.iter().copied());
            let help = near.map_or_else(
                || format!("write one of {}", KNOWN.join(", ")),
                |near| format!("did you mean '{near}'?"),
            );
            let told = Diagnostic::alert("unknown-option", message).at(word.span);
            subject.tell(reading, told.help(help));
            return None;
        };
        list.push(Value::Word(known));
    }
    if list.is_empty() {
        let mut message = format!("'{}' expects <algorithm>.", subject.name);
        // The original names the place twice here.
        if reading.dialect.strict {
            let (file, at) = reading.sources.locate(subject.behind);
            message = format!("parsing [{file}:{}] : {message}", at.line);
        }
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        subject.tell(reading, told.help("write for example: compression algo gzip"));
        return None;
    }
    Some(Value::List(list))
}

/// `use-fcgi-app NAME`, of which a backend has one.
pub(crate) fn application(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let lines = reading.written.sections.last().map(|section| &section.lines);
    let named = |given: &Given| match given.name {
        "use-fcgi-app" => given.arguments.first()?.value.text().cloned(),
        "filter" => given.option("fcgi-app")?.first()?.value.text().cloned(),
        _ => None,
    };
    let before = lines.and_then(|lines| lines.iter().find_map(named));
    if before.is_some_and(|before| *before != *word.text) {
        let message = format!("'{}' : only one fcgi-app supported per backend", subject.name);
        let told = Diagnostic::alert("given-twice", message).at(word.span);
        subject.tell(reading, told.help("remove one of them"));
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
}

/// `compression offload` has no meaning in defaults.
pub(crate) fn offload(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    if reading.place() & place::DEFAULTS != 0 {
        let message = format!("'{}' : 'offload' ignored in 'defaults' section.", subject.name);
        let told = Diagnostic::warning("ignored-keyword", message).at(subject.behind);
        subject.tell(reading, told.help("move the line into the proxies that need it"));
    }
    while cursor.next().is_some() {}
    Some(Value::Word("offload"))
}

/// `dispatch ADDRESS:PORT`, and nothing that `bind-process` says but its words: both are of old dialects.
pub(crate) fn dispatch(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next();
    let text = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let fault = match fixed_address(reading, &text) {
        Ok((Some(_), None)) => AddressError::MissingPort(text.clone()),
        Ok(_) => return Some(Value::Text(text.into())),
        Err(fault) => fault,
    };
    let span = word.map_or(subject.behind, |word| word.span);
    let told = Diagnostic::alert("bad-address", format!("'{}' : {fault}", subject.name)).at(span);
    subject.tell(reading, told.help("write: server NAME ADDRESS:PORT"));
    None
}
