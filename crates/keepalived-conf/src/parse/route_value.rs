//! Values in routes and rules: a walk along the words of a line, and what each kind of value is read by.

use std::net::IpAddr;

use syntax::{Diagnostic, Version};

use super::track::missing_interface;
use crate::lines::{Line, Word};
use crate::names::{Names, number, wide_number};
use crate::reading::Reading;

/// A walk along the words of a line.
pub(super) struct Words<'l> {
    pub(super) line: &'l Line,
    at: usize,
}

impl<'l> Words<'l> {
    pub(super) fn new(line: &'l Line) -> Self {
        Self { line, at: 0 }
    }

    pub(super) fn next(&mut self) -> Option<&'l Word> {
        let word = self.line.words.get(self.at)?;
        self.at += 1;
        Some(word)
    }

    pub(super) fn peek(&self) -> Option<&'l Word> {
        self.line.words.get(self.at)
    }

    /// The value of the word before; without one the original does not run.
    pub(super) fn value(&mut self, reading: &mut Reading<'_>, what: &str) -> Option<&'l Word> {
        // Arguments are counted without the first word.
        let found = reading.need(self.line, self.at.checked_sub(1)?, what);
        self.at += 1;
        found
    }
}

/// Tells of a word; the entry is left out, or goes on without it, as the caller does.
pub(super) fn wrong(
    reading: &mut Reading<'_>,
    word: &Word,
    message: String,
    why: Option<String>,
    help: &str,
) {
    let mut told = Diagnostic::warning("bad-value", message).at(word.span).help(help);
    told.notes.extend(why);
    reading.fault(told);
}

pub(super) fn outdated(reading: &mut Reading<'_>, word: &Word, instead: &str) {
    let message = format!(
        "\"{}\" for routes is deprecated. Please use \"{instead}\"",
        word.text()
    );
    let told = Diagnostic::warning("deprecated", message)
        .at(word.span)
        .help(format!("write {instead}"));
    reading.fault(told);
}

/// What the original says of a word that is no address.
pub(super) fn no_address(text: &str) -> String {
    format!("VRRP parsed invalid IP {text}. skipping IP...")
}

/// An address without bits.
pub(super) fn host_address(reading: &mut Reading<'_>, word: &Word, what: &str) -> Option<IpAddr> {
    let text = word.text();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    wrong(
        reading,
        word,
        format!("{what} {text}"),
        Some(no_address(&text)),
        "write an address without bits; as it stands the route is not set",
    );
    None
}

/// `via [inet|inet6] ADDRESS`.
pub(super) fn gateway(reading: &mut Reading<'_>, words: &mut Words<'_>) -> Option<IpAddr> {
    let mut value = words.value(reading, "a gateway")?;
    let family = match &*value.bytes {
        b"inet" => Some(false),
        b"inet6" => Some(true),
        _ => None,
    };
    if family.is_some() {
        value = words.value(reading, "a gateway")?;
    }
    let address = host_address(reading, value, "invalid route via address")?;
    if family.is_some_and(|ipv6| ipv6 != address.is_ipv6()) {
        let message = "IPv4/6 mismatch for via address".to_owned();
        wrong(
            reading,
            value,
            message,
            None,
            "remove inet or inet6: the address says it",
        );
        return None;
    }
    Some(address)
}

/// The name of an interface, which may have to be there.
pub(super) fn interface(reading: &mut Reading<'_>, word: &Word) -> String {
    let name = word.text().into_owned();
    if !reading.host.has_interface(&name) {
        let message = format!("WARNING - interface {name} for VROUTE nexthop doesn't exist");
        missing_interface(reading, message, word.span);
    }
    name
}

/// A routing table by name or number.
pub(super) fn table(reading: &mut Reading<'_>, word: &Word, of: &str) -> Option<u32> {
    let text = word.text();
    let host = reading.host;
    if let Some(table) = reading.names.number(host, Names::Table, &text) {
        return Some(table);
    }
    if text == "unspec" {
        return Some(0);
    }
    if let Some(table) = wide_number(&text) {
        // As many bits as the kernel looks at.
        return Some(u32::try_from(table & u64::from(u32::MAX)).unwrap_or(0));
    }
    let message = format!("Routing table {text} not found for {of}");
    wrong(
        reading,
        word,
        message,
        None,
        "write a number, or a name of rt_tables",
    );
    None
}

/// A protocol or scope by name or number.
pub(super) fn named(reading: &mut Reading<'_>, word: &Word, kind: Names, what: &str) -> Option<u8> {
    let text = word.text();
    let host = reading.host;
    let found = reading
        .names
        .number(host, kind, &text)
        .or_else(|| number(&text))
        .and_then(|number| u8::try_from(number).ok());
    if found.is_none() {
        let message = format!("{what} {text} not found or invalid for route");
        wrong(
            reading,
            word,
            message,
            None,
            "write a number up to 255, or a name that iproute knows; as it stands the route is not set",
        );
    }
    found
}

/// A type of service by name or number.
pub(super) fn tos(reading: &mut Reading<'_>, word: &Word) -> Option<u8> {
    let text = word.text();
    let host = reading.host;
    let found = reading
        .names
        .number(host, Names::Tos, &text)
        .or_else(|| number(&text))
        .and_then(|number| u8::try_from(number).ok());
    if found.is_none() {
        let message = format!("TOS value {text} is invalid");
        wrong(
            reading,
            word,
            message,
            None,
            "write a number up to 255, or a name of rt_dsfield",
        );
    }
    found
}

/// `[FROM/]TO`.
pub(super) fn realms(reading: &mut Reading<'_>, word: &Word) -> Option<u32> {
    let text = word.text().into_owned();
    let host = reading.host;
    let mut realm = |name: &str| {
        let number = reading
            .names
            .number(host, Names::Realm, name)
            .or_else(|| number(name))?;
        u16::try_from(number).ok().map(u32::from)
    };
    match text.split_once('/') {
        None => realm(&text),
        Some((from, to)) => Some(realm(from)? << 16 | realm(to)?),
    }
}

/// The same of a route, where what is none is told.
pub(super) fn realms_of_route(reading: &mut Reading<'_>, word: &Word) -> Option<u32> {
    let found = realms(reading, word);
    if found.is_none() {
        let message = format!("Invalid realms {} for route", word.text());
        wrong(
            reading,
            word,
            message,
            None,
            "write [FROM/]TO, each a name or up to 65535",
        );
    }
    found
}

/// A time in parts of a millisecond: without a unit it is in the kernel's own.
pub(super) fn time(reading: &mut Reading<'_>, word: &Word, name: &str, parts: u32) -> Option<u32> {
    /// Shorter ones are of no use to TCP.
    const LEAST: u32 = 200;

    let text = word.text().into_owned();
    let (digits, factor) = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(digits), _) => (digits, f64::from(parts)),
        (None, Some(digits)) => (digits, f64::from(parts) * 1000.0),
        (None, None) => (&*text, 1.0),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let value = digits
        .parse::<f64>()
        .ok()
        .filter(|_| is_number)
        .map(|value| value * factor);
    let Some(value) = value.filter(|value| *value <= f64::from(u32::MAX)) else {
        let message = match name {
            "rto_min" => format!("Invalid rto_min value {text} specified for route"),
            _ => format!("Invalid {name} {text} for route"),
        };
        let why = Some(format!("invalid number '{digits}'"));
        wrong(
            reading,
            word,
            message,
            why,
            "write a number with ms or s; as it stands the route is not set",
        );
        return None;
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "its limits were looked at"
    )]
    let value = value as u32;
    if value < LEAST * parts {
        // Older versions say it, and think no worse of the file.
        let forgives = reading.dialect.strict && reading.dialect.version < Version::new(2, 3);
        let faults = std::mem::replace(&mut reading.outcome.faults, false);
        let message = format!("{name} value {text} below minimum {LEAST}ms, resetting");
        wrong(
            reading,
            word,
            message,
            None,
            "write 200ms or more: a number without unit is in the kernel's own",
        );
        reading.outcome.faults = faults || !forgives;
        return Some(LEAST * parts);
    }
    Some(value)
}
