//! The times of nodes.

use syntax::Diagnostic;

use super::value::{is_plain_number, leading_number, time};
use super::{Reader, Word, Words};
use crate::model::Setting;

const HELP: &str = "a time is a number of seconds such as `2` or `1.5`, or of milliseconds such as `500ms`";

fn read(reader: &mut Reader<'_>, words: &Words) -> Option<Setting<u64>> {
    let word = words.value();
    let found = time(&word.text);
    if found.is_none() {
        let message = format!("'{}' is no time for '{}'", word.text, words.name.text);
        reader.refuse("bad-time", word.span, message, HELP);
    }
    found.map(|value| Setting::written(value, word.span))
}

pub(crate) fn keepalive(reader: &mut Reader<'_>, words: &Words) {
    let Some(setting) = read(reader, words) else {
        return;
    };
    if setting.value == 0 {
        let span = words.value().span;
        reader.refuse(
            "bad-time",
            span,
            "'keepalive' must be a millisecond or more",
            HELP,
        );
        return;
    }
    reader.settings.times.keepalive = setting;
}

pub(crate) fn deadtime(reader: &mut Reader<'_>, words: &Words) {
    if let Some(setting) = read(reader, words) {
        reader.settings.times.deadtime = setting;
    }
}

pub(crate) fn deadping(reader: &mut Reader<'_>, words: &Words) {
    if let Some(setting) = read(reader, words) {
        reader.settings.times.deadping = setting;
    }
}

pub(crate) fn initdead(reader: &mut Reader<'_>, words: &Words) {
    if let Some(setting) = read(reader, words) {
        reader.settings.times.initdead = setting;
    }
}

pub(crate) fn warntime(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    match time(&word.text) {
        Some(value) if value > 0 => reader.settings.times.warntime = Setting::written(value, word.span),
        _ => {
            let message = format!("Warn time [{}] is invalid.", word.text);
            reader.refuse("bad-time", word.span, message, HELP);
        }
    }
}

pub(crate) fn max_rexmit_delay(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let number = leading_number(&word.text);
    match u64::try_from(number) {
        Ok(value) if value > 0 => {
            loose(reader, word, &value.to_string());
            reader.settings.max_rexmit_delay = Setting::written(value, word.span);
        }
        _ => {
            let message = format!("Invalid max_rexmit_delay time({})", word.text);
            reader.refuse("bad-time", word.span, message, "it is a number of milliseconds");
        }
    }
}

/// Warns of a number with letters behind it, which are not looked at.
pub(super) fn loose(reader: &mut Reader<'_>, word: &Word, read_as: &str) {
    if !is_plain_number(&word.text) {
        let message = format!("'{}' is read as {read_as}", word.text);
        reader.tell(Diagnostic::warning("loose-number", message).at(word.span));
    }
}
