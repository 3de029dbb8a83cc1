//! Paths. A port or a speed holds for what stands behind it.

use std::net::{Ipv4Addr, Ipv6Addr};

use syntax::{Applicability, Diagnostic};

use super::times::loose;
use super::value::leading_number;
use super::{Reader, Word, Words};
use crate::host::Terminal;
use crate::model::{Baud, Medium, MediumKind, Setting};

fn push(reader: &mut Reader<'_>, kind: MediumKind, span: syntax::Span) {
    reader.settings.media.push(Medium { kind, span });
}

pub(crate) fn udp_port(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    match u16::try_from(leading_number(&word.text)) {
        Ok(port) if port > 0 => {
            loose(reader, word, &port.to_string());
            let late = reader.settings.media.iter().find(|medium| {
                matches!(
                    medium.kind,
                    MediumKind::Broadcast { .. } | MediumKind::Unicast { .. } | MediumKind::Unicast6 { .. }
                ) && medium.kind.port() != Some(port)
            });
            let late = late.map(|medium| (medium.span, medium.kind.port().unwrap_or_default()));
            if let Some((span, before)) = late {
                reader.tell(
                    Diagnostic::warning("late-setting", "udpport setting must precede media statements")
                        .at(words.name.span.to(word.span))
                        .label(span, format!("uses port {before}"))
                        .help("write it above the paths that are to use it"),
                );
            }
            reader.settings.udp_port = Setting::written(port, word.span);
        }
        _ => {
            let message = format!("invalid port [{}] specified.", word.text);
            reader.refuse("bad-port", word.span, message, "it is a number from 1 to 65535");
        }
    }
}

pub(crate) fn baud(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    match leading_number(&word.text) {
        number @ (9600 | 19_200 | 38_400 | 57_600 | 115_200 | 230_400 | 460_800) => {
            loose(reader, word, &number.to_string());
            let baud = Baud(u32::try_from(number).unwrap_or_default());
            let late = reader.settings.media.iter().find(
                |medium| matches!(&medium.kind, MediumKind::Serial { baud: before, .. } if *before != baud),
            );
            if let Some(span) = late.map(|medium| medium.span) {
                reader.tell(
                    Diagnostic::warning("late-setting", "baudrate setting must precede media statements")
                        .at(words.name.span.to(word.span))
                        .label(span, "uses the speed before")
                        .help("write it above the lines that are to use it"),
                );
            }
            reader.baud = baud;
        }
        _ => {
            let message = format!("invalid baudrate [{}] specified.", word.text);
            let help = "it is 9600, 19200, 38400, 57600, 115200, 230400 or 460800";
            reader.refuse("bad-number", word.span, message, help);
        }
    }
}

pub(crate) fn serial(reader: &mut Reader<'_>, words: &Words) {
    for word in &words.args {
        let device = &word.text;
        let fault = if !device.starts_with('/') {
            Some(format!("Serial port not full pathname [{device}] in config file"))
        } else {
            match reader.host.terminal(device) {
                Some(Terminal::Other) => {
                    Some(format!("Serial port [{device}] not a char device in config file"))
                }
                Some(Terminal::Missing) => Some(format!("Nonexistent serial port [{device}] in config file")),
                Some(Terminal::Device) | None => None,
            }
        };
        if let Some(fault) = fault {
            let message = format!("{fault}\nIllegal serial [serial ring] in config file [{device}]");
            reader.refuse(
                "bad-serial",
                word.span,
                message,
                "a terminal device with its whole path, such as /dev/ttyS0",
            );
            continue;
        }
        let kind = MediumKind::Serial {
            device: device.clone(),
            baud: reader.baud,
        };
        push(reader, kind, word.span);
    }
}

const INTERFACE_HELP: &str =
    "`ip link` has the names of interfaces; one without an address has no broadcast address";

pub(crate) fn bcast(reader: &mut Reader<'_>, words: &Words) {
    for word in &words.args {
        if reader.host.has_interface(&word.text) == Some(false) {
            let message = format!(
                "IP interface [{0}] does not exist\nIllegal bcast [UDP/IP broadcast] in config file [{0}]",
                word.text
            );
            reader.refuse("unknown-interface", word.span, message, INTERFACE_HELP);
            continue;
        }
        let kind = MediumKind::Broadcast {
            interface: word.text.clone(),
            port: reader.settings.udp_port.value,
        };
        push(reader, kind, word.span);
    }
}

/// The old name of `bcast`.
pub(crate) fn udp(reader: &mut Reader<'_>, words: &Words) {
    reader.tell(
        Diagnostic::warning(
            "replaced-directive",
            "WARNING: directive 'udp' replaced by 'bcast'",
        )
        .at(words.name.span)
        .help("write `bcast`")
        .fix("write `bcast`", words.name.span, "bcast", Applicability::Safe),
    );
    if words.args.is_empty() {
        let message = "'udp' without a value sets nothing";
        reader.tell(Diagnostic::warning("missing-argument", message).at(words.span));
    }
    bcast(reader, words);
}

/// The word at `index`, or the original's complaint that it is missing.
fn word<'w>(reader: &mut Reader<'_>, words: &'w Words, index: usize, what: &str) -> Option<&'w Word> {
    let found = words.args.get(index);
    if found.is_none() {
        let name = &words.name.text;
        let message = match words.args.first() {
            Some(device) if name == "ucast" => format!("ucast: [{}] missing {what}", device.text),
            Some(device) => format!("{name} [{}] missing {what}", device.text),
            None => format!("{name} statement without device"),
        };
        let help = match name.as_str() {
            "mcast" => "`mcast INTERFACE GROUP PORT TTL LOOP`, such as `mcast eth0 239.0.0.1 694 1 0`",
            "mcast6" => {
                "`mcast6 INTERFACE GROUP PORT HOPS LOOP`, such as `mcast6 eth0 ff12::1:2:3:4 694 1 0`"
            }
            _ => "an interface and the address of the other node",
        };
        reader.refuse("missing-argument", words.span, message, help);
    }
    found
}

/// A number within `most`. Letters behind it are told of; a word without a number counts as 0.
fn number(reader: &mut Reader<'_>, words: &Words, at: &Word, what: &str, most: u16) -> Option<u16> {
    let value = leading_number(&at.text);
    let found = u16::try_from(value).ok().filter(|value| *value <= most);
    match found {
        Some(value) => {
            loose(reader, at, &value.to_string());
            Some(value)
        }
        None => {
            let device = words.args.first().map_or("", |word| word.text.as_str());
            let message = format!("{} [{device}] bad {what} [{}]", words.name.text, at.text);
            let help = format!("it is a number from 0 to {most}");
            reader.refuse("bad-number", at.span, message, &help);
            None
        }
    }
}

fn multicast_port(reader: &mut Reader<'_>, words: &Words, at: &Word) -> Option<u16> {
    let found = u16::try_from(leading_number(&at.text))
        .ok()
        .filter(|port| *port > 0);
    if let Some(port) = found {
        loose(reader, at, &port.to_string());
    } else {
        let device = words.args.first().map_or("", |word| word.text.as_str());
        let message = format!("{} [{device}] bad port [{}]", words.name.text, at.text);
        reader.refuse("bad-port", at.span, message, "it is a number from 1 to 65535");
    }
    found
}

/// The interface, told of when there is none of that name.
fn interface(reader: &mut Reader<'_>, word: &Word, complaint: &str) -> bool {
    let missing = reader.host.has_interface(&word.text) == Some(false);
    if missing {
        reader.refuse("unknown-interface", word.span, complaint, INTERFACE_HELP);
    }
    !missing
}

pub(crate) fn mcast(reader: &mut Reader<'_>, words: &Words) {
    let Some(device) = word(reader, words, 0, "device") else {
        return;
    };
    let Some(group) = word(reader, words, 1, "mcast address") else {
        return;
    };
    let Some(port) = word(reader, words, 2, "port") else {
        return;
    };
    let Some(ttl) = word(reader, words, 3, "ttl") else {
        return;
    };
    let Some(looped) = word(reader, words, 4, "loop") else {
        return;
    };
    let complaint = format!("mcast device [{}] is invalid or not set up properly", device.text);
    let known = interface(reader, device, &complaint);
    let address: Option<Ipv4Addr> = group.text.parse().ok().filter(Ipv4Addr::is_multicast);
    if address.is_none() {
        let message = format!("mcast [{}] bad addr [{}]", device.text, group.text);
        reader.refuse(
            "bad-address",
            group.span,
            message,
            "a group is an address from 224.0.0.0 to 239.255.255.255",
        );
    }
    let port = multicast_port(reader, words, port);
    let ttl = number(reader, words, ttl, "ttl", 4);
    let looped = number(reader, words, looped, "loop", 1);
    let (true, Some(group), Some(port), Some(ttl), Some(looped)) = (known, address, port, ttl, looped) else {
        return;
    };
    let kind = MediumKind::Multicast {
        interface: device.text.clone(),
        group,
        port,
        ttl: u8::try_from(ttl).unwrap_or(u8::MAX),
        looped: looped == 1,
    };
    push(reader, kind, words.span);
}

/// Whether the original takes a group: flags 0 or 1 (transient), and the scope of the link, the administrator, the site or the
/// organisation.
fn is_group(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 0xff && matches!(second >> 4, 0 | 1) && matches!(second & 0xf, 2 | 4 | 5 | 8)
}

pub(crate) fn mcast6(reader: &mut Reader<'_>, words: &Words) {
    let Some(device) = word(reader, words, 0, "device") else {
        return;
    };
    let Some(group) = word(reader, words, 1, "mcast6 address") else {
        return;
    };
    let Some(port) = word(reader, words, 2, "port") else {
        return;
    };
    let Some(hops) = word(reader, words, 3, "hops") else {
        return;
    };
    let Some(looped) = word(reader, words, 4, "loop") else {
        return;
    };
    let complaint = format!(
        "mcast6 device [{}] is invalid or not set up properly",
        device.text
    );
    let known = interface(reader, device, &complaint);
    let address: Option<Ipv6Addr> = group.text.parse().ok().filter(|address| is_group(*address));
    if address.is_none() {
        let message = format!("mcast6 [{}] bad addr [{}]", device.text, group.text);
        reader.refuse(
            "bad-address",
            group.span,
            message,
            "a group of this link begins with ff12::, one of the site with ff15::",
        );
    }
    let port = multicast_port(reader, words, port);
    let hops = number(reader, words, hops, "hops", 4);
    let looped = number(reader, words, looped, "loop", 1);
    let (true, Some(group), Some(port), Some(hops), Some(looped)) = (known, address, port, hops, looped)
    else {
        return;
    };
    let kind = MediumKind::Multicast6 {
        interface: device.text.clone(),
        group,
        port,
        hops: u8::try_from(hops).unwrap_or(u8::MAX),
        looped: looped == 1,
    };
    push(reader, kind, words.span);
}

pub(crate) fn ucast(reader: &mut Reader<'_>, words: &Words) {
    let Some(device) = word(reader, words, 0, "device") else {
        return;
    };
    let Some(peer) = word(reader, words, 1, "target IP address/hostname") else {
        return;
    };
    // The original finds out only when it opens the path, and ends then.
    if reader.host.has_interface(&device.text) == Some(false) {
        reader.tell(
            Diagnostic::warning(
                "unknown-interface",
                format!("interface [{}] does not exist", device.text),
            )
            .at(device.span)
            .help("this path cannot be opened"),
        );
    }
    let address = match reader.host.resolve_v4(&peer.text) {
        Some(None) => {
            let message = format!(
                "ucast: cannot resolve hostname\nucast: interface [{}] does not exist",
                device.text
            );
            reader.refuse(
                "unknown-host",
                peer.span,
                message,
                "the other node's IPv4 address, or a name that has one",
            );
            return;
        }
        found => found.flatten(),
    };
    let kind = MediumKind::Unicast {
        interface: device.text.clone(),
        peer: peer.text.clone(),
        address,
        port: reader.settings.udp_port.value,
    };
    push(reader, kind, words.span);
}

pub(crate) fn ucast6(reader: &mut Reader<'_>, words: &Words) {
    let Some(device) = word(reader, words, 0, "device") else {
        return;
    };
    let Some(peer) = word(reader, words, 1, "ucast6 address") else {
        return;
    };
    let complaint = format!(
        "ucast6 device [{}] is invalid or not set up properly",
        device.text
    );
    if !interface(reader, device, &complaint) {
        return;
    }
    let (text, scope) = peer.text.split_once('%').unwrap_or((&peer.text, ""));
    if !scope.is_empty() && scope != device.text {
        let message = format!("Error creating ucast6_private({}, {})", device.text, peer.text);
        reader.refuse(
            "bad-address",
            peer.span,
            message,
            "what stands behind `%` is the interface of the line",
        );
        return;
    }
    let found = reader.host.resolve_v6(text);
    if matches!(found, Some(None)) || found.flatten().is_some_and(|address| address.is_multicast()) {
        let message = format!("ucast6 [{}] bad addr [{}]", device.text, peer.text);
        reader.refuse("bad-address", peer.span, message, "the other node's IPv6 address");
        return;
    }
    let kind = MediumKind::Unicast6 {
        interface: device.text.clone(),
        peer: peer.text.clone(),
        address: found.flatten(),
        port: reader.settings.udp_port.value,
    };
    push(reader, kind, words.span);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_ipv6_have_a_scope_within_the_organisation() {
        for good in [
            "ff12::1:2:3:4",
            "ff02::1",
            "ff05::1:2:3",
            "ff15::1",
            "ff04::1",
            "ff18::1",
        ] {
            assert!(is_group(good.parse().expect("an address")), "{good}");
        }
        for bad in [
            "ff1e::1", "ff0e::1", "ff11::1", "ff10::1", "ff32::1", "ff72::1", "fd00::1",
        ] {
            assert!(!is_group(bad.parse().expect("an address")), "{bad}");
        }
    }
}
