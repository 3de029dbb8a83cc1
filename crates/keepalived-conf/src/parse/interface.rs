//! What holds for interfaces: `garp_group`, `interface_up_down_delays`, `linkbeat_interfaces` and `linkbeat_use_polling`.

use std::time::Duration;

use syntax::{Diagnostic, Span};

use super::instance::{current, current_name};
use super::number::{seconds, switch, unsigned};
use super::script::bad;
use super::track::missing_interface;
use crate::lines::{Line, Word};
use crate::model::LinkQuestion;
use crate::reading::Reading;
use crate::written::{Spanned, WrittenDelay, WrittenGarpGroup};

/// Begins a `garp_group`.
pub(crate) fn begin_group(reading: &mut Reading<'_>, line: &Line) -> bool {
    reading.written.garp_groups.push(WrittenGarpGroup {
        span: line.span(),
        arp: None,
        neighbour: None,
        interfaces: Vec::new(),
    });
    true
}

/// Ends it: one without an interval, or without interfaces, is as if it were not there.
pub(crate) fn end_group(reading: &mut Reading<'_>, at: Span) {
    let number = reading.written.garp_groups.len().saturating_sub(1);
    let Some(group) = reading.written.garp_groups.last() else {
        return;
    };
    if group.arp.is_none() && group.neighbour.is_none() {
        reading.written.garp_groups.pop();
        let message = format!("garp group {number} does not have any delay set - removing");
        let told = Diagnostic::warning("missing-keyword", message)
            .at(at)
            .help("write `garp_interval SECONDS` or `gna_interval SECONDS` into it");
        return reading.fault(told);
    }
    if group.interfaces.is_empty() {
        let told = Diagnostic::warning(
            "missing-keyword",
            format!("garp group {number} has no interfaces"),
        )
        .at(group.span)
        .help("write `interfaces { NAME }` into it; as it stands nothing has its times");
        // The original says nothing.
        reading.tell(told);
        reading.written.garp_groups.pop();
    }
}

/// `garp_interval` and `gna_interval` of a group.
pub(crate) fn interval(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    let value = seconds(word, Duration::ZERO, Duration::from_micros(4_294_967_295));
    let arp = line.keyword().bytes == b"garp_interval";
    match value {
        Ok(value) => {
            if let Some(group) = reading.written.garp_groups.last_mut() {
                let place = if arp { &mut group.arp } else { &mut group.neighbour };
                *place = Some(value);
            }
        }
        Err(why) => {
            let message = format!("{} '{}' is invalid", line.keyword().text(), word.text());
            bad(
                reading,
                word,
                message,
                why,
                "write seconds, with a fraction if need be",
            );
        }
    }
}

/// `interface` of a group.
pub(crate) fn group_interface(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = reading.need(line, 0, "an interface") {
        add_to_group(reading, word);
    }
}

/// A line of `interfaces`.
pub(crate) fn group_interfaces(reading: &mut Reading<'_>, line: &Line) {
    for word in &line.words {
        add_to_group(reading, word);
    }
}

/// Ends `interfaces`.
pub(crate) fn end_interfaces(reading: &mut Reading<'_>, at: Span) {
    let last = reading.written.garp_groups.last();
    if last.is_some_and(|group| group.interfaces.is_empty()) {
        let told = Diagnostic::warning("missing-keyword", "Warning - empty garp_group interfaces block")
            .at(at)
            .help("write the names of interfaces into it");
        reading.fault(told);
    }
}

fn add_to_group(reading: &mut Reading<'_>, word: &Word) {
    let name = word.text().into_owned();
    if !reading.host.has_interface(&name) {
        let message = format!("WARNING - interface {name} specified for garp_group doesn't exist");
        missing_interface(reading, message, word.span);
    }
    let mut all = reading
        .written
        .garp_groups
        .iter()
        .flat_map(|group| &group.interfaces);
    if let Some(earlier) = all.find(|known| known.value == name).map(|known| known.span) {
        let told = Diagnostic::warning(
            "duplicate-name",
            format!("garp_group already specified for {name} - ignoring"),
        )
        .at(word.span)
        .label(earlier, "first named here")
        .help("name it in one group only");
        return reading.fault(told);
    }
    if let Some(group) = reading.written.garp_groups.last_mut() {
        group.interfaces.push(Spanned::new(name, word.span));
    }
}

/// An entry of `interface_up_down_delays`.
pub(crate) fn delay(reading: &mut Reading<'_>, line: &Line) {
    let word = line.keyword();
    let interface = word.text().into_owned();
    if !known(reading, word, "up/down delay") {
        return;
    }
    let mut times = [None, None];
    for (time, word) in times.iter_mut().zip(line.args()) {
        match seconds(word, Duration::ZERO, Duration::from_secs(255)) {
            Ok(value) => *time = Some(value),
            Err(why) => {
                let message = format!("delay '{}' for {interface} is invalid", word.text());
                return bad(reading, word, message, why, "write seconds, 0 to 255");
            }
        }
    }
    let [down, up] = times;
    let down = down.unwrap_or_default();
    let delays = &mut reading.written.delays;
    delays.retain(|delay| delay.interface.value != interface);
    delays.push(WrittenDelay {
        interface: Spanned::new(interface, word.span),
        down,
        up: up.unwrap_or(down),
    });
}

/// An entry of `linkbeat_interfaces`.
pub(crate) fn linkbeat(reading: &mut Reading<'_>, line: &Line) {
    let word = line.keyword();
    if !known(reading, word, "linkbeat interface") {
        return;
    }
    let name = word.text().into_owned();
    let question = match line.args() {
        [] => LinkQuestion::Mii,
        [kind] if kind.bytes == b"MII" => LinkQuestion::Mii,
        [kind] if kind.bytes == b"ETHTOOL" => LinkQuestion::Ethtool,
        [kind] if kind.bytes == b"IOCTL" => LinkQuestion::Flags,
        [kind, ..] => {
            let message = format!("extra characters {} in linkbeat interface", kind.text());
            let told = Diagnostic::warning("bad-value", message)
                .at(kind.span)
                .help("behind the name may stand: MII, ETHTOOL or IOCTL");
            reading.fault(told);
            LinkQuestion::Mii
        }
    };
    let interfaces = &mut reading.written.linkbeat.interfaces;
    interfaces.retain(|(known, _)| *known != name);
    interfaces.push((name, question));
}

/// Whether there is an interface of that name, or may be later.
fn known(reading: &mut Reading<'_>, word: &Word, what: &str) -> bool {
    let name = word.text();
    if reading.host.has_interface(&name) {
        return true;
    }
    let message = format!("unknown interface {name} specified for {what}");
    missing_interface(reading, message, word.span);
    reading.written.global.dynamic_interfaces
}

/// `linkbeat_use_polling` outside of every block.
pub(crate) fn linkbeat_all(reading: &mut Reading<'_>, _: &Line) {
    reading.written.linkbeat.all = true;
}

/// `linkbeat_use_polling` of an instance: for its interface.
pub(crate) fn linkbeat_own(reading: &mut Reading<'_>, line: &Line) {
    let message = format!(
        "({}) 'linkbeat_use_polling' in vrrp instance deprecated - use linkbeat_interfaces block",
        current_name(reading)
    );
    let told = Diagnostic::warning("deprecated", message)
        .at(line.keyword().span)
        .help("write `linkbeat_interfaces { INTERFACE }` outside of the instance");
    reading.fault(told);
    if let Some(instance) = current(reading) {
        instance.linkbeat = true;
    }
}

/// `vrrp_netlink_cmd_rcv_bufs` and its kin.
pub(crate) fn netlink_buffer(reading: &mut Reading<'_>, line: &Line) {
    let keyword = line.keyword().text().into_owned();
    if keyword.ends_with("_force") {
        let value = match line.arg(0) {
            None => true,
            Some(word) => match switch(word) {
                Some(value) => value,
                None => {
                    let message = format!("Invalid value '{}' for global {keyword} specified", word.text());
                    let told = Diagnostic::warning("bad-value", message)
                        .at(word.span)
                        .help("write on or off");
                    return reading.fault(told);
                }
            },
        };
        buffer(reading, &keyword).force = value;
        return;
    }
    let Some(word) = reading.need(line, 0, "bytes") else {
        return;
    };
    match unsigned(word, 0, u32::MAX) {
        Ok(size) => buffer(reading, &keyword).size = Some(size),
        Err(why) => {
            let message = format!("{keyword} size ({}) invalid", word.text());
            bad(reading, word, message, why, "write a number of bytes");
        }
    }
}

fn buffer<'r>(reading: &'r mut Reading<'_>, keyword: &str) -> &'r mut crate::model::ReceiveBuffer {
    let global = &mut reading.written.global;
    if keyword.contains("_cmd_") {
        &mut global.command_buffer
    } else {
        &mut global.monitor_buffer
    }
}
