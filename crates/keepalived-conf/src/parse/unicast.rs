//! Where the adverts of an instance come from and go to: `mcast_src_ip`, `mcast_dst_ip`, `unicast_peer` and their kin.

use std::net::IpAddr;

use syntax::{Diagnostic, Span};

use super::instance::{current, current_name};
use super::number::unsigned;
use super::script::bad;
use crate::lines::{Line, Word};
use crate::model::UnicastPeer;
use crate::reading::Reading;
use crate::written::Spanned;

/// The address that a word begins with: bits of a network behind it are overlooked, as the original does.
fn address(word: &Word) -> Option<IpAddr> {
    let text = word.text();
    let host = text.split_once('/').map_or(&*text, |(host, _)| host);
    host.parse().ok()
}

/// Notes which family an instance is of by its first address. Gives whether `address` is of that family.
pub(super) fn fits_family(reading: &mut Reading<'_>, address: IpAddr) -> bool {
    let Some(instance) = current(reading) else {
        return true;
    };
    *instance.ipv4.get_or_insert(address.is_ipv4()) == address.is_ipv4()
}

/// The address in a word, if it is one of the instance's family; `what` it is for stands in what is told otherwise.
fn own_address(reading: &mut Reading<'_>, word: &Word, what: &str) -> Option<IpAddr> {
    let (name, text) = (current_name(reading), word.text());
    let begin = format!("Configuration error: VRRP instance[{name}]");
    let (code, message, help) = match address(word) {
        None => (
            "bad-address",
            format!("{begin} malformed {what} address[{text}]. Skipping..."),
            "write an address without a network's bits",
        ),
        Some(address) if !fits_family(reading, address) => (
            "wrong-family",
            format!("{begin} and {what} address[{text}] MUST be of the same family !!! Skipping..."),
            "write an address of the same family as those in virtual_ipaddress",
        ),
        found => return found,
    };
    reading.fault(Diagnostic::warning(code, message).at(word.span).help(help));
    None
}

/// `mcast_src_ip`.
pub(crate) fn source(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "an address") else {
        return;
    };
    if let Some(address) = own_address(reading, word, "src")
        && let Some(instance) = current(reading)
    {
        instance.source = Some(Spanned::new(address, word.span));
    }
}

/// `unicast_src_ip`, which without peers is another word for `mcast_src_ip`.
pub(crate) fn unicast_source(reading: &mut Reading<'_>, line: &Line) {
    note(reading, line.keyword().span);
    source(reading, line);
}

/// Notes that the instance speaks of unicast.
fn note(reading: &mut Reading<'_>, span: Span) {
    if let Some(instance) = current(reading) {
        instance.unicast.get_or_insert(span);
    }
}

/// Begins `unicast_peer`.
pub(crate) fn peers(reading: &mut Reading<'_>, line: &Line) -> bool {
    note(reading, line.keyword().span);
    true
}

/// An entry of `unicast_peer`: an address, and the TTLs that its adverts may come with.
pub(crate) fn peer(reading: &mut Reading<'_>, line: &Line) {
    let word = line.keyword();
    let name = current_name(reading);
    let Some(address) = own_address(reading, word, "unicast peer") else {
        return;
    };
    let mut peer = UnicastPeer {
        address,
        min_ttl: 0,
        max_ttl: u8::MAX,
    };
    let mut checks = false;
    let mut at = 0;
    while let Some(option) = line.arg(at) {
        let Some(value) = line.arg(at + 1) else {
            let told = Diagnostic::warning(
                "missing-value",
                format!("({name}) {} is missing a value", option.text()),
            )
            .at(option.span)
            .help("write `min_ttl NUMBER` or `max_ttl NUMBER`, and each partner on a line of its own");
            reading.fault(told);
            break;
        };
        at += 2;
        let which = match &*option.text() {
            "min_ttl" => &mut peer.min_ttl,
            "max_ttl" => &mut peer.max_ttl,
            other => {
                let told = Diagnostic::warning(
                    "unknown-option",
                    format!("({name}) unknown unicast_peer option {other}"),
                )
                .at(option.span)
                .help("write `min_ttl` or `max_ttl`");
                reading.fault(told);
                continue;
            }
        };
        match unsigned(value, 0, u8::MAX.into()) {
            Ok(number) => {
                // Its range is that of a u8.
                *which = number as u8;
                checks = true;
            }
            Err(why) => {
                let told = Diagnostic::warning("bad-number", why)
                    .at(value.span)
                    .help("write a number from 0 to 255");
                reading.fault(told);
            }
        }
    }
    if peer.min_ttl > peer.max_ttl {
        let told = Diagnostic::warning(
            "empty-range",
            format!(
                "({name}) min_ttl {} > max_ttl {} - all packets will be discarded",
                peer.min_ttl, peer.max_ttl
            ),
        )
        .at(word.span)
        .help("change the two numbers with each other");
        reading.fault(told);
    }
    if let Some(instance) = current(reading) {
        instance.check_unicast_src |= checks;
        instance.peers.push(peer);
    }
}

/// `native_ipv6`.
pub(crate) fn native_ipv6(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.ipv4.get_or_insert(false);
    }
}

/// `check_unicast_src`.
pub(crate) fn check_source(reading: &mut Reading<'_>, line: &Line) {
    note(reading, line.keyword().span);
    if let Some(instance) = current(reading) {
        instance.check_unicast_src = true;
    }
}

/// `unicast_fault_no_peer`.
pub(crate) fn fault_no_peer(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.unicast_fault_no_peer = true;
    }
}

/// `unicast_ttl`.
pub(crate) fn ttl(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a number from 0 to 255") else {
        return;
    };
    match unsigned(word, 0, u8::MAX.into()) {
        Ok(number) => {
            if let Some(instance) = current(reading) {
                // Its range is that of a u8.
                instance.unicast_ttl = Some(number as u8);
            }
        }
        Err(why) => {
            let message = format!(
                "({}): TTL '{}' not valid - must be between 0 & 255",
                current_name(reading),
                word.text()
            );
            bad(reading, word, message, why, "write a number from 0 to 255");
        }
    }
}

/// `mcast_dst_ip`.
pub(crate) fn group(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a multicast address") else {
        return;
    };
    let name = current_name(reading);
    let text = word.text();
    let refused = match text.parse::<IpAddr>() {
        Err(_) => Some((
            "bad-address",
            format!("({name}) malformed mcast dest address {text}. Skipping..."),
        )),
        Ok(address) if !address.is_multicast() => Some((
            "bad-address",
            format!("({name}) mcast_dst_ip {text} not multicast. Skipping..."),
        )),
        // The scope of a link is 2 (RFC 4291, section 2.7).
        Ok(IpAddr::V6(address)) if address.segments()[0] & 0xf != 2 => Some((
            "bad-address",
            format!("({name}) mcast_dst_ip {text} not link-local multicast. Skipping..."),
        )),
        Ok(address) if !fits_family(reading, address) => Some((
            "wrong-family",
            format!("({name}) mcast dest address {text} MUST match VRRP instance family. Skipping..."),
        )),
        Ok(address) => {
            if let Some(instance) = current(reading) {
                instance.group = Some(Spanned::new(address, word.span));
            }
            None
        }
    };
    if let Some((code, message)) = refused {
        let told = Diagnostic::warning(code, message)
            .at(word.span)
            .help("write a multicast address of the instance's family; of IPv6 one that begins with ff02");
        reading.fault(told);
    }
}
