//! What `global_defs` says of the LVS part.

use std::net::IpAddr;

use syntax::Diagnostic;

use super::value::{lacks, number};
use crate::lines::{Line, Word};
use crate::parse::global::flag;
use crate::parse::number::{signed, switch, unsigned};
use crate::parse::script::bad;
use crate::reading::Reading;

/// `lvs_sync_daemon`.
pub(crate) fn sync_daemon(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_none() {
        return lacks(
            reading,
            line,
            "lvs_sync_daemon requires interface",
            "write an interface",
        );
    }
    let mut words = line.args()[1..].iter();
    while let Some(option) = words.next() {
        let Some(value) = words.next() else { return };
        let text = value.text();
        match &*option.bytes {
            b"id" => {
                let message = format!("Invalid syncid ({text}) - defaulting to vrid");
                within(reading, value, (0, 255), message);
            }
            b"maxlen" => {
                let message = format!("Invalid lvs_sync_daemon maxlen ({text}) - ignoring");
                within(reading, value, (1, 65507), message);
            }
            b"port" => {
                let message = format!("Invalid lvs_sync_daemon port ({text}) - ignoring");
                within(reading, value, (1, 65535), message);
            }
            b"ttl" => {
                let message = format!("Invalid lvs_sync_daemon ttl ({text}) - ignoring");
                within(reading, value, (1, 255), message);
            }
            b"group" if !text.parse::<IpAddr>().is_ok_and(|group| group.is_multicast()) => {
                let message = format!("Invalid lvs_sync_daemon group ({text}) - ignoring");
                let told = Diagnostic::warning("bad-address", message)
                    .at(value.span)
                    .help("write a multicast address");
                reading.fault(told);
            }
            _ => {}
        }
    }
}

fn within(reading: &mut Reading<'_>, word: &Word, (low, high): (u32, u32), message: String) {
    if let Err(why) = unsigned(word, low, high) {
        bad(
            reading,
            word,
            message,
            why,
            format!("write a number from {low} to {high}"),
        );
    }
}

/// `lvs_timeouts`.
pub(crate) fn timeouts(reading: &mut Reading<'_>, line: &Line) {
    if line.args().len() < 2 {
        let message = "lvs_timeouts requires at least one option";
        return lacks(
            reading,
            line,
            message,
            "write `tcp`, `tcpfin` or `udp` with seconds behind it",
        );
    }
    let mut words = line.args().iter();
    while let Some(option) = words.next() {
        let name = option.text();
        if !matches!(&*name, "tcp" | "tcpfin" | "udp") {
            let message = format!("Unknown option {name} specified for lvs_timeouts");
            let told = Diagnostic::warning("unknown-option", message)
                .at(option.span)
                .help("write tcp, tcpfin or udp");
            reading.fault(told);
            continue;
        }
        let Some(value) = words.next() else {
            let message = format!("No value specified for lvs_timeout {name} - ignoring");
            return lacks(reading, line, &message, "write seconds");
        };
        let message = format!("Invalid lvs_timeout {name} ({}) - ignoring", value.text());
        within(reading, value, (0, 2_147_483_647), message);
    }
}

/// `lvs_flush_onstop`.
pub(crate) fn flush_on_stop(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = line.arg(0).filter(|word| word.bytes != b"VS") {
        let message = format!("Unknown lvs_flush_on_stop type {}", word.text());
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write VS, or nothing");
        reading.fault(told);
    }
}

/// `lvs_notify_fifo` and `lvs_notify_fifo_script`.
pub(crate) fn fifo(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_some() {
        return;
    }
    let keyword = line.keyword().text().into_owned();
    let message = if keyword.ends_with("_script") {
        format!("No {keyword} specified")
    } else {
        format!("No {keyword} name specified")
    };
    lacks(reading, line, &message, "write a path");
}

/// `checker_log_all_failures`.
pub(crate) fn log_all_failures(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = line.arg(0).filter(|word| switch(word).is_none()) {
        let message = "Invalid value for checker_log_all_failures specified";
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write on or off");
        reading.fault(told);
    }
}

/// `smtp_alert_checker`, `lvs_netlink_cmd_rcv_bufs_force` and `lvs_netlink_monitor_rcv_bufs_force`.
pub(crate) fn global_switch(reading: &mut Reading<'_>, line: &Line) {
    flag(reading, line);
}

/// `lvs_netlink_cmd_rcv_bufs` and `lvs_netlink_monitor_rcv_bufs`.
pub(crate) fn buffers(reading: &mut Reading<'_>, line: &Line) {
    let name = line.keyword().text().into_owned();
    number(reading, line, (0, u32::MAX), |text| {
        format!("{name} size ({text}) invalid")
    });
}

/// `nftables_ipvs_priority`.
pub(crate) fn chain_priority(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a priority") else {
        return;
    };
    if let Err(why) = signed(word, i32::MIN, i32::MAX) {
        let message = format!("invalid ipvs nftables chain priority '{}'", word.text());
        bad(reading, word, message, why, "write a number");
    }
}

/// `nftables_ipvs_start_fwmark`.
pub(crate) fn first_mark(reading: &mut Reading<'_>, line: &Line) {
    number(reading, line, (1, u32::MAX), |text| {
        format!("invalid ipvs nftables start_fwmark priority '{text}'")
    });
}
