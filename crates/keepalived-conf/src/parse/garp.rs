//! Gratuitous ARP and what else is sent at changes: global and of an instance.

use std::time::Duration;

use syntax::Diagnostic;

use super::instance::{current, current_name};
use super::number::{seconds, switch, unsigned};
use super::script::bad;
use crate::lines::{Line, Word};
use crate::reading::Reading;
use crate::written::WrittenGarp;

/// A setting of `global_defs`, named as an instance's with `vrrp_` in front.
pub(crate) fn global_line(reading: &mut Reading<'_>, line: &Line) {
    let mut garp = reading.written.global.garp;
    setting(reading, line, "", &mut garp);
    reading.written.global.garp = garp;
}

/// A setting of an instance.
pub(crate) fn instance_line(reading: &mut Reading<'_>, line: &Line) {
    let prefix = format!("({}): ", current_name(reading));
    let Some(mut garp) = current(reading).map(|instance| instance.garp) else {
        return;
    };
    setting(reading, line, &prefix, &mut garp);
    if let Some(instance) = current(reading) {
        instance.garp = garp;
    }
}

fn setting(reading: &mut Reading<'_>, line: &Line, prefix: &str, garp: &mut WrittenGarp) {
    let keyword = line.keyword().text().into_owned();
    let name = keyword.strip_prefix("vrrp_").unwrap_or(&keyword);
    match name {
        "lower_prio_no_advert" => flag(reading, line, prefix, &mut garp.lower_prio_no_advert),
        "higher_prio_send_advert" => flag(reading, line, prefix, &mut garp.higher_prio_send_advert),
        "down_timer_adverts" => {
            let Some(word) = reading.need(line, 0, "a number from 1 to 100") else {
                return;
            };
            match unsigned(word, 1, 100) {
                Ok(value) => garp.down_timer_adverts = u8::try_from(value).ok(),
                Err(why) => {
                    let message = format!("{prefix}Invalid {keyword} [1:100] '{}'", word.text());
                    bad(reading, word, message, why, "write a number from 1 to 100");
                }
            }
        }
        _ => count(reading, line, prefix, &keyword, name, garp),
    }
}

/// Delays and repeats, all of them whole numbers.
fn count(
    reading: &mut Reading<'_>,
    line: &Line,
    prefix: &str,
    keyword: &str,
    name: &str,
    garp: &mut WrittenGarp,
) {
    let Some(word) = reading.need(line, 0, "a number") else {
        return;
    };
    let value = match unsigned(word, 0, u32::MAX) {
        Ok(value) => value,
        Err(why) => return not_a_count(reading, word, prefix, keyword, name, why, garp),
    };
    let delay = Some(Duration::from_secs(value.into()));
    match name {
        "garp_master_delay" => garp.master_delay = delay,
        "garp_master_refresh" => garp.master_refresh = delay,
        "garp_lower_prio_delay" => garp.lower_prio_delay = delay,
        "garp_lower_prio_repeat" => garp.lower_prio_repeat = Some(value),
        _ => {
            if value == 0 {
                let told = Diagnostic::warning(
                    "bad-value",
                    format!("{prefix}{keyword} must be greater than 0, setting to 1"),
                )
                .at(word.span)
                .help("write 1 or more");
                reading.fault(told);
            }
            let value = Some(value.max(1));
            if name == "garp_master_repeat" {
                garp.master_repeat = value;
            } else {
                garp.master_refresh_repeat = value;
            }
        }
    }
}

fn not_a_count(
    reading: &mut Reading<'_>,
    word: &Word,
    prefix: &str,
    keyword: &str,
    name: &str,
    why: String,
    garp: &mut WrittenGarp,
) {
    let shown = word.text();
    let message = match name {
        "garp_master_refresh" => format!("{prefix}Invalid {keyword} '{shown}' - ignoring"),
        "garp_lower_prio_repeat" => format!("{prefix}Invalid {keyword} '{shown}'"),
        _ => format!("{prefix}{keyword} '{shown}' invalid - ignoring"),
    };
    let mut help = "write a whole number";
    if name == "garp_master_delay" && !prefix.is_empty() {
        // As the original has it: no second burst.
        garp.master_delay = Some(Duration::ZERO);
        help = "write whole seconds; as it stands there is no second burst";
    }
    bad(reading, word, message, why, help);
}

fn flag(reading: &mut Reading<'_>, line: &Line, prefix: &str, value: &mut Option<bool>) {
    match line.arg(0) {
        None => *value = Some(true),
        Some(word) => match switch(word) {
            Some(on) => *value = Some(on),
            None => {
                let keyword = line.keyword().text();
                let message = if prefix.is_empty() {
                    format!("Invalid value for {keyword} specified")
                } else {
                    let place = prefix.trim_end_matches(": ");
                    format!("{place} invalid {keyword} {} specified", word.text())
                };
                let told = Diagnostic::warning("bad-value", message)
                    .at(word.span)
                    .help("write on or off");
                reading.fault(told);
            }
        },
    }
}

/// `vrrp_garp_interval` and `vrrp_gna_interval`.
pub(crate) fn interval(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    let keyword = line.keyword().text().into_owned();
    match seconds(
        word,
        Duration::from_micros(1),
        Duration::from_micros(4_294_967_295),
    ) {
        Ok(value) => {
            let global = &mut reading.written.global;
            if keyword == "vrrp_gna_interval" {
                global.gna_interval = value;
            } else {
                global.garp_interval = value;
            }
        }
        Err(why) => {
            let message = format!("{keyword} '{}' is invalid", word.text());
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

/// `vrrp_min_garp`.
pub(crate) fn min_garp(reading: &mut Reading<'_>, line: &Line) {
    let mut value = None;
    flag(reading, line, "", &mut value);
    if let Some(value) = value {
        reading.written.global.min_garp = value;
    }
}
