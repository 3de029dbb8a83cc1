//! `encap` of a route or of one of its next hops.

use super::number::unsigned;
use super::route_value::{Words, host_address, wrong};
use crate::lines::Word;
use crate::model::Encap;
use crate::names::{Names, number, wide_number};
use crate::reading::Reading;

/// `encap TYPE …`; none when the route is left out, as it would not be what the file asks for.
pub(super) fn encap(reading: &mut Reading<'_>, words: &mut Words<'_>) -> Option<Encap> {
    let kind = words.value(reading, "mpls, ip, ip6 or ila")?;
    match &*kind.bytes {
        b"mpls" => {
            let value = words.value(reading, "labels")?;
            let text = value.text();
            let labels: Option<Vec<u32>> = text
                .split('/')
                .map(|label| number(label).filter(|label| *label < 1 << 20))
                .collect();
            // The original takes no more.
            let labels = labels.filter(|labels| labels.len() <= 2);
            if labels.is_none() {
                let message = format!("invalid mpls address {text} for encapsulation");
                wrong(
                    reading,
                    value,
                    message,
                    None,
                    "write one or two labels, below 1048576, with / between them",
                );
            }
            labels.map(Encap::Mpls)
        }
        b"ila" => {
            let value = words.value(reading, "a locator")?;
            let text = value.text();
            let parts: Option<Vec<u16>> = text
                .split(':')
                .map(|part| u16::from_str_radix(part, 16).ok())
                .collect();
            let Some([a, b, c, d]) = parts.as_deref() else {
                let message = format!("invalid locator {text} for ila encapsulation");
                wrong(
                    reading,
                    value,
                    message,
                    None,
                    "write four groups of hexadecimal digits with : between them",
                );
                return None;
            };
            let parts = [*a, *b, *c, *d].map(u64::from);
            Some(Encap::Ila(parts.iter().fold(0, |all, part| all << 16 | part)))
        }
        b"ip" | b"ip6" => ip_encap(reading, words, kind, kind.bytes == b"ip6"),
        _ => {
            let message = format!("Unknown encap type - {}", kind.text());
            wrong(
                reading,
                kind,
                message,
                None,
                "write mpls, ip, ip6 or ila; as it stands the route is not set",
            );
            None
        }
    }
}

fn ip_encap(reading: &mut Reading<'_>, words: &mut Words<'_>, kind: &Word, ipv6: bool) -> Option<Encap> {
    let (mut id, mut destination, mut source) = (None, None, None);
    let (mut ttl, mut tos_value, mut flags) = (None, None, None);
    let shown = if ipv6 { "ip6" } else { "ip" };
    let help = "as it stands the route is not set";
    while let Some(word) = words.peek() {
        match &*word.bytes {
            b"id" => {
                words.next();
                let value = words.value(reading, "a number")?;
                id = wide_number(&value.text());
                if id.is_none() {
                    let text = value.text();
                    let message = match ipv6 {
                        true => format!("id {text} value invalid for IPv6 encapsulation"),
                        false => format!("encap id {text} value is invalid"),
                    };
                    wrong(
                        reading,
                        value,
                        message,
                        Some(format!("invalid number '{text}'")),
                        help,
                    );
                    return None;
                }
            }
            b"dst" | b"src" => {
                words.next();
                let value = words.value(reading, "an address")?;
                let address = host_address(reading, value, "invalid encapsulation address")?;
                if address.is_ipv6() != ipv6 {
                    let family = if ipv6 { "IPv4" } else { "IPv6" };
                    let message = format!("{family} address {address} not valid for {shown} encapsulation");
                    wrong(reading, value, message, None, help);
                    return None;
                }
                if word.bytes == b"dst" {
                    destination = Some(address);
                } else {
                    source = Some(address);
                }
            }
            b"ttl" | b"hoplimit" => {
                words.next();
                let value = words.value(reading, "a number up to 255")?;
                match unsigned(value, 0, 255) {
                    Ok(number) => ttl = u8::try_from(number).ok(),
                    Err(why) => {
                        let message = format!(
                            "{} {} is not valid for {shown} encapsulation",
                            word.text(),
                            value.text()
                        );
                        wrong(reading, value, message, Some(why), help);
                        return None;
                    }
                }
            }
            b"tos" | b"tc" => {
                words.next();
                let value = words.value(reading, "a number up to 255")?;
                let host = reading.host;
                let text = value.text();
                tos_value = reading
                    .names
                    .number(host, Names::Tos, &text)
                    .or_else(|| number(&text))
                    .and_then(|number| u8::try_from(number).ok());
                if tos_value.is_none() {
                    let message = format!("dsfield {text} not valid for {shown} encapsulation");
                    wrong(reading, value, message, None, help);
                    return None;
                }
            }
            b"flags" => {
                words.next();
                let value = words.value(reading, "a number")?;
                flags = number(&value.text()).and_then(|number| u16::try_from(number).ok());
                if flags.is_none() {
                    let message = format!("flags {} not valid for {shown} encapsulation", value.text());
                    wrong(reading, value, message, None, help);
                    return None;
                }
            }
            _ => break,
        }
    }
    if id.is_none() && destination.is_none() {
        let message = format!("address or id missing for {shown} encapsulation");
        wrong(
            reading,
            kind,
            message,
            None,
            "write `dst ADDRESS` or `id NUMBER` behind it",
        );
        return None;
    }
    Some(Encap::Ip {
        ipv6,
        id,
        destination,
        source,
        ttl,
        tos: tos_value,
        flags,
    })
}
