//! `use_ipvlan`: an interface of the instance's own that shares the MAC address of the one below it.

use std::net::IpAddr;

use syntax::{Diagnostic, Version};

use super::address::{MAX_NAME, network};
use super::instance::{current, current_name};
use super::number::unsigned;
use super::unicast::fits_family;
use crate::lines::{Line, Word};
use crate::model::IpvlanMode;
use crate::reading::Reading;
use crate::written::{Spanned, WrittenIpvlan};

/// `use_ipvlan`: in any order a name, an address and how the interfaces above one another are kept apart; since 2.3 also `name`
/// before one, and `group`.
pub(crate) fn use_ipvlan(reading: &mut Reading<'_>, line: &Line) {
    if current(reading).is_some_and(|instance| instance.ipvlan.is_some()) {
        let message = format!("({}) use_ipvlan already specified", current_name(reading));
        let told = Diagnostic::warning("duplicate-keyword", message)
            .at(line.keyword().span)
            .help("remove one of the two");
        return reading.fault(told);
    }
    let knows_words = reading.dialect.version > Version::new(2, 2);
    let mut ipvlan = WrittenIpvlan {
        span: line.keyword().span,
        name: None,
        address: None,
        mode: None,
        group: None,
    };
    let mut at = 0;
    while let Some(word) = line.arg(at) {
        at += 1;
        match &*word.bytes {
            keyword @ (b"name" | b"group") if knows_words => {
                let Some(value) = line.arg(at) else {
                    // It is told as any other missing parameter.
                    reading.need(line, at, "its value");
                    return;
                };
                at += 1;
                if keyword == b"name" {
                    name(reading, value, &mut ipvlan);
                } else {
                    group(reading, value, &mut ipvlan);
                }
            }
            b"bridge" => mode(reading, word, IpvlanMode::Bridge, &mut ipvlan),
            b"private" => mode(reading, word, IpvlanMode::Private, &mut ipvlan),
            b"vepa" => mode(reading, word, IpvlanMode::Vepa, &mut ipvlan),
            _ if is_address(word) => address(reading, word, &mut ipvlan),
            _ => name(reading, word, &mut ipvlan),
        }
    }
    if let Some(instance) = current(reading) {
        instance.ipvlan = Some(ipvlan);
    }
}

/// Whether a word is an address with bits that it can have; all others are names.
fn is_address(word: &Word) -> bool {
    let text = word.text();
    let (host, bits) = text
        .split_once('/')
        .map_or((&*text, None), |(host, bits)| (host, Some(bits)));
    let Ok(address) = host.parse::<IpAddr>() else {
        return false;
    };
    let most: u8 = if address.is_ipv4() { 32 } else { 128 };
    bits.is_none_or(|bits| bits.parse::<u8>().is_ok_and(|bits| bits <= most))
}

fn refuse(reading: &mut Reading<'_>, word: &Word, message: &str, help: &str) {
    let message = format!("({}) {message}", current_name(reading));
    reading.fault(Diagnostic::warning("bad-value", message).at(word.span).help(help));
}

fn mode(reading: &mut Reading<'_>, word: &Word, mode: IpvlanMode, ipvlan: &mut WrittenIpvlan) {
    if ipvlan.mode.is_some() {
        let message = format!("ipvlan type already specified - ignoring '{}'", word.text());
        return refuse(reading, word, &message, "write one of bridge, private and vepa");
    }
    ipvlan.mode = Some(mode);
}

fn address(reading: &mut Reading<'_>, word: &Word, ipvlan: &mut WrittenIpvlan) {
    if ipvlan.address.is_some() {
        let message = format!("ipvlan address already specified - ignoring '{}'", word.text());
        return refuse(reading, word, &message, "write one address");
    }
    let Some((address, prefix)) = network(reading, word) else {
        return;
    };
    if !fits_family(reading, address) {
        let message = format!(
            "ipvlan address family does not match - ignoring '{}'",
            word.text()
        );
        let help = "write an address of the same family as those in virtual_ipaddress";
        return refuse(reading, word, &message, help);
    }
    ipvlan.address = Some((address, prefix));
}

fn name(reading: &mut Reading<'_>, word: &Word, ipvlan: &mut WrittenIpvlan) {
    let text = word.text().into_owned();
    let of_vmac = current(reading)
        .and_then(|instance| instance.vmac.as_ref())
        .is_some_and(|vmac| vmac.name.is_some());
    if ipvlan.name.is_some() || of_vmac {
        let message = format!("IPVLAN interface already specified - ignoring '{text}'");
        return refuse(reading, word, &message, "write one name");
    }
    if text.len() > MAX_NAME {
        let message = format!("IPVLAN interface name '{text}' too long - ignoring");
        let help = format!("interfaces have names of at most {MAX_NAME} letters");
        return refuse(reading, word, &message, &help);
    }
    if reading.host.has_interface(&text) && !reading.host.is_ipvlan(&text) {
        let message =
            format!("interface {text} already exists and is not an l2 ipvlan; ignoring ipvlan if_name");
        return refuse(
            reading,
            word,
            &message,
            "write a name that no other interface has",
        );
    }
    ipvlan.name = Some(Spanned::new(text, word.span));
}

fn group(reading: &mut Reading<'_>, word: &Word, ipvlan: &mut WrittenIpvlan) {
    match unsigned(word, 0, u32::MAX) {
        Ok(group) => ipvlan.group = Some(group),
        Err(why) => {
            let told = Diagnostic::warning("bad-number", format!("ipvlan group {} not found", word.text()))
                .at(word.span)
                .note(why)
                .help("write the number of the group");
            reading.fault(told);
        }
    }
}
