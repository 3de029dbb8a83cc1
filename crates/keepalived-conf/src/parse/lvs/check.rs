//! What checks of all kinds share: where they connect to, from where, how often.

use std::net::IpAddr;

use syntax::{Diagnostic, Span};

use super::value::{LONGEST, LONGEST_CONNECT, number, seconds};
use super::{check, real};
use crate::lines::Line;
use crate::reading::Reading;
use crate::services::Check;

/// Begins one.
pub(crate) fn begin(reading: &mut Reading<'_>, _: &Line) -> bool {
    if let Some(real) = real(reading) {
        real.check = Check::default();
    }
    true
}

/// Ends one that connects: an address of the link needs an interface.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some(IpAddr::V6(address)) = connect_address(reading) else {
        return;
    };
    if address.is_unicast_link_local() && check(reading).is_some_and(|check| !check.bind_if) {
        let message = format!("Checker link local address {address} requires a bind_if");
        let told = Diagnostic::warning("missing-keyword", message)
            .at(closed)
            .help("write `bind_if INTERFACE` into the check");
        reading.fault(told);
    }
}

/// The address that the check connects to.
fn connect_address(reading: &mut Reading<'_>) -> Option<IpAddr> {
    let real = real(reading)?;
    Some(real.check.connect_ip.unwrap_or(real.address))
}

fn address(reading: &mut Reading<'_>, line: &Line) -> Option<IpAddr> {
    let word = reading.need(line, 0, "an address")?;
    let found = word.text().parse().ok();
    if found.is_none() {
        let message = format!(
            "Invalid {} address {} - ignoring",
            line.keyword().text(),
            word.text()
        );
        let told = Diagnostic::warning("bad-address", message)
            .at(word.span)
            .help("write an address of IPv4 or IPv6");
        reading.fault(told);
    }
    found
}

/// `connect_ip`.
pub(crate) fn connect_ip(reading: &mut Reading<'_>, line: &Line) {
    let found = address(reading, line);
    if let Some(check) = check(reading) {
        check.connect_ip = found.or(check.connect_ip);
    }
}

/// `bindto`.
pub(crate) fn bindto(reading: &mut Reading<'_>, line: &Line) {
    let Some(found) = address(reading, line) else {
        return;
    };
    let other = connect_address(reading).is_some_and(|address| address.is_ipv4() != found.is_ipv4());
    if other {
        let message =
            format!("bindto address {found} does not match address family of connect_ip - skipping");
        let told = Diagnostic::warning("wrong-family", message)
            .at(line.span())
            .help("write an address of the family that is connected to");
        reading.fault(told);
    }
}

/// `bindto` where hosts of their own may follow, so that nothing is known of the family yet.
pub(crate) fn bindto_any(reading: &mut Reading<'_>, line: &Line) {
    address(reading, line);
}

/// `bind_if`.
pub(crate) fn bind_if(reading: &mut Reading<'_>, line: &Line) {
    let named = reading.need(line, 0, "an interface").is_some();
    if let Some(check) = check(reading) {
        check.bind_if = named;
    }
}

/// `connect_port` and `bind_port`.
pub(crate) fn port(reading: &mut Reading<'_>, line: &Line) {
    let name = line.keyword().text().into_owned();
    number(reading, line, (1, 65535), |text| {
        format!("Invalid checker {name} '{text}'")
    });
}

/// `connect_timeout`.
pub(crate) fn connect_timeout(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (1, LONGEST_CONNECT), |text| {
        format!("connect_timeout {text} invalid - ignoring")
    });
}

/// `fwmark` and `retry`.
pub(crate) fn count(reading: &mut Reading<'_>, line: &Line) {
    let name = match &*line.keyword().bytes {
        b"fwmark" => "fwmark",
        _ => "retry",
    };
    number(reading, line, (0, u32::MAX), |text| {
        format!("Invalid {name} connection value '{text}'")
    });
}

/// `delay_before_retry` and `warmup`.
pub(crate) fn delay(reading: &mut Reading<'_>, line: &Line) {
    let name = line.keyword().text().into_owned();
    seconds(reading, line, (0, LONGEST), |text| {
        format!("Invalid {name} connection value '{text}'")
    });
}

/// `delay_loop`.
pub(crate) fn delay_loop(reading: &mut Reading<'_>, line: &Line) {
    seconds(reading, line, (1, LONGEST), |text| {
        format!("delay_loop '{text}' is invalid - ignoring")
    });
}
