//! The process that speaks VRRP, as the system sees it: its priorities, memory and processors. The same settings of the
//! processes that check servers and speak BFD are read by the same functions, and kept nowhere.

use std::time::Duration;

use syntax::Diagnostic;

use super::number::{signed, unsigned};
use super::script::bad;
use crate::lines::Line;
use crate::reading::Reading;

/// The highest priority of processes in real time.
const MAX_REAL_TIME: i32 = 99;

fn lacks(reading: &mut Reading<'_>, line: &Line, message: &str) {
    let told = Diagnostic::warning("missing-argument", message)
        .at(line.behind())
        .help(format!("write a number behind '{}'", line.keyword().text()));
    reading.fault(told);
}

/// `max_auto_priority`.
pub(crate) fn max_auto_priority(reading: &mut Reading<'_>, line: &Line) {
    let value = match line.arg(0).map(|word| (word, signed(word, -1, MAX_REAL_TIME))) {
        None => MAX_REAL_TIME,
        Some((_, Ok(value))) => value,
        Some((word, Err(why))) => {
            let message = format!(
                "max_auto_priority '{}' must be in [0, 99] (or -1 to disable) - ignoring",
                word.text()
            );
            return bad(reading, word, message, why, "write a number from 0 to 99, or -1");
        }
    };
    reading.written.global.process.max_auto_priority = u8::try_from(value).unwrap_or(0);
}

/// `min_auto_priority_delay`.
pub(crate) fn min_auto_priority_delay(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = line.arg(0) else {
        return lacks(reading, line, "min_auto_priority_delay requires delay time");
    };
    match signed(word, 1, 10_000_000) {
        // It is not negative.
        Ok(micros) => {
            let delay = Duration::from_micros(micros.unsigned_abs().into());
            reading.written.global.process.min_auto_delay = Some(delay);
        }
        Err(why) => {
            let message = format!(
                "min_auto_priority_delay '{}' must be in [1, 10000000] - ignoring",
                word.text()
            );
            bad(
                reading,
                word,
                message,
                why,
                "write microseconds, ten million at most",
            );
        }
    }
}

/// Whose setting a line is: `vrrp`, `checker` or `bfd`, as its keyword begins.
fn owner(line: &Line) -> String {
    let keyword = line.keyword().text();
    keyword.split('_').next().unwrap_or_default().to_owned()
}

/// `vrrp_priority`.
pub(crate) fn priority(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = priority_of(reading, line) {
        reading.written.global.process.priority = Some(value);
    }
}

/// `checker_priority` and `bfd_priority`.
pub(crate) fn other_priority(reading: &mut Reading<'_>, line: &Line) {
    priority_of(reading, line);
}

fn priority_of(reading: &mut Reading<'_>, line: &Line) -> Option<i32> {
    let who = owner(line);
    let Some(word) = line.arg(0) else {
        lacks(reading, line, &format!("No {who} process priority specified"));
        return None;
    };
    signed(word, -20, 19)
        .map_err(|why| {
            let message = format!("Invalid {who} process priority specified");
            bad(reading, word, message, why, "write a number from -20 to 19");
        })
        .ok()
}

/// `vrrp_rt_priority`.
pub(crate) fn real_time_priority(reading: &mut Reading<'_>, line: &Line) {
    if let Some(value) = real_time_priority_of(reading, line) {
        reading.written.global.process.real_time_priority = u8::try_from(value).ok();
    }
}

/// `checker_rt_priority` and `bfd_rt_priority`.
pub(crate) fn other_real_time_priority(reading: &mut Reading<'_>, line: &Line) {
    real_time_priority_of(reading, line);
}

fn real_time_priority_of(reading: &mut Reading<'_>, line: &Line) -> Option<i32> {
    let who = owner(line);
    let Some(word) = line.arg(0) else {
        lacks(
            reading,
            line,
            &format!("No {who} process real-time priority specified"),
        );
        return None;
    };
    let value = match signed(word, i32::MIN, i32::MAX) {
        Ok(value) => value,
        Err(why) => {
            let message = format!("{who} process real-time priority '{}' invalid", word.text());
            bad(reading, word, message, why, "write a number from 1 to 99");
            return None;
        }
    };
    let beyond = match value {
        ..1 => Some("less than minimum 1 - setting to minimum"),
        100.. => Some("greater than maximum 99 - setting to maximum"),
        _ => None,
    };
    if let Some(beyond) = beyond {
        let message = format!("{who} process real-time priority {value} {beyond}");
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write a number from 1 to 99");
        reading.fault(told);
    }
    Some(value.clamp(1, MAX_REAL_TIME))
}

/// `vrrp_rlimit_rttime`.
pub(crate) fn real_time_limit(reading: &mut Reading<'_>, line: &Line) {
    if let Some(limit) = real_time_limit_of(reading, line) {
        reading.written.global.process.real_time_limit = Some(limit);
    }
}

/// `checker_rlimit_rttime` and `bfd_rlimit_rttime`.
pub(crate) fn other_real_time_limit(reading: &mut Reading<'_>, line: &Line) {
    real_time_limit_of(reading, line);
}

fn real_time_limit_of(reading: &mut Reading<'_>, line: &Line) -> Option<Duration> {
    let who = owner(line);
    let word = reading.need(line, 0, "microseconds")?;
    match unsigned(word, 1, u32::MAX) {
        Ok(value) => Some(Duration::from_micros(value.into())),
        Err(why) => {
            let message = format!("Invalid {who} real-time limit - {}", word.text());
            bad(reading, word, message, why, "write microseconds");
            None
        }
    }
}

/// `vrrp_no_swap`.
pub(crate) fn no_swap(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.process.no_swap = true;
}

/// `vrrp_cpu_affinity`.
pub(crate) fn processors(reading: &mut Reading<'_>, line: &Line) {
    let found = processors_of(reading, line);
    reading.written.global.process.processors.extend(found);
}

/// `checker_cpu_affinity` and `bfd_cpu_affinity`.
pub(crate) fn other_processors(reading: &mut Reading<'_>, line: &Line) {
    processors_of(reading, line);
}

/// The processors up to the first word that is none.
fn processors_of(reading: &mut Reading<'_>, line: &Line) -> Vec<u32> {
    let who = owner(line);
    let mut out = Vec::new();
    if line.args().is_empty() {
        lacks(reading, line, &format!("No {who} cpu_id set specified"));
    }
    let last = i32::try_from(reading.host.processors()).unwrap_or(i32::MAX) - 1;
    for word in line.args() {
        match signed(word, 0, last) {
            Ok(number) => out.push(number.unsigned_abs()),
            Err(why) => {
                let text = word.text();
                let shown = if text.parse::<i32>().is_ok() { &*text } else { "0" };
                let message = format!("Invalid cpu_id:{shown} specified for {who} process");
                bad(
                    reading,
                    word,
                    message,
                    why,
                    "write numbers of processors of this machine",
                );
                break;
            }
        }
    }
    out
}
