//! Values that lines of the LVS part take: times, numbers, ports, switches, schedulers, ways of forwarding, programs.

use std::net::IpAddr;

use syntax::Diagnostic;

use crate::lines::{Line, Word};
use crate::parse::notify::{command_of, ids_of};
use crate::parse::number::{switch, unsigned};
use crate::parse::script::bad;
use crate::reading::Reading;
use crate::services::Forwarding;
use crate::written::Command;

/// The longest time that fits, in microseconds.
pub(super) const LONGEST: u64 = u64::MAX - 1;

/// The longest time that is waited for a connection, in microseconds.
pub(super) const LONGEST_CONNECT: u64 = u32::MAX as u64;

/// Seconds with a fraction, in microseconds. What stands behind the digits is told of and counts for nothing; `message` is for
/// what is out of range.
pub(super) fn seconds(
    reading: &mut Reading<'_>,
    line: &Line,
    (low, high): (u64, u64),
    message: impl Fn(&str) -> String,
) -> Option<u64> {
    let word = reading.need(line, 0, "seconds")?;
    let text = word.text();
    if text.starts_with('-') {
        bad(
            reading,
            word,
            message(&text),
            format!("negative number '{text}'"),
            "write seconds",
        );
        return None;
    }
    let (value, clean) = micros(&text);
    let fits = value.filter(|value| (low..=high).contains(value));
    if fits.is_none() {
        let why = if clean {
            let shown = |micros: u64| format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
            format!("number '{text}' outside range [{}, {}]", shown(low), shown(high))
        } else {
            format!("invalid number '{text}'")
        };
        bad(reading, word, message(&text), why, "write seconds");
    } else if !clean {
        let told = Diagnostic::warning("bad-number", format!("invalid number '{text}'"))
            .at(word.span)
            .help("write digits alone; what stands behind them is left out");
        reading.fault(told);
    }
    fits
}

/// Microseconds of what a text begins with, when they can be counted, and whether there is nothing behind it.
fn micros(text: &str) -> (Option<u64>, bool) {
    let text = text.strip_prefix('+').unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let rest = &text[whole..];
    let fraction = rest.strip_prefix('.').map_or("", |rest| &rest[..digits(rest)]);
    let behind = if rest.starts_with('.') {
        &rest[1 + fraction.len()..]
    } else {
        rest
    };
    let clean = behind.is_empty() && whole + fraction.len() > 0;
    let sixth = format!("{fraction:0<6}");
    let value = (|| {
        let seconds: u64 = if whole == 0 {
            0
        } else {
            text[..whole].parse().ok()?
        };
        seconds
            .checked_mul(1_000_000)?
            .checked_add(sixth[..6].parse().ok()?)
    })();
    (value, clean)
}

/// A number within limits.
pub(super) fn number(
    reading: &mut Reading<'_>,
    line: &Line,
    (low, high): (u32, u32),
    message: impl Fn(&str) -> String,
) -> Option<u32> {
    let word = reading.need(line, 0, "a number")?;
    match unsigned(word, low, high) {
        Ok(value) => Some(value),
        Err(why) => {
            bad(
                reading,
                word,
                message(&word.text()),
                why,
                format!("write a number from {low} to {high}"),
            );
            None
        }
    }
}

/// A switch that is on when nothing is said of it.
pub(super) fn optional_switch(reading: &mut Reading<'_>, line: &Line, message: impl Fn(&str) -> String) {
    if let Some(word) = line.arg(0)
        && switch(word).is_none()
    {
        let told = Diagnostic::warning("bad-value", message(&word.text()))
            .at(word.span)
            .help("write on or off, or nothing, which is on");
        reading.fault(told);
    }
}

/// An address with a port behind it; without one, or with 0, all ports. `message` is for what is neither.
pub(super) fn endpoint(
    reading: &mut Reading<'_>,
    address: &Word,
    port: Option<&Word>,
    message: impl Fn(&str, &str) -> String,
) -> Option<(IpAddr, u16)> {
    let text = address.text();
    let shown = port.map(|word| word.text()).unwrap_or_default();
    let number = match port.filter(|word| *word.bytes != *b"0") {
        None => 0,
        Some(word) => match unsigned(word, 1, 65535) {
            Ok(value) => u16::try_from(value).unwrap_or_default(),
            Err(why) => {
                bad(
                    reading,
                    word,
                    message(&text, &shown),
                    why,
                    "write a port from 1 to 65535",
                );
                return None;
            }
        },
    };
    if let Ok(found) = text.parse() {
        return Some((found, number));
    }
    let told = Diagnostic::warning("bad-address", message(&text, &shown))
        .at(address.span)
        .help("write an address of IPv4 or IPv6");
    reading.fault(told);
    None
}

/// How packets reach `what`, with the settings of a tunnel.
pub(super) fn forwarding(reading: &mut Reading<'_>, line: &Line, what: &str) -> Option<Forwarding> {
    let word = reading.need(line, 0, "NAT, DR or TUN")?;
    let found = match &*word.bytes {
        b"NAT" => Forwarding::Nat,
        b"DR" => Forwarding::Direct,
        b"TUN" => Forwarding::Tunnel,
        _ => {
            let message = format!("PARSER : unknown [{}] routing method for {what}.", word.text());
            let told = Diagnostic::warning("bad-value", message)
                .at(word.span)
                .help("write NAT, DR or TUN");
            reading.fault(told);
            return None;
        }
    };
    if found == Forwarding::Tunnel {
        tunnel(reading, line, what);
    }
    Some(found)
}

fn tunnel(reading: &mut Reading<'_>, line: &Line, what: &str) {
    let mut words = line.args()[1..].iter();
    let mut gue = false;
    let mut port = false;
    while let Some(word) = words.next() {
        match &*word.bytes {
            b"type" => match words.next() {
                Some(kind) if matches!(&*kind.bytes, b"ipip" | b"gre") => gue = false,
                Some(kind) if *kind.bytes == *b"gue" => gue = true,
                Some(kind) => {
                    let message = format!("Unknown tunnel type {} for {what}.", kind.text());
                    let told = Diagnostic::warning("bad-value", message)
                        .at(kind.span)
                        .help("write ipip, gre or gue");
                    return reading.fault(told);
                }
                None => {}
            },
            b"port" => port = words.next().is_some(),
            _ => {}
        }
    }
    if gue != port {
        let message = "gue tunnels require port, otherwise cannot have port.";
        let told = Diagnostic::warning("clash", message)
            .at(line.span())
            .help("write `port NUMBER` with `type gue`, and with that alone");
        reading.fault(told);
    }
}

/// A program and whom it is run as; none, when there is no such user.
pub(super) fn program(reading: &mut Reading<'_>, line: &Line) -> Option<Command> {
    let (mut found, words) = command_of(reading, line)?;
    let what = line.keyword().text().into_owned();
    found.ids = Some(ids_of(reading, line, &what, &words)?);
    Some(found)
}

/// Tells of a value that is missing, which the original goes on without.
pub(super) fn lacks(reading: &mut Reading<'_>, line: &Line, message: &str, help: &str) {
    let told = Diagnostic::warning("missing-value", message)
        .at(line.behind())
        .help(help);
    reading.fault(told);
}
