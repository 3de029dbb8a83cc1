//! Interfaces with a MAC address of the virtual router's: `use_vmac` and its kin.

use syntax::{Diagnostic, Version};

use super::address::MAX_NAME;
use super::instance::{current, current_name};
use super::number::unsigned;
use crate::lines::{Line, Word};
use crate::reading::Reading;
use crate::written::{Spanned, WrittenMac};

/// `use_vmac`: in any order a name and a MAC address; since 2.3 also `name` before one, `group` and `netlink_notify_msg`.
pub(crate) fn use_vmac(reading: &mut Reading<'_>, line: &Line) {
    let knows_words = reading.dialect.version > Version::new(2, 2);
    let mut mac = current(reading)
        .and_then(|instance| instance.vmac.take())
        .unwrap_or_default();
    let mut words = line.args().iter();
    while let Some(word) = words.next() {
        match &*word.bytes {
            b"name" if knows_words => match words.next() {
                Some(word) => name(reading, word, &mut mac),
                None => lacks_value(reading, word),
            },
            b"group" if knows_words => match words.next().map(|word| unsigned(word, 0, u32::MAX)) {
                Some(Ok(group)) => mac.group = Some(group),
                Some(Err(why)) => {
                    let told = Diagnostic::warning("bad-number", why)
                        .at(word.span)
                        .help("write the number of the group");
                    reading.fault(told);
                }
                None => lacks_value(reading, word),
            },
            // The program looks at the interface below by itself.
            b"netlink_notify_msg" if knows_words => {}
            bytes if bytes.contains(&b':') => {
                address(reading, word, &mut mac);
                if !knows_words {
                    break;
                }
            }
            _ => name(reading, word, &mut mac),
        }
    }
    if let Some(instance) = current(reading) {
        instance.vmac = Some(mac);
    }
}

fn lacks_value(reading: &mut Reading<'_>, word: &Word) {
    let told = Diagnostic::warning("missing-argument", format!("'{}' without a value", word.text()))
        .at(word.span)
        .help("write its value behind it");
    reading.fault(told);
}

fn name(reading: &mut Reading<'_>, word: &Word, mac: &mut WrittenMac) {
    let text = word.text().into_owned();
    let mut refuse = |message: String, help: &str| {
        reading.fault(Diagnostic::warning("bad-value", message).at(word.span).help(help));
    };
    if mac.name.is_some() {
        return refuse(
            "VMAC interface name already specified".to_owned(),
            "write one name",
        );
    }
    if text.len() > MAX_NAME || text.contains(['/', ' ', '\t']) {
        return refuse(
            format!("VMAC interface name '{text}' too long or invalid characters - ignoring"),
            "interfaces have names of at most 15 letters, without a slash",
        );
    }
    if reading.host.has_interface(&text) && !reading.host.is_macvlan(&text) {
        let instance = current_name(reading);
        let message = format!(
            "({instance}) interface {text} already exists and is not a private macvlan; ignoring vmac if_name"
        );
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write a name that no other interface has");
        return reading.fault(told);
    }
    let user = |instance: &&crate::written::Instance| {
        let has = |mac: &WrittenMac| mac.name.as_ref().is_some_and(|name| name.value == text);
        instance.vmac.as_ref().is_some_and(has)
    };
    if let Some(other) = reading.written.instances.iter().find(user) {
        let (instance, other) = (current_name(reading), other.name.value.clone());
        let message = format!("({instance}) VRRP instance {other} is already using {text} - ignoring name");
        let told = Diagnostic::warning("duplicate-name", message)
            .at(word.span)
            .help("write another name");
        return reading.fault(told);
    }
    mac.name = Some(Spanned::new(text, word.span));
}

fn address(reading: &mut Reading<'_>, word: &Word, mac: &mut WrittenMac) {
    let text = word.text();
    let octets: Option<Vec<u8>> = text
        .split(':')
        .take(6)
        .map(|octet| u8::from_str_radix(octet, 16).ok())
        .collect();
    match octets {
        Some(octets) if octets.len() >= 5 && octets[0] & 1 != 0 => {
            let told = Diagnostic::warning(
                "bad-address",
                format!("VMAC MAC address is multicast {text} - ignoring"),
            )
            .at(word.span)
            .help("write an address whose first octet is even");
            reading.fault(told);
        }
        Some(octets) if octets.len() >= 5 => mac.mac = Some(octets),
        _ => {
            let told = Diagnostic::warning(
                "bad-address",
                format!("invalid VMAC MAC address {text} - ignoring"),
            )
            .at(word.span)
            .help(
                "write six octets with colons between them, or five; the virtual_router_id is the sixth then",
            );
            reading.fault(told);
        }
    }
}

/// `use_vmac_addr`.
pub(crate) fn use_vmac_addr(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.vmac_addresses = true;
    }
}

/// `vmac_xmit_base`.
pub(crate) fn xmit_base(reading: &mut Reading<'_>, line: &Line) {
    let span = line.keyword().span;
    if let Some(instance) = current(reading) {
        instance.xmit_base = Some(span);
    }
}

/// `vmac_prefix` and `vmac_addr_prefix`.
pub(crate) fn prefix(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the beginning of names") else {
        return;
    };
    let text = word.text().into_owned();
    let global = &mut reading.written.global;
    if line.keyword().bytes == b"vmac_prefix" {
        global.vmac_prefix = Some(text);
    } else {
        global.vmac_addr_prefix = Some(text);
    }
}
