//! Entries of `track_script` and `track_interface` in an instance.

use syntax::{Diagnostic, Span, closest};

use super::instance::{current, current_name};
use super::number::signed;
use crate::lines::{Line, Word};
use crate::model::Weight;
use crate::reading::Reading;
use crate::written::{Spanned, WrittenTrackInterface, WrittenTrackScript};

/// What an entry says behind its name.
enum Options {
    /// Nothing, or nothing that could be read.
    None,
    Weight(Weight),
}

/// The kind of what is tracked, for messages.
#[derive(Clone, Copy)]
enum Kind {
    Script,
    Interface,
}

fn options(reading: &mut Reading<'_>, line: &Line, kind: Kind) -> Options {
    let instance = current_name(reading);
    let name = line.keyword().text().into_owned();
    let mut words = line.args().iter();
    let mut weight = None;
    let mut reverse = false;
    while let Some(word) = words.next() {
        match &*word.bytes {
            b"weight" => {
                let Some(value) = words.next() else {
                    let what = match kind {
                        Kind::Script => format!("track script {name}"),
                        Kind::Interface => format!("track interface {name}"),
                    };
                    let message =
                        format!("({instance}) weight without value specified for {what} - ignoring");
                    fault(
                        reading,
                        word,
                        message,
                        "write a number from -253 to 253 behind it".to_owned(),
                    );
                    return Options::None;
                };
                match signed(value, -254, 254).map(|value| i16::try_from(value).unwrap_or(0)) {
                    Ok(number) if (-253..=253).contains(&number) => weight = Some(number),
                    other => {
                        let message = match kind {
                            Kind::Script => format!(
                                "({instance}) track script {name}: weight must be between [-253..253] inclusive, ignoring..."
                            ),
                            Kind::Interface => format!(
                                "({instance}) weight {} for {name} must be between [-253..253] inclusive. Ignoring...",
                                value.text()
                            ),
                        };
                        let mut told = Diagnostic::warning("bad-value", message)
                            .at(value.span)
                            .help("write a number from -253 to 253");
                        if let Err(why) = other {
                            told = told.note(why);
                        }
                        reading.fault(told);
                        return Options::None;
                    }
                }
            }
            b"reverse" => reverse = true,
            b"noreverse" | b"no_reverse" => reverse = false,
            _ => {
                let message = match kind {
                    Kind::Script => {
                        format!(
                            "({instance}) unknown track script option {} - ignoring",
                            word.text()
                        )
                    }
                    Kind::Interface => format!(
                        "({instance}) unknown track_interface {name} option {} - ignoring",
                        word.text()
                    ),
                };
                fault(
                    reading,
                    word,
                    message,
                    "behind the name may stand: weight NUMBER [reverse]".to_owned(),
                );
                return Options::None;
            }
        }
    }
    match (weight, reverse) {
        (Some(value), reverse) => Options::Weight(Weight { value, reverse }),
        (None, true) => Options::Weight(Weight {
            value: 0,
            reverse: true,
        }),
        (None, false) => Options::None,
    }
}

fn fault(reading: &mut Reading<'_>, word: &Word, message: String, help: String) {
    reading.fault(Diagnostic::warning("bad-value", message).at(word.span).help(help));
}

/// An entry of `track_script`.
pub(crate) fn script(reading: &mut Reading<'_>, line: &Line) {
    let instance = current_name(reading);
    let word = line.keyword();
    let name = word.text();
    let found = reading
        .written
        .scripts
        .iter()
        .position(|script| !script.removed && script.name.value == name);
    let Some(script) = found else {
        let mut told = Diagnostic::warning(
            "unknown-script",
            format!("({instance}) track script {name} not found, ignoring..."),
        )
        .at(word.span);
        let known: Vec<&str> = reading
            .written
            .scripts
            .iter()
            .filter(|script| !script.removed)
            .map(|script| &*script.name.value)
            .collect();
        told = match closest(&word.bytes, known) {
            Some(near) => told.help(format!("did you mean '{near}'?")),
            None => told.help(format!(
                "define `vrrp_script {name} {{ ... }}` in front of the instance"
            )),
        };
        return reading.fault(told);
    };
    let twice = current(reading)
        .is_some_and(|instance| instance.track_scripts.iter().any(|entry| entry.script == script));
    if twice {
        let told = Diagnostic::warning(
            "duplicate-name",
            format!("({instance}) duplicate track_script {name} - ignoring"),
        )
        .at(word.span)
        .help("remove one of them");
        return reading.fault(told);
    }
    let span = word.span;
    let weight = match options(reading, line, Kind::Script) {
        Options::None => None,
        Options::Weight(weight) => Some(weight),
    };
    if let Some(instance) = current(reading) {
        instance
            .track_scripts
            .push(WrittenTrackScript { script, weight, span });
    }
}

/// An entry of `track_interface`.
pub(crate) fn interface(reading: &mut Reading<'_>, line: &Line) {
    let instance = current_name(reading);
    let word = line.keyword();
    let name = word.text().into_owned();
    let weight = match options(reading, line, Kind::Interface) {
        Options::None => Weight::default(),
        Options::Weight(weight) => weight,
    };
    if !reading.host.has_interface(&name) {
        let message = format!("({instance}) tracked interface {name} doesn't exist");
        missing_interface(reading, message, word.span);
        // It may come later.
        if !reading.written.global.dynamic_interfaces {
            return;
        }
    }
    let twice = current(reading).is_some_and(|instance| {
        instance
            .track_interfaces
            .iter()
            .any(|entry| entry.interface.value == name)
    });
    if twice {
        let told = Diagnostic::warning(
            "duplicate-name",
            format!("({instance}) duplicate track_interface {name} - ignoring"),
        )
        .at(word.span)
        .help("remove one of them");
        return reading.fault(told);
    }
    let entry = WrittenTrackInterface {
        interface: Spanned::new(name, word.span),
        weight,
    };
    if let Some(instance) = current(reading) {
        instance.track_interfaces.push(entry);
    }
}

/// Tells of an interface that is not there. Without `dynamic_interfaces` the original does not start then.
pub(crate) fn missing_interface(reading: &mut Reading<'_>, message: String, span: Span) {
    let dynamic = reading.written.global.dynamic_interfaces;
    let told = if dynamic {
        Diagnostic::warning("missing-interface", message)
            .at(span)
            .help("it is waited for")
    } else {
        reading.missing_interface.get_or_insert(span);
        Diagnostic::alert("missing-interface", message).at(span).help(
            "write the name of an interface that this machine has, or, where it comes later, `dynamic_interfaces` into global_defs",
        )
    };
    if dynamic {
        reading.tell(told);
    } else {
        reading.fault(told);
    }
}
