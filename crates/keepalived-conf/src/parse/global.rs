//! `global_defs`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use syntax::{Diagnostic, Span};

use super::number::{seconds, switch, unsigned};
use super::script::{bad, ids};
use crate::lines::Line;
use crate::model::{SmtpServer, Version};
use crate::reading::Reading;

/// The value of a keyword without which the original goes on.
fn value(reading: &mut Reading<'_>, line: &Line, missing: &str) -> Option<String> {
    let value = line.arg(0).map(|word| word.text().into_owned());
    if value.is_none() {
        let told = Diagnostic::warning("missing-argument", missing)
            .at(line.behind())
            .help(format!("write a value behind '{}'", line.keyword().text()));
        reading.fault(told);
    }
    value
}

/// `router_id`.
pub(crate) fn router_id(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = value(reading, line, "routerid name missing - ignoring") {
        reading.written.global.router_id = Some(value);
    }
}

/// `notification_email_from`.
pub(crate) fn notification_email_from(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = value(reading, line, "emailfrom missing - ignoring") {
        reading.written.global.email_from = Some(value);
    }
}

/// A receiver; several may stand on a line.
pub(crate) fn notification_email(reading: &mut Reading<'_>, line: &Line) {
    let receivers = line.words.iter().map(|word| word.text().into_owned());
    reading.written.global.email_to.extend(receivers);
}

/// Ends the receivers.
pub(crate) fn notification_email_end(reading: &mut Reading<'_>, closed: Span) {
    if reading.written.global.email_to.is_empty() {
        let told = Diagnostic::warning("empty-block", "Warning - empty notification_email block")
            .at(closed)
            .help("write a receiver into it, or remove it");
        reading.fault(told);
    }
}

/// `smtp_server`.
pub(crate) fn smtp_server(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the mail server's address") else {
        return;
    };
    let name = word.text().into_owned();
    let mut shown_port = "25".to_owned();
    let mut port = Some(25);
    let mut why = None;
    if let Some(word) = line.arg(1) {
        shown_port = word.text().into_owned();
        match unsigned(word, 1, 65535) {
            Ok(number) => port = u16::try_from(number).ok(),
            Err(text) => (port, why) = (None, Some(text)),
        }
    }
    let address = name
        .parse::<IpAddr>()
        .ok()
        .or_else(|| reading.host.resolve(&name));
    match (address, port) {
        (Some(address), Some(port)) => {
            reading.written.global.smtp_server = Some(SmtpServer { address, port });
        }
        (address, _) => {
            let message = format!("Invalid smtp server {name} {shown_port}");
            let help = if address.is_none() {
                "write an address, or a name that this machine can resolve; as it stands no mail is sent"
            } else {
                "write a port from 1 to 65535; as it stands no mail is sent"
            };
            let mut told = Diagnostic::warning("bad-value", message)
                .at(line.span())
                .help(help);
            told.notes.extend(why);
            reading.fault(told);
        }
    }
}

/// `smtp_helo_name`.
pub(crate) fn smtp_helo_name(reading: &mut Reading<'_>, line: &Line) {
    match line.arg(0) {
        Some(word) => reading.written.global.smtp_helo_name = Some(word.text().into_owned()),
        None => reading.tell(
            Diagnostic::warning("missing-argument", "smtp_helo_name without a name")
                .at(line.behind())
                .help("write a name behind it; the machine's own is used"),
        ),
    }
}

/// `smtp_connect_timeout`.
pub(crate) fn smtp_connect_timeout(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    match unsigned(word, 0, 4294) {
        Ok(seconds) => {
            if seconds == 0 {
                let told = Diagnostic::warning(
                    "bad-value",
                    "smtp_conect_timeout must be greater than 0, setting to 1",
                )
                .at(word.span)
                .help("write 1 or more");
                reading.fault(told);
            }
            reading.written.global.smtp_connect_timeout = Some(Duration::from_secs(seconds.max(1).into()));
        }
        Err(why) => {
            let message = format!(
                "smtp_connect_timeout '{}' must be in [0, 4294] - ignoring",
                word.text()
            );
            bad(reading, word, message, why, "write whole seconds");
        }
    }
}

/// A switch that is on without a value.
pub(super) fn flag(reading: &mut Reading<'_>, line: &Line) -> Option<bool> {
    let Some(word) = line.arg(0) else {
        return Some(true);
    };
    let value = switch(word);
    if value.is_none() {
        let told = Diagnostic::warning(
            "bad-value",
            format!(
                "Invalid value '{}' for global {} specified",
                word.text(),
                line.keyword().text()
            ),
        )
        .at(word.span)
        .help("write on or off");
        reading.fault(told);
    }
    value
}

/// `smtp_alert`.
pub(crate) fn smtp_alert(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = flag(reading, line) {
        reading.written.global.smtp_alert = Some(value);
    }
}

/// `smtp_alert_vrrp`.
pub(crate) fn smtp_alert_vrrp(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = flag(reading, line) {
        reading.written.global.smtp_alert_vrrp = Some(value);
    }
}

/// `no_email_faults`.
pub(crate) fn no_email_faults(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.no_email_faults = true;
}

/// `dynamic_interfaces`.
pub(crate) fn dynamic_interfaces(reading: &mut Reading<'_>, line: &Line) {
    reading.written.global.dynamic_interfaces = true;
    if let Some(word) = line.arg(0)
        && word.bytes != b"allow_if_changes"
    {
        let told = Diagnostic::warning(
            "bad-value",
            format!("Unknown dynamic_interfaces option '{}'", word.text()),
        )
        .at(word.span)
        .help("only allow_if_changes may stand here");
        reading.fault(told);
    }
}

/// `default_interface`.
pub(crate) fn default_interface(reading: &mut Reading<'_>, line: &Line) {
    if let Some(name) = value(reading, line, "default_interface requires interface name") {
        reading.written.global.default_interface = Some(name);
    }
}

/// `vrrp_mcast_group4`.
pub(crate) fn mcast_group4(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a multicast address") else {
        return;
    };
    match word.text().parse::<Ipv4Addr>() {
        Ok(group) if group.is_multicast() => reading.written.global.mcast_group4 = Some(group),
        other => not_a_group(reading, line, other.is_ok()),
    }
}

/// `vrrp_mcast_group6`.
pub(crate) fn mcast_group6(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a multicast address") else {
        return;
    };
    match word.text().parse::<Ipv6Addr>() {
        Ok(group) if group.is_multicast() => reading.written.global.mcast_group6 = Some(group),
        other => not_a_group(reading, line, other.is_ok()),
    }
}

fn not_a_group(reading: &mut Reading<'_>, line: &Line, is_address: bool) {
    let keyword = line.keyword().text().into_owned();
    let shown = line
        .arg(0)
        .map(|word| word.text().into_owned())
        .unwrap_or_default();
    let message = if is_address {
        format!("{keyword} [{shown}] is not multicast. Skipping")
    } else {
        format!("Can't parse {keyword} [{shown}]. Skipping")
    };
    let told = Diagnostic::warning("bad-address", message)
        .at(line.span())
        .help("write a multicast address, or remove the line");
    reading.fault(told);
}

/// `vrrp_version`.
pub(crate) fn version(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "2 or 3") else {
        return;
    };
    match unsigned(word, 2, 3) {
        Ok(2) => reading.written.global.version = Some(Version::V2),
        Ok(_) => reading.written.global.version = Some(Version::V3),
        Err(why) => bad(
            reading,
            word,
            "VRRP Error: Version must be either 2 or 3",
            why,
            "write 2 or 3",
        ),
    }
}

/// A switch that read no value before version 2.3.
fn younger_flag(reading: &mut Reading<'_>, line: &Line) -> Option<bool> {
    if reading.dialect.version < syntax::Version::new(2, 3) {
        return Some(true);
    }
    flag(reading, line)
}

/// `vrrp_strict`.
pub(crate) fn strict(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = younger_flag(reading, line) {
        reading.written.global.strict = value;
    }
}

/// `vrrp_skip_check_adv_addr`.
pub(crate) fn skip_check_adv_addr(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = younger_flag(reading, line) {
        reading.written.global.skip_check_adv_addr = value;
    }
}

/// `vrrp_check_unicast_src`.
pub(crate) fn check_unicast_src(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.check_unicast_src = true;
}

/// `script_user`.
pub(crate) fn script_user(reading: &mut Reading<'_>, line: &Line) {
    let Some(user) = value(reading, line, "No script username specified") else {
        return;
    };
    let group = line.arg(1).map(|word| word.text());
    match ids(reading, &user, group.as_deref()) {
        Some(ids) => {
            reading.written.global.script_user = Some(ids);
            reading.written.global.script_user_failed = false;
        }
        None => {
            reading.written.global.script_user_failed = true;
            let told = Diagnostic::warning("unknown-user", "Error setting global script uid/gid")
                .at(line.span())
                .help("write a user (and a group) that this machine has; as it stands scripts without a user of their own are not run");
            reading.fault(told);
        }
    }
}

/// `enable_script_security`.
pub(crate) fn script_security(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.script_security = true;
}

/// `vrrp_startup_delay`.
pub(crate) fn startup_delay(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    match seconds(word, Duration::from_micros(1), Duration::from_secs(4294)) {
        Ok(value) => reading.written.global.startup_delay = value,
        Err(why) => {
            let message = format!("vrrp_startup_delay '{}' is invalid", word.text());
            bad(reading, word, message, why, "write seconds");
        }
    }
}

/// `child_wait_time`.
pub(crate) fn child_wait_time(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    match unsigned(word, 0, u32::MAX) {
        Ok(value) => {
            reading.written.global.child_wait_time = Some(Duration::from_secs(value.into()));
        }
        Err(why) => {
            let message = format!("Invalid child_wait_time {}", word.text());
            bad(reading, word, message, why, "write whole seconds");
        }
    }
}

/// `instance`.
pub(crate) fn instance(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = reading.need(line, 0, "a name") {
        reading.written.global.instance = Some(word.text().into_owned());
    }
}

/// `net_namespace`.
pub(crate) fn net_namespace(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = reading.need(line, 0, "the namespace's name") {
        reading.written.global.net_namespace = Some(word.text().into_owned());
    }
}

/// `use_pid_dir`.
pub(crate) fn use_pid_dir(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.use_pid_dir = true;
}

/// `log_unknown_vrids`.
pub(crate) fn log_unknown_vrids(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.log_unknown_vrids = true;
}

/// `iproute_etc_dir` and `iproute_usr_dir`.
pub(crate) fn iproute_folder(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a folder") else {
        return;
    };
    let folder = word.text().trim_end_matches('/').to_owned();
    if line.keyword().bytes == b"iproute_etc_dir" {
        reading.names.etc = folder;
    } else {
        reading.names.usr = folder;
    }
    reading.names.moved();
}
