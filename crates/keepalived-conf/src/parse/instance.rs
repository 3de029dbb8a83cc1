//! `vrrp_instance`.

use std::time::Duration;

use syntax::{Diagnostic, Span};

use super::address::MAX_NAME;
use super::number::{seconds, switch, unsigned};
use super::script::bad;
use super::track::missing_interface;
use crate::lines::Line;
use crate::model::{InitialState, Version};
use crate::reading::Reading;
use crate::written::{AuthType, Instance, Spanned};

/// Begins an instance; a second one of a name is skipped.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let [word] = line.args() else {
        let told = Diagnostic::warning("missing-argument", "vrrp_instance must have a name")
            .at(line.behind())
            .help("write one name behind it; as it stands the whole block is left out");
        reading.fault(told);
        return false;
    };
    let name = word.text().into_owned();
    if let Some(earlier) = reading.written.instance_names.get(&name).copied() {
        let told = Diagnostic::warning("duplicate-name", format!("vrrp instance {name} already defined"))
            .at(word.span)
            .label(earlier, "first defined here")
            .help("give it another name; as it stands the whole block is left out");
        reading.fault(told);
        return false;
    }
    reading.written.instance_names.insert(name.clone(), word.span);
    reading
        .written
        .instances
        .push(Instance::new(Spanned::new(name, word.span)));
    true
}

/// Ends it. What only the whole file can show is told later.
pub(crate) fn end(reading: &mut Reading<'_>, at: Span) {
    let name = current_name(reading);
    if let Some(instance) = current(reading)
        && (instance.vmac.is_some() || instance.ipvlan.is_some())
        && instance.xmit_base.is_none()
        && !instance.peers.is_empty()
    {
        instance.xmit_base = Some(at);
        let message = format!("({name}) unicast with use_vmac requires vmac_xmit_base - setting");
        let told = Diagnostic::warning("clash", message)
            .at(at)
            .help("write `vmac_xmit_base` beside it");
        reading.fault(told);
    }
    let without_peers = |instance: &&mut Instance| instance.peers.is_empty();
    let ttl = current(reading)
        .filter(without_peers)
        .and_then(|instance| instance.unicast_ttl.take());
    if ttl.is_some() {
        let message = format!(
            "({}): Cannot use unicast_ttl without unicast peers - resetting",
            current_name(reading)
        );
        let told = Diagnostic::warning("no-peer", message)
            .at(at)
            .help("write `unicast_peer { ADDRESS }` beside it, or remove it");
        reading.fault(told);
    }
}

/// The instance that is being read.
pub(crate) fn current<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut Instance> {
    reading.written.instances.last_mut()
}

/// Its name.
pub(crate) fn current_name(reading: &Reading<'_>) -> String {
    reading
        .written
        .instances
        .last()
        .map(|instance| instance.name.value.clone())
        .unwrap_or_default()
}

/// `state`.
pub(crate) fn state(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "MASTER or BACKUP") else {
        return;
    };
    let state = match &*word.bytes {
        b"MASTER" => InitialState::Master,
        b"BACKUP" => InitialState::Backup,
        _ => {
            let told = Diagnostic::warning(
                "bad-value",
                format!(
                    "({}) unknown state '{}', defaulting to BACKUP",
                    current_name(reading),
                    word.text()
                ),
            )
            .at(word.span)
            .help("write MASTER or BACKUP, in capitals");
            return reading.fault(told);
        }
    };
    let Some(earlier) = current(reading).map(|instance| instance.state.clone()) else {
        return;
    };
    match earlier {
        Some(earlier) if earlier.value != state => {
            let shown = |state| match state {
                InitialState::Master => "MASTER",
                InitialState::Backup => "BACKUP",
            };
            let told = Diagnostic::warning(
                "duplicate-keyword",
                format!(
                    "({}) state previously set as {} - ignoring {}",
                    current_name(reading),
                    shown(earlier.value),
                    shown(state)
                ),
            )
            .at(word.span)
            .label(earlier.span, "first given here")
            .help("remove one of them");
            reading.fault(told);
        }
        _ => {
            if let Some(instance) = current(reading) {
                instance.state = Some(Spanned::new(state, word.span));
            }
        }
    }
}

/// `interface`.
pub(crate) fn interface(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the interface's name") else {
        return;
    };
    let name = word.text().into_owned();
    if name.len() > MAX_NAME {
        let told = Diagnostic::warning(
            "bad-value",
            format!("Interface name '{name}' too long - ignoring"),
        )
        .at(word.span)
        .help(format!("interfaces have names of at most {MAX_NAME} letters"));
        return reading.fault(told);
    }
    if !reading.host.has_interface(&name) {
        let instance = current_name(reading);
        let message = format!("WARNING - interface {name} for vrrp_instance {instance} doesn't exist");
        missing_interface(reading, message, word.span);
    } else if reading.host.is_loopback(&name) {
        let instance = current_name(reading);
        let told = Diagnostic::warning(
            "bad-value",
            format!("({instance}) cannot use a loopback interface ({name}) for vrrp - ignoring"),
        )
        .at(word.span)
        .help("write the interface that the partners are reached by");
        reading.fault(told);
        if let Some(instance) = current(reading) {
            instance.interface = None;
        }
        return;
    }
    if let Some(instance) = current(reading) {
        instance.interface = Some(Spanned::new(name, word.span));
    }
}

/// `virtual_router_id`.
pub(crate) fn virtual_router_id(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a number from 1 to 255") else {
        return;
    };
    match unsigned(word, 1, 255) {
        Ok(id) => {
            let id = u8::try_from(id).unwrap_or(1);
            if let Some(instance) = current(reading) {
                instance.virtual_router_id = Some(Spanned::new(id, word.span));
            }
        }
        Err(why) => {
            let message = format!(
                "({}): VRID '{}' not valid - must be between 1 & 255",
                current_name(reading),
                word.text()
            );
            bad(reading, word, message, why, "write a number from 1 to 255");
        }
    }
}

/// `priority`.
pub(crate) fn priority(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a number from 1 to 255") else {
        return;
    };
    let priority = match unsigned(word, 1, 255) {
        Ok(priority) => u8::try_from(priority).unwrap_or(100),
        Err(why) => {
            let message = format!(
                "({}) Priority not valid! must be between 1 & 255. Using default 100",
                current_name(reading)
            );
            bad(reading, word, message, why, "write a number from 1 to 255");
            100
        }
    };
    if let Some(instance) = current(reading) {
        instance.priority = Some(Spanned::new(priority, word.span));
    }
}

/// `advert_int`.
pub(crate) fn advert_int(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    match seconds(word, Duration::from_millis(10), Duration::from_secs(255)) {
        Ok(value) => {
            if let Some(instance) = current(reading) {
                instance.advert_int = Some(Spanned::new(value, word.span));
            }
        }
        Err(why) => {
            let message = format!(
                "({}) Advert interval ({}) not valid! Must be > 0 - ignoring",
                current_name(reading),
                word.text()
            );
            bad(
                reading,
                word,
                message,
                why,
                "write seconds, 0.01 to 255; in version 2 whole ones",
            );
        }
    }
}

/// `version`.
pub(crate) fn version(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "2 or 3") else {
        return;
    };
    match unsigned(word, 2, 3) {
        Ok(number) => {
            let version = if number == 2 { Version::V2 } else { Version::V3 };
            let earlier = current(reading).and_then(|instance| match &instance.version {
                Some(given) => Some((given.value, Some(given.span))),
                // There is no other with IPv6.
                None => (instance.ipv4 == Some(false)).then_some((Version::V3, None)),
            });
            if let Some((_, span)) = earlier.filter(|(earlier, _)| *earlier != version) {
                let other = if number == 2 { 3 } else { 2 };
                let mut told = Diagnostic::warning(
                    "duplicate-keyword",
                    format!(
                        "({}) vrrp_version {number} conflicts with configured or deduced version {other}; ignoring.",
                        current_name(reading)
                    ),
                )
                .at(word.span)
                .help("remove it: IPv6 has version 3 alone, and only one line counts");
                if let Some(span) = span {
                    told = told.label(span, "first given here");
                }
                return reading.fault(told);
            }
            if let Some(instance) = current(reading) {
                instance.version = Some(Spanned::new(version, word.span));
            }
        }
        Err(why) => {
            let message = format!("({}): Version must be either 2 or 3", current_name(reading));
            bad(reading, word, message, why, "write 2 or 3");
        }
    }
}

/// Begins `authentication`.
pub(crate) fn authentication(reading: &mut Reading<'_>, line: &Line) -> bool {
    if let Some(instance) = current(reading) {
        instance.authentication = Some(line.span());
    }
    true
}

/// `auth_type`.
pub(crate) fn auth_type(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "PASS or AH") else {
        return;
    };
    let kind = match &*word.bytes {
        b"PASS" => AuthType::Pass,
        b"AH" => AuthType::Ah,
        _ => {
            let told = Diagnostic::warning(
                "bad-value",
                format!(
                    "({}) unknown authentication type '{}'",
                    current_name(reading),
                    word.text()
                ),
            )
            .at(word.span)
            .help("write PASS or AH, in capitals; as it stands there is no authentication");
            return reading.fault(told);
        }
    };
    if let Some(instance) = current(reading) {
        instance.auth_type = Some(Spanned::new(kind, word.span));
    }
}

/// `auth_pass`: eight bytes count.
pub(crate) fn auth_pass(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a password") else {
        return;
    };
    let mut password = [0; 8];
    for (place, byte) in password.iter_mut().zip(&word.bytes) {
        *place = *byte;
    }
    if word.bytes.len() > password.len() {
        let kept = String::from_utf8_lossy(&password).into_owned();
        let told = Diagnostic::warning("long-password", "Truncating auth_pass to 8 characters")
            .at(word.span)
            .help(format!(
                "write `auth_pass {kept}`: no more of it goes out or is compared"
            ));
        reading.fault(told);
    }
    if let Some(instance) = current(reading) {
        instance.auth_pass = Some(Spanned::new(password, word.span));
    }
}

/// Notes that the instance asks for what is not built yet.
pub(super) fn hold(reading: &mut Reading<'_>, span: Span, what: &'static str) {
    if let Some(instance) = current(reading)
        && instance.held.is_none()
    {
        instance.held = Some((span, what));
    }
}

/// `nopreempt`.
pub(crate) fn nopreempt(reading: &mut Reading<'_>, line: &Line) {
    let span = line.keyword().span;
    if let Some(instance) = current(reading) {
        instance.nopreempt = Some(span);
    }
}

/// `preempt`.
pub(crate) fn preempt(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.nopreempt = None;
    }
}

/// `preempt_delay`.
pub(crate) fn preempt_delay(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds, 0 to 1000") else {
        return;
    };
    match seconds(word, Duration::ZERO, Duration::from_secs(1000)) {
        Ok(value) => {
            if let Some(instance) = current(reading) {
                instance.preempt_delay = Some(Spanned::new(value, word.span));
            }
        }
        Err(why) => {
            let message = format!(
                "({}) Preempt_delay not valid! must be between 0-1000",
                current_name(reading)
            );
            bad(reading, word, message, why, "write seconds, 0 to 1000");
        }
    }
}

/// `debug`.
pub(crate) fn debug(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a level from 0 to 4") else {
        return;
    };
    match unsigned(word, 0, 4) {
        Ok(level) => {
            if let Some(instance) = current(reading) {
                instance.debug = u8::try_from(level).unwrap_or(0);
            }
        }
        Err(why) => {
            let message = format!(
                "({}) Debug value '{}' not valid; must be between 0-4",
                current_name(reading),
                word.text()
            );
            bad(
                reading,
                word,
                message,
                why,
                "nothing looks at this level: remove the line",
            );
        }
    }
}

/// `dont_track_primary`.
pub(crate) fn dont_track_primary(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.dont_track_primary = true;
    }
}

/// `promote_secondaries`.
pub(crate) fn promote_secondaries(reading: &mut Reading<'_>, _: &Line) {
    if let Some(instance) = current(reading) {
        instance.promote_secondaries = true;
    }
}

/// `accept`.
pub(crate) fn accept(reading: &mut Reading<'_>, line: &Line) {
    set_accept(reading, line, true);
}

/// `no_accept`.
pub(crate) fn no_accept(reading: &mut Reading<'_>, line: &Line) {
    set_accept(reading, line, false);
}

fn set_accept(reading: &mut Reading<'_>, line: &Line, accept: bool) {
    if let Some(instance) = current(reading) {
        instance.accept = Some(Spanned::new(accept, line.keyword().span));
    }
}

/// `smtp_alert`.
pub(crate) fn smtp_alert(reading: &mut Reading<'_>, line: &Line) {
    let value = match line.arg(0) {
        None => true,
        Some(word) => match switch(word) {
            Some(on) => on,
            None => {
                let told = Diagnostic::warning(
                    "bad-value",
                    format!("Invalid vrrp_instance smtp_alert parameter {}", word.text()),
                )
                .at(word.span)
                .help("write on or off");
                return reading.fault(told);
            }
        },
    };
    if let Some(instance) = current(reading) {
        instance.smtp_alert = Some(value);
    }
}

/// `skip_check_adv_addr`.
pub(crate) fn skip_check_adv_addr(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = flag(reading, line)
        && let Some(instance) = current(reading)
    {
        instance.skip_check_adv_addr = Some(value);
    }
}

/// `strict_mode`.
pub(crate) fn strict_mode(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = flag(reading, line)
        && let Some(instance) = current(reading)
    {
        instance.strict = Some(value);
    }
}

fn flag(reading: &mut Reading<'_>, line: &Line) -> Option<bool> {
    let Some(word) = line.arg(0) else {
        return Some(true);
    };
    let value = switch(word);
    if value.is_none() {
        let told = Diagnostic::warning(
            "bad-value",
            format!(
                "({}) invalid {} {} specified",
                current_name(reading),
                line.keyword().text(),
                word.text()
            ),
        )
        .at(word.span)
        .help("write on or off");
        reading.fault(told);
    }
    value
}
