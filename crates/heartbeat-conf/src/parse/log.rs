//! Where log lines go.

use super::times::loose;
use super::value::{leading_number, time, truth};
use super::{Reader, Words};
use crate::model::{LogFacility, Setting};

/// Names of syslog's facilities and their numbers (RFC 5424, table 1). `security` is an old name of `auth`.
const FACILITIES: &[(&str, u8)] = &[
    ("auth", 4),
    ("authpriv", 10),
    ("cron", 9),
    ("daemon", 3),
    ("ftp", 11),
    ("kern", 0),
    ("local0", 16),
    ("local1", 17),
    ("local2", 18),
    ("local3", 19),
    ("local4", 20),
    ("local5", 21),
    ("local6", 22),
    ("local7", 23),
    ("lpr", 6),
    ("mail", 2),
    ("news", 7),
    ("security", 4),
    ("syslog", 5),
    ("user", 1),
    ("uucp", 8),
];

pub(crate) fn facility(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let found = FACILITIES.iter().find(|(name, _)| *name == word.text);
    let value = match found {
        Some((_, number)) => LogFacility::Syslog(*number),
        None if word.text == "none" => LogFacility::None,
        None => {
            let message = format!("Log facility({}) not valid", word.text);
            let help = "it is one of syslog's, in small letters, such as `daemon` or `local0`, or `none`";
            reader.refuse("bad-word", word.span, message, help);
            return;
        }
    };
    reader.settings.log.facility = Some(Setting::written(value, word.span));
}

pub(crate) fn file(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    reader.settings.log.file = Some(Setting::written(word.text.clone(), word.span));
}

pub(crate) fn debug_file(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    reader.settings.log.debug_file = Some(Setting::written(word.text.clone(), word.span));
}

pub(crate) fn debug(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    match u8::try_from(leading_number(&word.text)) {
        Ok(value) => {
            loose(reader, word, &value.to_string());
            reader.settings.log.debug = Setting::written(value, word.span);
        }
        Err(_) => {
            let message = format!("'{}' is no level of debug lines", word.text);
            reader.refuse("bad-number", word.span, message, "it is a number from 0 to 255");
        }
    }
}

pub(crate) fn use_logd(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    if let Some(value) = truth(&word.text) {
        reader.settings.log.use_logd = Setting::written(value, word.span);
    } else {
        super::switches::not_a_truth(reader, words);
    }
}

pub(crate) fn conn_logd_time(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    match time(&word.text) {
        Some(value) if value > 0 => reader.settings.log.conn_logd_time = Setting::written(value, word.span),
        _ => {
            let message = format!("'{}' is no time for 'conn_logd_time'", word.text);
            reader.refuse(
                "bad-time",
                word.span,
                message,
                "it is a time such as `60` or `500ms`",
            );
        }
    }
}
