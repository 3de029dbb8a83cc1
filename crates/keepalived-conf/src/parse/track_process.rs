//! `vrrp_track_process`: processes that must run, and the size of the buffer for what the kernel tells of them.

use std::time::Duration;

use syntax::{Diagnostic, Span};

use super::number::{seconds, signed, switch, unsigned};
use super::script::bad;
use super::track_file::reverse;
use crate::lines::{Line, Word};
use crate::model::{ParamMatch, Weight};
use crate::reading::Reading;
use crate::written::{Spanned, WrittenProcess};

/// The longest delay.
const LONGEST: Duration = Duration::from_secs(3600);

/// Begins a process.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(name) = reading.need(line, 0, "a name") else {
        return false;
    };
    let name = Spanned::new(name.text().into_owned(), name.span);
    let earlier = reading
        .written
        .processes
        .iter()
        .find(|process| !process.removed && process.name.value == name.value)
        .map(|process| process.name.span);
    if let Some(earlier) = earlier {
        let told = Diagnostic::warning(
            "duplicate-name",
            format!("a vrrp_track_process '{}' is defined above already", name.value),
        )
        .at(name.span)
        .label(earlier, "first defined here")
        .help("who tracks it takes the first; give this one another name, or remove it");
        reading.tell(told);
    }
    reading.written.processes.push(WrittenProcess {
        name,
        command: None,
        param_match: None,
        full_command: false,
        weight: Weight::default(),
        quorum: None,
        quorum_max: None,
        fork_delay: Duration::ZERO,
        terminate_delay: Duration::ZERO,
        removed: false,
    });
    true
}

/// Ends it: without a command it is as if it were not there.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some(process) = current(reading) else { return };
    let (name, at) = (process.name.value.clone(), process.name.span);
    if process.command.is_none() {
        process.removed = true;
        let told = Diagnostic::warning(
            "missing-keyword",
            format!("track process '{name}' process name not specified"),
        )
        .at(closed)
        .label(at, "this one")
        .help("write `process NAME` into its block");
        reading.fault(told);
    }
}

fn current<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut WrittenProcess> {
    reading.written.processes.last_mut()
}

fn name(reading: &Reading<'_>) -> String {
    let last = reading.written.processes.last();
    last.map(|process| process.name.value.clone()).unwrap_or_default()
}

/// `process`.
pub(crate) fn process(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the program's name") else {
        return;
    };
    let name = name(reading);
    let span = word.span;
    let command = word.text().into_owned();
    let parameters = line.args()[1..]
        .iter()
        .map(|word| word.text().into_owned())
        .collect();
    let Some(process) = current(reading) else { return };
    if process.command.is_some() {
        let message = format!("Process already set for track process {name} - ignoring {command}");
        let told = Diagnostic::warning("duplicate-keyword", message)
            .at(span)
            .help("remove one of them");
        return reading.fault(told);
    }
    process.command = Some((command, parameters));
}

/// `param_match`.
pub(crate) fn param_match(reading: &mut Reading<'_>, line: &Line) {
    let how = match line.arg(0) {
        None => ParamMatch::Exact,
        Some(word) if word.bytes == b"initial" => ParamMatch::Initial,
        Some(word) if word.bytes == b"partial" => ParamMatch::Partial,
        Some(word) => {
            let message = format!("Invalid param_match type {} - ignoring", word.text());
            let told = Diagnostic::warning("bad-value", message)
                .at(word.span)
                .help("write initial or partial, or nothing");
            return reading.fault(told);
        }
    };
    if let Some(process) = current(reading) {
        process.param_match = Some(how);
    }
}

/// `full_command`.
pub(crate) fn full_command(reading: &mut Reading<'_>, _: &Line) {
    if let Some(process) = current(reading) {
        process.full_command = true;
    }
}

/// `weight`.
pub(crate) fn weight(reading: &mut Reading<'_>, line: &Line) {
    let name = name(reading);
    let Some(word) = line.arg(0) else {
        let message = format!("No weight specified for track process {name} - ignoring");
        let told = Diagnostic::warning("missing-argument", message)
            .at(line.behind())
            .help("write a number behind it");
        return reading.fault(told);
    };
    let value = match signed(word, -254, 254) {
        Ok(value) => value,
        Err(why) => {
            let message = format!(
                "Weight ({}) for vrrp_track_process {name} must be between [-254..254] inclusive. Ignoring...",
                word.text()
            );
            bad(
                reading,
                word,
                message,
                why,
                "write a number from -254 to 254; it is 0 now",
            );
            return;
        }
    };
    let reverse = reverse(
        reading,
        line,
        &format!("vrrp_track_process {name} unknown weight option"),
    );
    if let Some(process) = current(reading) {
        process.weight = Weight { value, reverse };
    }
}

/// `quorum`.
pub(crate) fn quorum(reading: &mut Reading<'_>, line: &Line) {
    let value = count(reading, line, "Quorum", 1);
    let (Some(process), Some(value)) = (current(reading), value) else {
        return;
    };
    if process.quorum_max.is_some_and(|most| most < value) {
        let told = Diagnostic::warning("clash", "Quorum is greater than quorum_max - ignoring")
            .at(line.span())
            .help("write a quorum that is not above quorum_max");
        return reading.fault(told);
    }
    process.quorum = Some(value);
}

/// `quorum_max`; 0 is for processes that must not run, which have no quorum.
pub(crate) fn quorum_max(reading: &mut Reading<'_>, line: &Line) {
    let value = count(reading, line, "quorum_max", 0);
    let (Some(process), Some(value)) = (current(reading), value) else {
        return;
    };
    if process.quorum.is_some_and(|least| least > value) {
        let told = Diagnostic::warning("clash", "quorum_max is less than quorum - ignoring")
            .at(line.span())
            .help("write a quorum_max that is at least the quorum");
        return reading.fault(told);
    }
    process.quorum_max = Some(value);
}

fn count(reading: &mut Reading<'_>, line: &Line, what: &str, least: u32) -> Option<u32> {
    let word = reading.need(line, 0, "a number of processes")?;
    match unsigned(word, least, 65535) {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!(
                "{what} ({}) for vrrp_track_process {} must be between [{least}..65535] inclusive. Ignoring...",
                word.text(),
                name(reading)
            );
            bad(reading, word, message, why, "write a number of processes");
            None
        }
    }
}

/// `delay`: both of the others.
pub(crate) fn delay(reading: &mut Reading<'_>, line: &Line) {
    let value = time(reading, line, "delay");
    if let (Some(process), Some(value)) = (current(reading), value) {
        process.fork_delay = value;
        process.terminate_delay = value;
    }
}

/// `fork_delay`.
pub(crate) fn fork_delay(reading: &mut Reading<'_>, line: &Line) {
    let value = time(reading, line, "fork_delay");
    if let (Some(process), Some(value)) = (current(reading), value) {
        process.fork_delay = value;
    }
}

/// `terminate_delay`.
pub(crate) fn terminate_delay(reading: &mut Reading<'_>, line: &Line) {
    let value = time(reading, line, "terminate_delay");
    if let (Some(process), Some(value)) = (current(reading), value) {
        process.terminate_delay = value;
    }
}

fn time(reading: &mut Reading<'_>, line: &Line, what: &str) -> Option<Duration> {
    let word = reading.need(line, 0, "seconds")?;
    match seconds(word, Duration::from_micros(1), LONGEST) {
        Ok(value) => Some(value),
        Err(why) => {
            let message = format!(
                "{what} ({}) for vrrp_track_process {} must be between [0.000001..3600] inclusive. Ignoring...",
                word.text(),
                name(reading)
            );
            bad(reading, word, message, why, "write seconds");
            None
        }
    }
}

/// `process_monitor_rcv_bufs`.
pub(crate) fn monitor_buffer(reading: &mut Reading<'_>, line: &Line) {
    let keyword = line.keyword().text().into_owned();
    let Some(word) = line.arg(0) else {
        let told = Diagnostic::warning("missing-argument", format!("{keyword} size missing"))
            .at(line.behind())
            .help("write a number of bytes behind it");
        return reading.fault(told);
    };
    match unsigned(word, 0, u32::MAX) {
        Ok(value) => reading.written.global.process_monitor_buffer = Some(value),
        Err(why) => {
            let message = format!("{keyword} size ({}) invalid", word.text());
            bad(reading, word, message, why, "write a number of bytes");
        }
    }
}

/// `process_monitor_rcv_bufs_force`.
pub(crate) fn monitor_force(reading: &mut Reading<'_>, line: &Line) {
    let value = match line.arg(0) {
        None => Some(true),
        Some(word) => switch(word).or_else(|| {
            bad_switch(reading, line, word);
            None
        }),
    };
    if value.is_some() {
        reading.written.global.process_monitor_force = value;
    }
}

fn bad_switch(reading: &mut Reading<'_>, line: &Line, word: &Word) {
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
