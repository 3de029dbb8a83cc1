//! Entries of `virtual_ipaddress` and `virtual_ipaddress_excluded`.

use std::net::{IpAddr, Ipv4Addr};

use syntax::Diagnostic;

use super::instance::{current, current_name};
use super::number::unsigned;
use super::route_value::no_address;
use super::statics::{Home, track_group};
use super::track::missing_interface;
use super::unicast::fits_family;
use crate::lines::{Line, Word};
use crate::model::Scope;
use crate::names::{Names, number};
use crate::reading::Reading;
use crate::written::{Address, Spanned, WrittenBroadcast};

/// Names of interfaces and labels hold at most that many bytes.
pub(crate) const MAX_NAME: usize = 15;

/// An address that adverts name.
pub(crate) fn advertised(reading: &mut Reading<'_>, line: &Line) {
    let Some((address, _)) = address(reading, line, Home::Instance) else {
        return;
    };
    let instance = current_name(reading);
    if !fits_family(reading, address.address.value) {
        let told = Diagnostic::warning(
            "wrong-family",
            format!(
                "({instance}): address family must match VRRP instance [{}] - ignoring",
                line.keyword().text()
            ),
        )
        .at(line.keyword().span)
        .help("write addresses of the other family into virtual_ipaddress_excluded");
        return reading.fault(told);
    }
    if let Some(instance) = current(reading) {
        instance.addresses.push(address);
    }
}

/// An address that goes along unnamed.
pub(crate) fn excluded(reading: &mut Reading<'_>, line: &Line) {
    let Some((address, _)) = address(reading, line, Home::Instance) else {
        return;
    };
    if let Some(instance) = current(reading) {
        instance.excluded.push(address);
    }
}

/// `ADDRESS[/BITS]`, or why it is none.
pub(super) fn network(reading: &mut Reading<'_>, word: &Word) -> Option<(IpAddr, u8)> {
    let text = word.text().into_owned();
    let (host, bits) = match text.split_once('/') {
        Some((host, bits)) => (host, Some(bits)),
        None => (&*text, None),
    };
    let Ok(address) = host.parse::<IpAddr>() else {
        let told = Diagnostic::warning(
            "bad-address",
            format!("VRRP parsed invalid IP {text}. skipping IP..."),
        )
        .at(word.span)
        .help("write an address, with the bits of its network if need be: 192.0.2.10/24");
        reading.fault(told);
        return None;
    };
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = match bits {
        None => most,
        Some(bits) => {
            let number = Word {
                bytes: bits.as_bytes().to_vec(),
                ..word.clone()
            };
            match unsigned(&number, 0, most.into()) {
                Ok(bits) => u8::try_from(bits).unwrap_or(most),
                Err(why) => {
                    let told = Diagnostic::warning(
                        "bad-value",
                        format!("Invalid address prefix len {bits} for address {text} - using {most}"),
                    )
                    .at(word.span)
                    .note(why)
                    .help(format!("write the number of bits, 0 to {most}"));
                    reading.fault(told);
                    most
                }
            }
        }
    };
    Some((address, bits))
}

/// The address with the name of its `track_group`; none when it is left out.
pub(super) fn address(
    reading: &mut Reading<'_>,
    line: &Line,
    home: Home,
) -> Option<(Address, Option<String>)> {
    let mut group = None;
    let word = line.keyword();
    let shown = word.text().into_owned();
    let (value, prefix) = network(reading, word)?;
    let mut address = Address {
        address: Spanned::new(value, word.span),
        prefix,
        interface: None,
        label: None,
        scope: Scope::Global,
        broadcast: None,
        peer: None,
        home: false,
        detect_duplicates: false,
        manage_temporary: false,
        no_prefix_route: false,
        auto_join: false,
        no_track: false,
        vmac: false,
        preferred_lifetime: None,
    };
    let mut words = line.args().iter();
    while let Some(word) = words.next() {
        match &*word.bytes {
            b"home" => address.home = true,
            b"-nodad" => address.detect_duplicates = true,
            b"mngtmpaddr" => address.manage_temporary = true,
            b"noprefixroute" => address.no_prefix_route = true,
            b"autojoin" => address.auto_join = true,
            b"no_track" => address.no_track = true,
            b"track_group" if home == Home::Machine => {
                let Some(value) = words.next() else {
                    reading.need(line, line.args().len(), "a group");
                    return None;
                };
                group = track_group(reading, value);
            }
            b"use_vmac" if home == Home::Instance => address.vmac = true,
            b"dev" | b"scope" | b"label" | b"brd" | b"broadcast" | b"peer" | b"preferred_lft" => {
                let Some(value) = words.next() else {
                    let told = Diagnostic::warning(
                        "missing-argument",
                        format!("No {} parameter specified for {shown}", word.text()),
                    )
                    .at(word.span)
                    .help("write its value behind it; as it stands the address is not set");
                    reading.fault(told);
                    return None;
                };
                option(reading, &mut address, &shown, word, value)?;
            }
            _ => {
                let told = Diagnostic::warning(
                    "unknown-keyword",
                    format!(
                        "Unknown configuration entry '{}' for ip address - ignoring",
                        word.text()
                    ),
                )
                .at(word.span)
                .help("an address takes: dev, scope, label, brd, peer, home, -nodad, mngtmpaddr, noprefixroute, autojoin, no_track, preferred_lft");
                reading.fault(told);
            }
        }
    }
    if address.peer.is_some() && address.prefix != longest(value) {
        let message = "Cannot specify address prefix when specifying peer address - ignoring";
        let told = Diagnostic::warning("bad-value", message)
            .at(line.keyword().span)
            .help("remove the bits: the peer is alone on the line");
        reading.fault(told);
        address.prefix = longest(value);
    }
    Some((address, group))
}

/// The bits of an address that stands for itself.
fn longest(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

/// An option with its value; none when the address is not to be set.
fn option(
    reading: &mut Reading<'_>,
    address: &mut Address,
    shown: &str,
    word: &Word,
    value: &Word,
) -> Option<()> {
    let text = value.text().into_owned();
    match &*word.bytes {
        b"dev" => {
            if !reading.host.has_interface(&text) {
                let message = format!("WARNING - interface {text} for ip address {shown} doesn't exist");
                missing_interface(reading, message, value.span);
            }
            address.interface = Some(text);
        }
        b"scope" | b"label" if address.address.value.is_ipv6() => {
            let what = word.text();
            let message = format!("Cannot specify {what} for IPv6 addresses ({shown}) - ignoring {what}");
            let told = Diagnostic::warning("wrong-family", message)
                .at(word.span)
                .help("remove it");
            reading.fault(told);
        }
        b"brd" | b"broadcast" if address.address.value.is_ipv6() => {
            let message = format!(
                "VRRP is trying to assign a broadcast {} to the IPv6 address {shown} !!?? WTF... skipping VIP...",
                word.text()
            );
            let told = Diagnostic::warning("wrong-family", message)
                .at(word.span)
                .help("remove it: IPv6 has none; as it stands the address is not set");
            reading.fault(told);
            return None;
        }
        b"brd" | b"broadcast" if matches!(&*text, "+" | "-") && address.prefix > 30 => {
            let message = format!("Address prefix length {} too long for broadcast", address.prefix);
            let told = Diagnostic::warning("bad-value", message)
                .at(word.span)
                .help("write the bits of its network behind the address, or remove it");
            reading.fault(told);
        }
        b"scope" => match scope(reading, &text) {
            Some(scope) => address.scope = scope,
            None => {
                let told = Diagnostic::warning(
                    "bad-value",
                    format!("Invalid scope '{text}' specified for {shown} - ignoring"),
                )
                .at(value.span)
                .help("write global, site, link, host or nowhere");
                reading.fault(told);
            }
        },
        b"label" => {
            if text.len() > MAX_NAME {
                let told = Diagnostic::warning(
                    "bad-value",
                    format!(
                        "Address label {text} is longer than maximum length {MAX_NAME} - removing address"
                    ),
                )
                .at(value.span)
                .help("write a shorter one, such as eth0:1");
                reading.fault(told);
                return None;
            }
            address.label = Some(text);
        }
        b"peer" => match text.parse::<IpAddr>() {
            Ok(peer) if peer.is_ipv4() == address.address.value.is_ipv4() => {
                let most = if peer.is_ipv4() { 32 } else { 128 };
                address.peer = Some((peer, most));
            }
            _ => {
                let message = match text.parse::<IpAddr>() {
                    Ok(_) => format!("Peer address {text} does not match address family"),
                    Err(_) => format!("Invalid peer address {text}"),
                };
                let told = Diagnostic::warning("bad-address", message)
                    .at(value.span)
                    .note(no_address(&text))
                    .help("write an address of the same family, without bits");
                reading.fault(told);
            }
        },
        b"preferred_lft" => {
            let seconds = if text == "forever" {
                Ok(u32::MAX)
            } else {
                unsigned(value, 0, u32::MAX - 1)
            };
            match seconds {
                Ok(seconds) => address.preferred_lifetime = Some(seconds),
                Err(why) => {
                    let told = Diagnostic::warning("bad-value", format!("preferred_lft {text} is invalid"))
                        .at(value.span)
                        .note(why)
                        .help("write seconds, or forever");
                    reading.fault(told);
                }
            }
        }
        _ => {
            address.broadcast = Some(match &*text {
                "+" => WrittenBroadcast::Ones,
                "-" => WrittenBroadcast::Zeros,
                _ => match text.parse::<Ipv4Addr>() {
                    Ok(broadcast) => WrittenBroadcast::Address(broadcast),
                    Err(_) => {
                        let told = Diagnostic::warning(
                            "bad-address",
                            format!("VRRP is trying to assign invalid broadcast {text}. skipping VIP..."),
                        )
                        .at(value.span)
                        .help("write an IPv4 address, + or -; as it stands the address is not set");
                        reading.fault(told);
                        return None;
                    }
                },
            });
        }
    }
    Some(())
}

fn scope(reading: &mut Reading<'_>, text: &str) -> Option<Scope> {
    let host = reading.host;
    let number = reading
        .names
        .number(host, Names::Scope, text)
        .or_else(|| number(text))?;
    Some(match u8::try_from(number).ok()? {
        0 => Scope::Global,
        200 => Scope::Site,
        253 => Scope::Link,
        254 => Scope::Host,
        255 => Scope::Nowhere,
        other => Scope::Other(other),
    })
}
