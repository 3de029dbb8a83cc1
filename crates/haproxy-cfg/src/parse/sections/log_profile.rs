//! Lines of `log-profile`: what is written at which step of a stream.

use syntax::{Diagnostic, Span};

use super::super::format;
use super::super::frame::Frame;
use super::super::line::{Line, shown};
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

/// Steps that streams have, and those that other parts of the way have.
const STEPS: [&[&[u8]]; 2] = [
    &[
        b"accept",
        b"request",
        b"connect",
        b"response",
        b"close",
        b"error",
        b"any",
    ],
    &[
        b"quic-init",
        b"http-req",
        b"http-res",
        b"http-after-res",
        b"tcp-req-conn",
        b"tcp-req-sess",
        b"tcp-req-cont",
        b"tcp-res-cont",
    ],
];

/// Tells a line that is not of that form, in the original's words.
fn unreadable(reading: &mut Reading<'_>, line: &Line<'_>) -> bool {
    let Some(step) = line
        .arg(0)
        .filter(|word| STEPS.iter().any(|steps| steps.contains(&&*word.text)))
    else {
        let message = "'on' expects a log step.\nexpected values are: 'accept', 'request', 'connect', 'response', 'close', \
                       'error' or 'any'.\nOr one of the additional log steps: 'quic-init', 'http-req', 'http-res', \
                       'http-after-res', 'tcp-req-conn', 'tcp-req-sess', 'tcp-req-cont', 'tcp-res-cont'.";
        let span = line.arg(0).map_or(line.behind(), |word| word.span);
        let told = Diagnostic::alert("unknown-step", message).at(span);
        reading.tell(told.help("write for example: on close format \"%ci\""));
        return true;
    };
    let step = shown(step).into_owned();
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
    if unreadable(reading, line) {
        return;
    }
    let Some(step) = given(reading, line).and_then(|given| given.get("step").and_then(Value::word)) else {
        return;
    };
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
