//! Entries of `track_script` and `track_interface`.

use syntax::{Diagnostic, Span, closest};

use super::number::signed;
use super::owner::Owner;
use crate::lines::{Line, Word};
use crate::model::Weight;
use crate::reading::Reading;
use crate::written::{Spanned, WrittenTrackInterface, WrittenTrackScript};

/// The kind of what is tracked, for messages.
#[derive(Clone, Copy)]
enum Kind {
    Script,
    Interface,
}

/// What stands behind an entry's name, `weight NUMBER [reverse]`: its weight, or none for that of what is tracked. The outer
/// none leaves the entry out.
fn options(reading: &mut Reading<'_>, line: &Line, kind: Kind, owner: Owner) -> Option<Option<Weight>> {
    let instance = owner.name(reading);
    let name = line.keyword().text().into_owned();
    let Some(word) = line.arg(0) else {
        return Some(None);
    };
    let help = "behind the name may stand: weight NUMBER [reverse]";
    if word.bytes != b"weight" {
        let what = match kind {
            Kind::Script => "track script".to_owned(),
            Kind::Interface => format!("track_interface {name}"),
        };
        let message = format!("({instance}) unknown {what} option {} - ignoring", word.text());
        fault(reading, word, message, help);
        return None;
    }
    let Some(value) = line.arg(1) else {
        let what = match kind {
            Kind::Script => "track script",
            Kind::Interface => "track_interface",
        };
        let message = format!("({instance}) weight without value specified for {what} {name} - ignoring");
        fault(
            reading,
            word,
            message,
            "write a number from -253 to 253 behind it; as it stands it is not tracked",
        );
        return None;
    };
    let number = signed(value, -254, 254);
    let weight = match number {
        Ok(number) if (-253..=253).contains(&number) => number,
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
            told.notes.extend(other.err());
            reading.fault(told);
            return Some(None);
        }
    };
    let reverse = match line.arg(2) {
        None => false,
        Some(word) if word.bytes == b"reverse" => true,
        Some(word) if word.bytes == b"noreverse" && matches!(kind, Kind::Script) => false,
        Some(word) => {
            let what = match kind {
                Kind::Script => "track_script",
                // Spelt so by the original.
                Kind::Interface => "track_interace",
            };
            let message = format!(
                "({instance}) unknown {what} {name} weight option {} - ignoring",
                word.text()
            );
            fault(
                reading,
                word,
                message,
                "only 'reverse' may stand behind the weight",
            );
            false
        }
    };
    Some(Some(Weight {
        value: weight,
        reverse,
    }))
}

fn fault(reading: &mut Reading<'_>, word: &Word, message: String, help: &str) {
    reading.fault(Diagnostic::warning("bad-value", message).at(word.span).help(help));
}

/// An entry of `track_script`.
pub(crate) fn script(reading: &mut Reading<'_>, line: &Line) {
    script_of(reading, line, Owner::Instance);
}

/// The same of any owner.
pub(super) fn script_of(reading: &mut Reading<'_>, line: &Line, owner: Owner) {
    let instance = owner.name(reading);
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
    let twice = owner
        .scripts(reading)
        .is_some_and(|tracked| tracked.iter().any(|entry| entry.script == script));
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
    let Some(weight) = options(reading, line, Kind::Script, owner) else {
        return;
    };
    if let Some(tracked) = owner.scripts(reading) {
        tracked.push(WrittenTrackScript { script, weight, span });
    }
}

/// An entry of `track_interface`.
pub(crate) fn interface(reading: &mut Reading<'_>, line: &Line) {
    interface_of(reading, line, Owner::Instance);
}

/// The same of any owner.
pub(super) fn interface_of(reading: &mut Reading<'_>, line: &Line, owner: Owner) {
    let instance = owner.name(reading);
    let word = line.keyword();
    let name = word.text().into_owned();
    let Some(weight) = options(reading, line, Kind::Interface, owner) else {
        return;
    };
    let weight = weight.unwrap_or_default();
    if !reading.host.has_interface(&name) {
        let message = format!("({instance}) tracked interface {name} doesn't exist");
        missing_interface(reading, message, word.span);
        // It may come later.
        if !reading.written.global.dynamic_interfaces {
            return;
        }
    }
    let twice = owner
        .interfaces(reading)
        .is_some_and(|tracked| tracked.iter().any(|entry| entry.interface.value == name));
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
    if let Some(tracked) = owner.interfaces(reading) {
        tracked.push(entry);
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
