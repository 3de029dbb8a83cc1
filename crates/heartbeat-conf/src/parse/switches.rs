//! Directives of one word that turn something on or choose something.

use syntax::Diagnostic;

use super::times::loose;
use super::value::{leading_number, truth};
use super::{Reader, Words};
use crate::model::{AutoFailback, Generation, MessageFormat, Pacemaker, Setting, UuidFrom};

const TRUTHS: &str = "it is `on`, `yes`, `true`, `y`, `1`, or `off`, `no`, `false`, `n`, `0`";

/// Refuses a word that is neither yes nor no.
pub(super) fn not_a_truth(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let message = match words.name.text.as_str() {
        "traditional_compression" => format!(
            "set_traditional_compression:Invalid directive value {}",
            word.text
        ),
        "crmd_spawns_pengine"
        | "enable_config_writes"
        | "record_config_changes"
        | "record_pengine_inputs" => format!("ha_config_check_boolean:Invalid directive value {}", word.text),
        name => format!("'{}' is neither yes nor no for '{name}'", word.text),
    };
    reader.refuse("bad-word", word.span, message, TRUTHS);
}

fn read_truth(reader: &mut Reader<'_>, words: &Words) -> Option<Setting<bool>> {
    let word = words.value();
    let found = truth(&word.text);
    if found.is_none() {
        not_a_truth(reader, words);
    }
    found.map(|value| Setting::written(value, word.span))
}

pub(crate) fn auto_failback(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let value = match truth(&word.text) {
        Some(true) => AutoFailback::On,
        Some(false) => AutoFailback::Off,
        None if word.text.eq_ignore_ascii_case("legacy") => AutoFailback::Legacy,
        None => {
            let message = format!("'{}' is no word for 'auto_failback'", word.text);
            reader.refuse("bad-word", word.span, message, "it is `on`, `off` or `legacy`");
            return;
        }
    };
    reader.settings.auto_failback = Setting::written(value, word.span);
}

/// The setting before `auto_failback`. The original speaks of an error, and goes on with `legacy`.
pub(crate) fn nice_failback(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let mut message =
        String::from("nice_failback flag is obsolete.. Use auto_failback {on, off, legacy} instead.");
    let known = truth(&word.text);
    if let Some(value) = known {
        let shown = if value { "on" } else { "off" };
        message += &format!(
            "\nnice_failback {shown} has been strictly interpreted as 'auto_failback legacy'\n\
             Consider converting to 'auto_failback on'.\n\
             When you do, then you can use ipfail, and hb_standby"
        );
        reader.settings.auto_failback = Setting::written(AutoFailback::Legacy, word.span);
    }
    message += "\nSee documentation for details.";
    reader.tell(
        Diagnostic::alert("obsolete-directive", message)
            .at(words.name.span.to(word.span))
            .help("write `auto_failback on` or `auto_failback off`")
            .refusing(known.is_none()),
    );
}

pub(crate) fn generation(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let value = match word.text.as_str() {
        "file" => Generation::File,
        "time" => Generation::Time,
        _ => {
            let message = format!("Illegal hb generation method [{}]", word.text);
            reader.refuse("bad-word", word.span, message, "it is `file` or `time`");
            return;
        }
    };
    reader.settings.generation = Setting::written(value, word.span);
}

pub(crate) fn uuid_from(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let value = match word.text.as_str() {
        "file" => UuidFrom::File,
        "nodename" => UuidFrom::NodeName,
        _ => {
            let message = format!("Invalid uuidfrom directive [{}]", word.text);
            reader.refuse("bad-word", word.span, message, "it is `file` or `nodename`");
            return;
        }
    };
    reader.settings.uuid_from = Setting::written(value, word.span);
}

pub(crate) fn format(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let value = match word.text.as_str() {
        "classic" => MessageFormat::Classic,
        "netstring" => MessageFormat::Netstring,
        _ => {
            let message = format!("'{}' is no form of messages", word.text);
            reader.refuse("bad-word", word.span, message, "it is `classic` or `netstring`");
            return;
        }
    };
    reader.settings.format = Setting::written(value, word.span);
}

pub(crate) fn realtime(reader: &mut Reader<'_>, words: &Words) {
    if let Some(setting) = read_truth(reader, words) {
        reader.settings.realtime = setting;
    }
}

pub(crate) fn priority(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    match u8::try_from(leading_number(&word.text)) {
        Ok(value @ 1..=99) => {
            loose(reader, word, &value.to_string());
            reader.settings.realtime_priority = Some(Setting::written(value, word.span));
        }
        _ => {
            let message = format!("Illegal realtime priority [{}]", word.text);
            reader.refuse("bad-number", word.span, message, "it is a number from 1 to 99");
        }
    }
}

pub(crate) fn core_dumps(reader: &mut Reader<'_>, words: &Words) {
    if let Some(setting) = read_truth(reader, words) {
        reader.settings.core_dumps = setting;
    }
}

/// A word for yes or no that nothing is kept of.
pub(crate) fn judged(reader: &mut Reader<'_>, words: &Words) {
    read_truth(reader, words);
}

/// A word that nothing is kept of, and that the original takes whatever it is.
pub(crate) fn any(_reader: &mut Reader<'_>, _words: &Words) {}

pub(crate) fn memory_reserve(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    if leading_number(&word.text) <= 0 {
        let message = format!("'{}' is no size of memory", word.text);
        reader.refuse("bad-number", word.span, message, "it is a number of KiB");
    }
}

pub(crate) fn compression(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    if matches!(word.text.as_str(), "zlib" | "bz2") {
        reader.settings.compression.method = Some(Setting::written(word.text.clone(), word.span));
    } else {
        let message = format!("Compression module({}) not found", word.text);
        reader.refuse("bad-word", word.span, message, "it is `zlib` or `bz2`");
    }
}

pub(crate) fn compression_threshold(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    match u32::try_from(leading_number(&word.text)) {
        Ok(value) if value > 0 => {
            loose(reader, word, &value.to_string());
            reader.settings.compression.threshold = Setting::written(value, word.span);
        }
        _ => {
            let message = format!(
                "set_compression_threshold: compress_threshhold({}) invalid",
                word.text
            );
            reader.refuse(
                "bad-number",
                word.span,
                message,
                "it is a number of KiB, 1 or more",
            );
        }
    }
}

pub(crate) fn traditional_compression(reader: &mut Reader<'_>, words: &Words) {
    if let Some(setting) = read_truth(reader, words) {
        reader.settings.compression.traditional = setting;
    }
}

pub(crate) fn watchdog(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    reader.settings.watchdog = Some(Setting::written(word.text.clone(), word.span));
}

/// `crm`, `pacemaker`: off is the default. On is refused, as there is no Pacemaker here: haresources would not be used, and
/// nobody would take the addresses.
pub(crate) fn pacemaker(reader: &mut Reader<'_>, words: &Words) {
    let word = words.value();
    let value = word.text.to_ascii_lowercase();
    let name = &words.name.text;
    if truth(&value) == Some(false) {
        reader.settings.pacemaker = Setting::written(Pacemaker::Off, word.span);
    } else if truth(&value) == Some(true) || matches!(value.as_str(), "respawn" | "manual") {
        let message = format!(
            "'{name} {}' leaves resources to Pacemaker, which is not part of this program",
            word.text
        );
        let help = "write resources into haresources and take this line out, or run Pacemaker with Corosync";
        reader.refuse("pacemaker", words.name.span.to(word.span), message, help);
        reader.settings.pacemaker = Setting::written(Pacemaker::On, word.span);
    } else {
        let message = format!("'{}' is no word for '{name}'", word.text);
        reader.refuse("bad-word", word.span, message, "it is `off`");
    }
}

pub(crate) fn crm_daemon_dir(reader: &mut Reader<'_>, words: &Words) {
    let message = format!(
        "'{}' is where Pacemaker's programs are, which is not part of this program",
        words.value().text
    );
    reader.refuse("pacemaker", words.value().span, message, "take this line out");
}
