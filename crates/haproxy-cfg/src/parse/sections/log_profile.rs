//! Lines of `log-profile`: what is written at which step of a stream.

use syntax::{Diagnostic, Span};

use super::super::format;
use super::super::frame::Frame;
use super::super::line::Line;
use super::super::reading::Reading;
use super::super::sample::Usage;
use super::given;
use crate::model::sections::{LogProfile, LogProfileStep};
use crate::model::{Format, Word};
use crate::signature::Value;

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.beside.log_profiles.push(LogProfile {
        name,
        span,
        tag: None,
        steps: Vec::new(),
    });
}

/// `log-tag TAG`.
pub(crate) fn log_tag(reading: &mut Reading<'_>, line: &Line<'_>) {
    let tag = given(reading, line).and_then(|given| given.get("tag").and_then(Value::text).cloned());
    if let (Some(tag), Some(profile)) = (tag, reading.written.beside.log_profiles.last_mut()) {
        profile.tag = Some(tag);
    }
}

/// Tells what stands behind a step and is not of that form, in the original's words.
fn unreadable(reading: &mut Reading<'_>, line: &Line<'_>, step: &str) -> bool {
    let mut at = 1;
    loop {
        let (name, takes) = match line.arg(at).map(|word| &*word.text) {
            Some(b"drop") if at == 1 => return false,
            Some(b"format") => ("format", true),
            Some(b"sd") => ("sd", true),
            None if at > 1 => return false,
            _ => ("", false),
        };
        if takes && line.arg(at + 1).is_some() {
            at += 2;
            continue;
        }
        let message = if takes {
            format!("'on {step} {name}' expects a logformat string.")
        } else {
            format!("'on {step}' expects 'drop', 'format' or 'sd'.")
        };
        let span = line.arg(at).map_or(line.behind(), |word| word.span);
        let told = Diagnostic::alert("missing-argument", message).at(span);
        reading.tell(told.help(format!("write for example: on {step} format \"%ci\"")));
        return true;
    }
}

/// `on STEP [drop] [format FORMAT] [sd FORMAT]`. Of two lines for a step the last counts.
pub(crate) fn on(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(step) = given(reading, line).and_then(|given| given.get("step").and_then(Value::word)) else {
        return;
    };
    if unreadable(reading, line, step) {
        return;
    }
    let mut read = LogProfileStep {
        step,
        drop: false,
        format: None,
        structured: None,
    };
    let mut at = 1;
    while let Some(word) = line.arg(at) {
        at += 1;
        let usage = match &*word.text {
            b"format" => Usage::LOG,
            b"sd" => Usage::LOG_SD,
            _ => {
                read.drop = true;
                continue;
            }
        };
        let Some(text) = line.arg(at) else { return };
        at += 1;
        let lead = format!("{}: failed to parse log profile : ", reading.parsing(line.span()));
        let Some(parsed) = format::parse(reading, text, usage, Frame::new(&lead)) else {
            return;
        };
        let parsed: Option<Box<Format>> = Some(Box::new(parsed));
        if &*word.text == b"format" {
            read.format = parsed;
        } else {
            read.structured = parsed;
        }
    }
    if let Some(profile) = reading.written.beside.log_profiles.last_mut() {
        profile.steps.retain(|known| known.step != step);
        profile.steps.push(read);
    }
}
