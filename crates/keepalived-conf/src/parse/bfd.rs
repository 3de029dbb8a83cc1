//! `bfd_instance`: a BFD session with a neighbour.

use std::net::IpAddr;
use std::time::Duration;

use syntax::{Diagnostic, Span};

use super::number::{milliseconds, signed, switch, unsigned};
use super::script::bad;
use super::track_file::reverse;
use crate::lines::{Line, Word};
use crate::model::Weight;
use crate::reading::Reading;
use crate::written::{Spanned, WrittenSession};

/// The longest name.
const LONGEST_NAME: usize = 31;

/// The longest time between packets: it must fit into a packet in microseconds.
const LONGEST: u32 = 4_294_967;

/// Begins a session.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(word) = reading.need(line, 0, "a name") else {
        return false;
    };
    let name = Spanned::new(word.text().into_owned(), word.span);
    if name.value.len() > LONGEST_NAME {
        let told = Diagnostic::warning("bad-value", format!("BFD name {} too long", name.value))
            .at(name.span)
            .note(format!(
                "Configuration error: BFD instance {} name too long (maximum length is {LONGEST_NAME} characters) - ignoring",
                name.value
            ))
            .help("write a shorter name");
        reading.fault(told);
        return false;
    }
    let earlier = reading
        .written
        .sessions
        .iter()
        .find(|session| session.name.value == name.value)
        .map(|session| session.name.span);
    if let Some(earlier) = earlier {
        let told = Diagnostic::warning("duplicate-name", format!("BFD {} already specified", name.value))
            .at(name.span)
            .note(format!(
                "Configuration error: BFD instance {} already configured - ignoring",
                name.value
            ))
            .label(earlier, "first defined here")
            .help("give it another name, or remove it");
        reading.fault(told);
        return false;
    }
    reading.written.sessions.push(WrittenSession {
        name,
        neighbor: None,
        source: None,
        min_rx: None,
        min_tx: None,
        idle_tx: None,
        multiplier: None,
        passive: false,
        ttl: None,
        max_hops: None,
        multihop: false,
        weight: Weight::default(),
        vrrp: false,
        checker: false,
        disabled: false,
    });
    true
}

/// Ends it: without a neighbour it is not run, as it is not with addresses of two families or with one that there is already.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some((session, earlier)) = reading.written.sessions.split_last_mut() else {
        return;
    };
    let name = session.name.value.clone();
    let at = session.name.span;
    let Some(neighbor) = session.neighbor else {
        // A malformed one was told of already.
        if !std::mem::replace(&mut session.disabled, true) {
            let message = format!(
                "Configuration error: BFD instance {name} has no neighbor address set, disabling instance"
            );
            let told = Diagnostic::warning("missing-keyword", message)
                .at(closed)
                .label(at, "this one")
                .help("write `neighbor_ip ADDRESS` into its block");
            reading.fault(told);
        }
        return;
    };
    if let Some(source) = &session.source
        && source.value.is_ipv4() != neighbor.is_ipv4()
    {
        let source = source.value;
        session.disabled = true;
        // The original names one of the two twice.
        let message = format!(
            "Configuration error: BFD instance {name} source address {ipv6} and neighbor address {ipv6} are not of the same family, disabling instance",
            ipv6 = if source.is_ipv6() { source } else { neighbor }
        );
        let told = Diagnostic::warning("clash", message)
            .at(closed)
            .label(at, "this one")
            .help("write addresses of one family");
        return reading.fault(told);
    }
    let source = session.source.as_ref().map(|source| source.value);
    let same = earlier.iter().find(|other| {
        let other_source = other.source.as_ref().map(|source| source.value);
        !other.disabled && other.neighbor == Some(neighbor) && other_source == source
    });
    if let Some(other) = same {
        let first = other.name.span;
        session.disabled = true;
        let message = format!(
            "Configuration error: BFD instance {name} has duplicate neighbor address {neighbor}, ignoring instance"
        );
        let told = Diagnostic::warning("duplicate-name", message)
            .at(closed)
            .label(first, "the other one")
            .help("remove one of them, or give them source_ip of their own");
        return reading.fault(told);
    }
    let ttl = session
        .ttl
        .unwrap_or(if neighbor.is_ipv4() { u8::MAX } else { 64 });
    if let Some(Some(hops)) = session.max_hops
        && hops > ttl
    {
        session.max_hops = Some(Some(ttl));
        let message = format!("BFD instance {name}: max_hops exceeds ttl/hoplimit - setting to ttl/hoplimit");
        let told = Diagnostic::warning("clash", message)
            .at(closed)
            .label(at, "this one")
            .help("write a max_hops that is not above it");
        reading.fault(told);
    }
}

fn current<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut WrittenSession> {
    reading.written.sessions.last_mut()
}

/// What messages begin with.
fn frame(reading: &Reading<'_>) -> String {
    let last = reading.written.sessions.last();
    let name = last.map(|session| &*session.name.value).unwrap_or_default();
    format!("Configuration error: BFD instance {name}")
}

/// An address; what stands behind a slash is not looked at.
fn address(word: &Word) -> Option<IpAddr> {
    let text = word.text();
    text.split('/').next()?.parse().ok()
}

/// `neighbor_ip`.
pub(crate) fn neighbor_ip(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the neighbour's address") else {
        return;
    };
    let found = address(word);
    if found.is_none() {
        let message = format!(
            "{} has malformed neighbor address {}, ignoring instance",
            frame(reading),
            word.text()
        );
        let told = Diagnostic::warning("bad-address", message)
            .at(word.span)
            .help("write an address of IPv4 or IPv6");
        reading.fault(told);
    }
    if let Some(session) = current(reading) {
        session.disabled |= found.is_none();
        session.neighbor = found;
    }
}

/// `neighbour_ip`.
pub(crate) fn neighbour_ip(reading: &mut Reading<'_>, line: &Line) {
    neighbor_ip(reading, line);
}

/// `source_ip`.
pub(crate) fn source_ip(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "our address") else {
        return;
    };
    let Some(found) = address(word) else {
        let message = format!(
            "{} has malformed source address {}, ignoring",
            frame(reading),
            word.text()
        );
        let told = Diagnostic::warning("bad-address", message)
            .at(word.span)
            .help("write an address of this machine");
        return reading.fault(told);
    };
    if let Some(session) = current(reading) {
        session.source = Some(Spanned::new(found, word.span));
    }
}

/// `min_rx`.
pub(crate) fn min_rx(reading: &mut Reading<'_>, line: &Line) {
    let value = time(reading, line, 1);
    if let (Some(session), Some(value)) = (current(reading), value) {
        session.min_rx = Some(value);
    }
}

/// `min_tx`.
pub(crate) fn min_tx(reading: &mut Reading<'_>, line: &Line) {
    let value = time(reading, line, 1);
    if let (Some(session), Some(value)) = (current(reading), value) {
        session.min_tx = Some(value);
    }
}

/// `idle_tx`.
pub(crate) fn idle_tx(reading: &mut Reading<'_>, line: &Line) {
    let value = time(reading, line, 1000);
    if let (Some(session), Some(value)) = (current(reading), value) {
        session.idle_tx = Some(value);
    }
}

/// Milliseconds with a fraction of three digits.
fn time(reading: &mut Reading<'_>, line: &Line, least: u32) -> Option<Duration> {
    let word = reading.need(line, 0, "milliseconds")?;
    let (value, too_fine) = milliseconds(word, least, LONGEST);
    if too_fine {
        let message = format!("number '{}' has too many decimal places", word.text());
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write three digits behind the point at most");
        reading.fault(told);
    }
    match value {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!(
                "{} {} value {} is not valid (must be in range [{least}-{LONGEST}]), ignoring",
                frame(reading),
                line.keyword().text(),
                word.text()
            );
            bad(reading, word, message, why, "write milliseconds");
            None
        }
    }
}

/// `multiplier`.
pub(crate) fn multiplier(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a number of packets") else {
        return;
    };
    let value = byte(reading, word, "multiplier", 1);
    if let (Some(session), Some(value)) = (current(reading), value) {
        session.multiplier = Some(value);
    }
}

/// `ttl`.
pub(crate) fn ttl(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a TTL") else {
        return;
    };
    let value = byte(reading, word, "ttl/hoplimit", 1);
    if let (Some(session), Some(value)) = (current(reading), value) {
        session.ttl = Some(value);
    }
}

/// `hoplimit`.
pub(crate) fn hoplimit(reading: &mut Reading<'_>, line: &Line) {
    ttl(reading, line);
}

fn byte(reading: &mut Reading<'_>, word: &Word, what: &str, least: u8) -> Option<u8> {
    match unsigned(word, least.into(), 255) {
        Ok(value) => u8::try_from(value).ok(),
        Err(why) => {
            let message = format!(
                "{} {what} value {} not valid (must be in range [{least}-255]), ignoring",
                frame(reading),
                word.text()
            );
            bad(reading, word, message, why, "write a number up to 255");
            None
        }
    }
}

/// `max_hops`; -1, as 255, does not look.
pub(crate) fn max_hops(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a number of routers") else {
        return;
    };
    let value = match signed(word, -1, 255) {
        Ok(value) => u8::try_from(value).ok().filter(|hops| *hops < u8::MAX),
        Err(why) => {
            let message = format!(
                "{} max_hops value {} not valid (must be in range [-1-255]), ignoring",
                frame(reading),
                word.text()
            );
            bad(reading, word, message, why, "write a number up to 255");
            return;
        }
    };
    if let Some(session) = current(reading) {
        session.max_hops = Some(value);
    }
}

/// `weight`.
pub(crate) fn weight(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "what is added to the priority, -253 to 253") else {
        return;
    };
    let frame = frame(reading);
    let value = match signed(word, -253, 253) {
        Ok(value) => value,
        Err(why) => {
            let message = format!(
                "{frame} weight value {} not valid (must be in range [-253-253]), ignoring",
                word.text()
            );
            bad(
                reading,
                word,
                message,
                why,
                "write a number from -253 to 253; it is 0 now",
            );
            return;
        }
    };
    let reverse = reverse(reading, line, &format!("{frame} unknown weight option"));
    if let Some(session) = current(reading) {
        session.weight = Weight { value, reverse };
    }
}

/// `passive`.
pub(crate) fn passive(reading: &mut Reading<'_>, _: &Line) {
    if let Some(session) = current(reading) {
        session.passive = true;
    }
}

/// `multihop`.
pub(crate) fn multihop(reading: &mut Reading<'_>, line: &Line) {
    let value = match line.arg(0) {
        None => true,
        Some(word) => match switch(word) {
            Some(value) => value,
            None => {
                let message = format!("{} invalid multihop value '{}'", frame(reading), word.text());
                let told = Diagnostic::warning("bad-value", message)
                    .at(word.span)
                    .help("write on or off");
                return reading.fault(told);
            }
        },
    };
    if let Some(session) = current(reading) {
        session.multihop = value;
    }
}

/// `vrrp`.
pub(crate) fn vrrp(reading: &mut Reading<'_>, _: &Line) {
    if let Some(session) = current(reading) {
        session.vrrp = true;
    }
}

/// `checker`.
pub(crate) fn checker(reading: &mut Reading<'_>, _: &Line) {
    if let Some(session) = current(reading) {
        session.checker = true;
    }
}
