//! What an instance does otherwise than the protocol's newest version, or than it does by itself: checksums, buffers, whom it hears
//! and tells.

use std::time::Duration;

use syntax::{Diagnostic, Version};

use super::instance::{current, current_name};
use super::notify::command_of;
use super::number::{seconds, switch, unsigned};
use super::script::bad;
use crate::lines::Line;
use crate::model::{BufferPolicy, ExtraGarp, UnicastChecksum};
use crate::reading::Reading;

/// A switch of an instance that is on without a value.
fn flag(reading: &mut Reading<'_>, line: &Line) -> Option<bool> {
    let Some(word) = line.arg(0) else {
        return Some(true);
    };
    let value = switch(word);
    if value.is_none() {
        let message = format!(
            "({}) Invalid value '{}' for {} specified",
            current_name(reading),
            word.text(),
            line.keyword().text()
        );
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write on or off");
        reading.fault(told);
    }
    value
}

/// The same of all instances.
fn global_flag(reading: &mut Reading<'_>, line: &Line) -> Option<bool> {
    let Some(word) = line.arg(0) else {
        return Some(true);
    };
    let value = switch(word);
    if value.is_none() {
        let message = format!(
            "Invalid value '{}' for global {} specified",
            word.text(),
            line.keyword().text()
        );
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write on or off");
        reading.fault(told);
    }
    value
}

/// `notify_priority_changes`.
pub(crate) fn notify_priority_changes(reading: &mut Reading<'_>, line: &Line) {
    let value = flag(reading, line);
    if let Some(instance) = current(reading) {
        instance.notify_priority_changes = value.or(instance.notify_priority_changes);
    }
}

/// `vrrp_notify_priority_changes`.
pub(crate) fn notify_all_priority_changes(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = global_flag(reading, line) {
        reading.written.global.notify_priority_changes = value;
    }
}

/// `owner_ignore_adverts`.
pub(crate) fn owner_ignore_adverts(reading: &mut Reading<'_>, line: &Line) {
    let value = flag(reading, line);
    if let Some(instance) = current(reading) {
        instance.owner_ignores_adverts = value.or(instance.owner_ignores_adverts);
    }
}

/// `vrrp_owner_ignore_adverts`.
pub(crate) fn owners_ignore_adverts(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = global_flag(reading, line) {
        reading.written.global.owners_ignore_adverts = value;
    }
}

/// `v3_checksum_as_v2` of an instance.
pub(crate) fn checksum_as_v2(reading: &mut Reading<'_>, line: &Line) {
    let value = flag(reading, line);
    if let Some(instance) = current(reading) {
        instance.checksum_as_v2 = value.or(instance.checksum_as_v2);
    }
}

/// `v3_checksum_as_v2` of all.
pub(crate) fn all_checksums_as_v2(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = global_flag(reading, line) {
        reading.written.global.checksums_as_v2 = value;
    }
}

/// `old_unicast_checksum`, with `never` where the old one is not even recognised.
pub(crate) fn old_unicast_checksum(reading: &mut Reading<'_>, line: &Line) {
    let value = match line.arg(0) {
        None => UnicastChecksum::Old,
        Some(word) if word.bytes == b"never" => UnicastChecksum::New,
        Some(word) => {
            let message = format!(
                "({}) Unknown old_unicast_chksum mode {} - ignoring",
                current_name(reading),
                word.text()
            );
            let told = Diagnostic::warning("bad-value", message)
                .at(word.span)
                .help("write `never` or nothing behind it");
            return reading.fault(told);
        }
    };
    let span = line.keyword().span;
    if let Some(instance) = current(reading) {
        instance.unicast_checksum = value;
        instance.unicast.get_or_insert(span);
    }
}

/// `kernel_rx_buf_size`.
pub(crate) fn buffer_size(reading: &mut Reading<'_>, line: &Line) {
    let message = format!("({}) invalid kernel_rx_buf_size specified", current_name(reading));
    let Some(word) = line.arg(0) else {
        let told = Diagnostic::warning("missing-argument", message)
            .at(line.behind())
            .help("write bytes behind it");
        return reading.fault(told);
    };
    match unsigned(word, 0, u32::MAX) {
        Ok(size) => {
            if let Some(instance) = current(reading) {
                instance.buffer_size = Some(size);
            }
        }
        Err(why) => bad(reading, word, message, why, "write bytes"),
    }
}

/// `vrrp_rx_bufs_policy`; of several words the last one counts.
pub(crate) fn buffer_policy(reading: &mut Reading<'_>, line: &Line) {
    let Some(first) = line.arg(0) else {
        let told = Diagnostic::warning("missing-argument", "vrrp_rx_bufs_policy missing")
            .at(line.behind())
            .help("write MTU, ADVERT or bytes behind it");
        return reading.fault(told);
    };
    let last = line.args().last().unwrap_or(first);
    let policy = match (&*first.bytes, line.args().len()) {
        (b"MTU", 1) => Ok(BufferPolicy::Mtu),
        (b"ADVERT", 1) => Ok(BufferPolicy::Advert),
        _ => unsigned(first, 0, u32::MAX).map(BufferPolicy::Bytes),
    };
    match policy {
        Ok(policy) => reading.written.global.buffer_policy = Some(policy),
        Err(why) => {
            let message = format!("Invalid vrrp_rx_bufs_policy {}", last.text());
            bad(reading, first, message, why, "write MTU, ADVERT or bytes");
        }
    }
}

/// `vrrp_rx_bufs_multiplier`.
pub(crate) fn buffer_multiplier(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = line.arg(0) else {
        let told = Diagnostic::warning("missing-argument", "Invalid vrrp_rx_bufs_multiplier")
            .at(line.behind())
            .help("write a number behind it");
        return reading.fault(told);
    };
    match unsigned(word, 1, u32::MAX) {
        Ok(number) => reading.written.global.buffer_multiplier = Some(number),
        Err(why) => {
            let message = format!("Invalid vrrp_rx_bufs_multiplier {}", word.text());
            bad(reading, word, message, why, "write 1 or more");
        }
    }
}

/// `garp_extra_if` of an instance, and `vmac_garp_intvl` as it was called.
pub(crate) fn extra_garp(reading: &mut Reading<'_>, line: &Line) {
    let prefix = format!("({}): ", current_name(reading));
    if let Some(extra) = extra(reading, line, &prefix, 0)
        && let Some(instance) = current(reading)
    {
        instance.extra_garp = Some(extra);
    }
}

/// The same of all.
pub(crate) fn all_extra_garp(reading: &mut Reading<'_>, line: &Line) {
    if let Some(extra) = extra(reading, line, "", 1) {
        reading.written.global.extra_garp = Some(extra);
    }
}

fn extra(reading: &mut Reading<'_>, line: &Line, prefix: &str, low: u32) -> Option<ExtraGarp> {
    let keyword = line.keyword().text().into_owned();
    if let Some(scope) = keyword.strip_suffix("vmac_garp_intvl") {
        let message = format!("Keyword \"{keyword}\" is deprecated - please use \"{scope}garp_extra_if\"");
        let told = Diagnostic::warning("deprecated", message)
            .at(line.keyword().span)
            .help(format!("write {scope}garp_extra_if"));
        reading.fault(told);
    }
    let all = line.arg(0).is_some_and(|word| word.bytes == b"all");
    let Some(word) = line.arg(usize::from(all)) else {
        let told = Diagnostic::warning(
            "missing-argument",
            format!("{prefix}{keyword} specified without time - ignoring"),
        )
        .at(line.behind())
        .help("write seconds behind it");
        reading.fault(told);
        return None;
    };
    match unsigned(word, low, 86_400) {
        Ok(seconds) => Some(ExtraGarp {
            every: Duration::from_secs(seconds.into()),
            all,
        }),
        Err(why) => {
            let message = format!("{prefix}{keyword} '{}' invalid - ignoring", word.text());
            bad(reading, word, message, why, "write whole seconds, a day at most");
            None
        }
    }
}

/// `track_src_ip`.
pub(crate) fn track_source(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.track_source = true;
    }
}

/// `no_virtual_ipaddress`.
pub(crate) fn no_addresses(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.no_addresses = true;
    }
}

/// `timer_expired_backup`, with the highest priority that another router has.
pub(crate) fn timer_expired_backup(reading: &mut Reading<'_>, line: &Line) {
    let priority = match line.arg(0).map(|word| (word, unsigned(word, 1, 255))) {
        None => 254,
        // Its range is that of a u8.
        Some((_, Ok(priority))) => priority as u8,
        Some((word, Err(why))) => {
            let message = format!(
                "({}) timer_expired_backup '{}' invalid - ignoring",
                current_name(reading),
                word.text()
            );
            return bad(reading, word, message, why, "write a priority from 1 to 255");
        }
    };
    if let Some(instance) = current(reading) {
        instance.timer_expired_backup = Some(priority);
    }
}

/// `notify_deleted`, with or without a script.
pub(crate) fn notify_deleted(reading: &mut Reading<'_>, line: &Line) {
    if let Some(instance) = current(reading) {
        instance.tells_deleted = true;
    }
    if line.arg(0).is_some()
        && reading.dialect.version > Version::new(2, 2)
        && let Some((mut found, words)) = command_of(reading, line)
        && let Some(ids) = super::notify::ids_of(reading, line, "notify_deleted", &words)
    {
        found.ids = Some(ids);
        if let Some(instance) = current(reading) {
            instance.notify.deleted = Some(found);
        }
    }
}

/// `disable_local_igmp`.
pub(crate) fn disable_local_igmp(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.disable_local_igmp = true;
}

/// `vrrp_delay_after_boot`.
pub(crate) fn delay_after_boot(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    match seconds(word, Duration::ZERO, Duration::from_secs(4294)) {
        Ok(value) => reading.written.global.delay_after_boot = value,
        Err(why) => {
            let message = format!("vrrp_delay_after_boot '{}' is invalid", word.text());
            bad(reading, word, message, why, "write seconds");
        }
    }
}
