//! `virtual_server_group`: addresses, ranges of them, and marks, one a line.

use std::net::IpAddr;

use syntax::{Diagnostic, Span};

use super::value::endpoint;
use crate::lines::{Line, Word};
use crate::parse::number::unsigned;
use crate::parse::script::bad;
use crate::reading::Reading;
use crate::services::ServerGroup;
use crate::written::Spanned;

/// Begins one.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(word) = reading.need(line, 0, "a name") else {
        return false;
    };
    reading.written.services.groups.push(ServerGroup {
        name: Spanned::new(word.text().into_owned(), word.span),
        addresses: 0,
        marks: 0,
        zero_port: false,
    });
    true
}

/// Ends it: without entries it is as if it were not there.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let groups = &mut reading.written.services.groups;
    if let Some(group) = groups.pop_if(|group| group.addresses + group.marks == 0) {
        let message = format!(
            "virtual server group {} has no entries - removing",
            group.name.value
        );
        let told = Diagnostic::warning("empty-block", message)
            .at(closed)
            .label(group.name.span, "this one")
            .help("write addresses with their ports into it, or `fwmark NUMBER`");
        reading.fault(told);
    }
}

/// An entry.
pub(crate) fn entry(reading: &mut Reading<'_>, line: &Line) {
    if line.keyword().bytes == b"fwmark" {
        return mark(reading, line);
    }
    let word = line.keyword();
    let text = word.text();
    if let Some(fault) = range_fault(&text) {
        let told = Diagnostic::warning("bad-address", fault)
            .at(word.span)
            .help("write an address, `FIRST-LAST` with the last octet of the last, or a whole network");
        return reading.fault(told);
    }
    let first = Word {
        bytes: text
            .split(['-', '/'])
            .next()
            .unwrap_or_default()
            .as_bytes()
            .to_vec(),
        ..word.clone()
    };
    let found = endpoint(reading, &first, line.arg(0), |_, port| {
        format!("Invalid virtual server group IP address {text} /port/{port} - skipping")
    });
    if let (Some((_, port)), Some(group)) = (found, reading.written.services.groups.last_mut()) {
        group.addresses += 1;
        group.zero_port |= port == 0;
    }
}

fn mark(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a mark") else {
        return;
    };
    let Some(group) = reading.written.services.groups.last_mut() else {
        return;
    };
    match unsigned(word, 0, u32::MAX) {
        Ok(_) => group.marks += 1,
        Err(why) => {
            let message = format!(
                "({}): fwmark '{}' must be in [0, {}] - ignoring",
                group.name.value,
                word.text(),
                u32::MAX
            );
            bad(reading, word, message, why, "write the mark as a number");
        }
    }
}

/// What is wrong with a range of addresses, as the original says it.
fn range_fault(text: &str) -> Option<String> {
    if let Some((address, length)) = text.split_once('/') {
        let address: IpAddr = address.parse().ok()?;
        let (bits, width) = match address {
            IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
            IpAddr::V6(address) => (address.to_bits(), 128),
        };
        let length = length
            .parse::<u32>()
            .ok()
            .filter(|length| (1..=width).contains(length));
        let Some(length) = length else {
            return Some(format!("Invalid netmask - {text} - skipping"));
        };
        let host = 1_u128.checked_shl(width - length).unwrap_or(0).wrapping_sub(1);
        return (bits & host != 0).then(|| format!("Address mask bits not empty - {text} - skipping"));
    }
    let (first, last) = text.split_once('-')?;
    let first: IpAddr = first.parse().ok()?;
    let (from, to, behind) = match last.parse::<IpAddr>() {
        Ok(last) => match (first, last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => (first.to_bits().into(), u128::from(last.to_bits()), ""),
            (IpAddr::V6(first), IpAddr::V6(last)) => (first.to_bits(), last.to_bits(), ""),
            _ => return Some(format!("Invalid virtual server group range '{text}'")),
        },
        Err(_) => {
            let radix = if first.is_ipv4() { 10 } else { 16 };
            let digits = last.chars().take_while(|letter| letter.is_digit(radix)).count();
            let (number, behind) = last.split_at(digits);
            let from = match first {
                IpAddr::V4(first) => u128::from(first.octets()[3]),
                IpAddr::V6(first) => u128::from(first.segments()[7]),
            };
            let most = if first.is_ipv4() { 0xff } else { 0xffff };
            let to = u128::from_str_radix(number, radix).unwrap_or(0);
            if to > most {
                return Some(format!(
                    "Virtual server group range '{text}' end '{number}' too large"
                ));
            }
            (from, to, behind)
        }
    };
    if !behind.is_empty() {
        return Some(format!(
            "Virtual server group range '{text}' has extra characters at end '{behind}'"
        ));
    }
    (to <= from)
        .then(|| format!("Address range end is not greater than address range start - {text} - skipping"))
}
