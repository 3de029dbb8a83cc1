//! `vrrp_script`, and users that scripts run as.

use std::time::Duration;

use syntax::{Diagnostic, Span, Version};

use super::command::command;
use super::number::{signed, thousandths, unsigned};
use crate::lines::{Line, Word};
use crate::model::Weight;
use crate::reading::Reading;
use crate::written::{Spanned, WrittenScript};

/// Begins a script.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(name) = reading.need(line, 0, "a name") else {
        return false;
    };
    if let Some(second) = line.arg(1) {
        // The original leaves it out without a word.
        let told = Diagnostic::warning(
            "extra-words",
            format!(
                "vrrp_script {} has a second name: the block is left out",
                name.text()
            ),
        )
        .at(second.span)
        .help("write one name");
        reading.tell(told);
        return false;
    }
    let name = Spanned::new(name.text().into_owned(), name.span);
    let earlier = reading
        .written
        .scripts
        .iter()
        .find(|script| !script.removed && script.name.value == name.value)
        .map(|script| script.name.span);
    if let Some(earlier) = earlier {
        let told = Diagnostic::warning(
            "duplicate-name",
            format!("a vrrp_script '{}' is defined above already", name.value),
        )
        .at(name.span)
        .label(earlier, "first defined here")
        .help("instances that track it take the first; give this one another name, or remove it");
        reading.tell(told);
    }
    reading.written.scripts.push(WrittenScript {
        name,
        command: None,
        ids: None,
        user_failed: None,
        interval: None,
        timeout: None,
        weight: Weight::default(),
        rise: None,
        fall: None,
        init_fail: false,
        removed: false,
    });
    true
}

/// Ends it: without a command or a user it is as if it were not there.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some(script) = reading.written.scripts.last() else {
        return;
    };
    let name = script.name.value.clone();
    let at = script.name.span;
    let has_user = script.ids.is_some();
    let fault = if script.command.is_none() {
        Some(
            Diagnostic::warning(
                "missing-keyword",
                format!("No script set for vrrp_script {name} - removing"),
            )
            .at(closed)
            .label(at, "this script")
            .help("write `script \"/path/of/program arguments\"` into its block"),
        )
    } else if let Some(span) = script.user_failed {
        let shown = script
            .command
            .iter()
            .flat_map(|command| &command.words)
            .map(|word| format!("'{word}'"))
            .collect::<Vec<_>>()
            .join(" ");
        Some(
            Diagnostic::warning(
                "unknown-user",
                format!("Unable to set uid/gid for script {shown}"),
            )
            .at(span)
            .help("write a user (and a group) that this machine has"),
        )
    } else if !has_user && default_ids(reading).is_none() {
        Some(
            Diagnostic::warning(
                "unknown-user",
                format!("Unable to set default user for vrrp script {name} - removing"),
            )
            .at(closed)
            .label(at, "this script")
            .note("Unable to set default user keepalived_script for script")
            .help("write `script_user USER` into global_defs, make the user keepalived_script, or give the script its own `user`"),
        )
    } else {
        None
    };
    if let Some(fault) = fault {
        reading.fault(fault);
        if let Some(script) = reading.written.scripts.last_mut() {
            script.removed = true;
        }
    }
}

/// User and group of scripts that name none.
///
/// `script_user` where there is one; else the user `keepalived_script` where there is one; else whoever runs the program, which
/// script security forbids.
pub(crate) fn default_ids(reading: &Reading<'_>) -> Option<(u32, u32)> {
    let global = &reading.written.global;
    if global.script_user_failed {
        return None;
    }
    global
        .script_user
        .or_else(|| reading.host.user("keepalived_script"))
        .or_else(|| (!global.script_security).then(|| reading.host.own_ids()))
}

/// The numbers of a user and a group; none when there is no such.
pub(crate) fn ids(reading: &Reading<'_>, user: &str, group: Option<&str>) -> Option<(u32, u32)> {
    let (uid, gid) = reading.host.user(user)?;
    match group {
        None => Some((uid, gid)),
        Some(group) => Some((uid, reading.host.group(group)?)),
    }
}

fn current<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut WrittenScript> {
    reading.written.scripts.last_mut()
}

fn name(reading: &Reading<'_>) -> String {
    reading
        .written
        .scripts
        .last()
        .map(|script| script.name.value.clone())
        .unwrap_or_default()
}

/// `script`.
pub(crate) fn script(reading: &mut Reading<'_>, line: &Line) {
    let (command, extra) = command(line);
    unread_words(reading, line, &extra);
    if let Some(script) = current(reading) {
        script.command = command;
    }
}

/// Tells of words behind a command that nothing looks at. The original says nothing of them.
pub(super) fn unread_words(reading: &mut Reading<'_>, line: &Line, words: &[String]) {
    if words.is_empty() {
        return;
    }
    let told = Diagnostic::warning(
        "extra-words",
        format!(
            "'{}' has words that nothing looks at: {}",
            line.keyword().text(),
            words.join(" ")
        ),
    )
    .at(line.span())
    .help("put the program and its arguments between double quotes");
    reading.tell(told);
}

/// `interval`.
pub(crate) fn interval(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds from one run to the next") else {
        return;
    };
    let name = name(reading);
    let least = if whole_seconds(reading) { "1" } else { "0.001" };
    match time(reading, word) {
        Ok(Duration::ZERO) => {
            at_least_one(reading, word, &format!("({name}): vrrp script interval"));
            set_interval(reading, Duration::from_secs(1));
        }
        Ok(value) => set_interval(reading, value),
        Err(why) => {
            let message = format!(
                "({name}): vrrp script interval '{}' must be between {least} and 4294 - ignoring",
                word.text()
            );
            bad(
                reading,
                word,
                message,
                why,
                "write seconds; it runs every second now",
            );
        }
    }
}

/// Seconds with three digits behind the point, which versions up to 2.2 did not know.
fn time(reading: &mut Reading<'_>, word: &Word) -> Result<Duration, String> {
    if whole_seconds(reading) {
        return unsigned(word, 0, 4294).map(|seconds| Duration::from_secs(seconds.into()));
    }
    let (value, too_fine) = thousandths(word, 0, 4294);
    if too_fine {
        let message = format!("number '{}' has too many decimal places", word.text());
        let told = Diagnostic::warning("bad-value", message)
            .at(word.span)
            .help("write three digits behind the point at most");
        reading.fault(told);
    }
    value
}

fn whole_seconds(reading: &Reading<'_>) -> bool {
    reading.dialect.strict && reading.dialect.version < Version::new(2, 3)
}

fn set_interval(reading: &mut Reading<'_>, value: Duration) {
    if let Some(script) = current(reading) {
        script.interval = Some(value);
    }
}

/// `timeout`.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds that a run may take") else {
        return;
    };
    let name = name(reading);
    let value = match time(reading, word) {
        Ok(Duration::ZERO) => {
            at_least_one(reading, word, &format!("({name}): vrrp script timeout"));
            Duration::from_secs(1)
        }
        Ok(value) => value,
        Err(why) => {
            let message = format!(
                "({name}): vrrp script timeout '{}' invalid - ignoring",
                word.text()
            );
            bad(reading, word, message, why, "write seconds; it is one second now");
            Duration::from_secs(1)
        }
    };
    if let Some(script) = current(reading) {
        script.timeout = Some(value);
    }
}

fn at_least_one(reading: &mut Reading<'_>, word: &Word, what: &str) {
    let told = Diagnostic::warning(
        "bad-value",
        format!("{what} must be greater than 0, setting to 1"),
    )
    .at(word.span)
    .help("write 1 or more");
    reading.fault(told);
}

/// A value that is not taken.
pub(crate) fn bad(
    reading: &mut Reading<'_>,
    word: &Word,
    message: impl Into<String>,
    why: impl Into<String>,
    help: impl Into<String>,
) {
    let told = Diagnostic::warning("bad-value", message)
        .at(word.span)
        .note(why)
        .help(help);
    reading.fault(told);
}

/// `weight`.
pub(crate) fn weight(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "what is added to the priority, -253 to 253") else {
        return;
    };
    let name = name(reading);
    let value = match signed(word, -253, 253) {
        Ok(value) => value,
        Err(why) => {
            let message = format!("vrrp_script {name} weight {} must be in [-253, 253]", word.text());
            bad(
                reading,
                word,
                message,
                why,
                "write a number from -253 to 253; it is 0 now",
            );
            return;
        }
    };
    let reverse = match line.arg(1) {
        None => false,
        Some(word) if word.bytes == b"reverse" => true,
        Some(word) => {
            let told = Diagnostic::warning(
                "bad-value",
                format!("vrrp_script {name} unknown weight option {}", word.text()),
            )
            .at(word.span)
            .help("only 'reverse' may stand here");
            reading.fault(told);
            false
        }
    };
    if let Some(script) = current(reading) {
        script.weight = Weight { value, reverse };
    }
}

/// `rise`.
pub(crate) fn rise(reading: &mut Reading<'_>, line: &Line) {
    let value = count(reading, line, "rise");
    if let (Some(script), Some(value)) = (current(reading), value) {
        script.rise = Some(value);
    }
}

/// `fall`.
pub(crate) fn fall(reading: &mut Reading<'_>, line: &Line) {
    let value = count(reading, line, "fall");
    if let (Some(script), Some(value)) = (current(reading), value) {
        script.fall = Some(value);
    }
}

fn count(reading: &mut Reading<'_>, line: &Line, what: &str) -> Option<u32> {
    let word = reading.need(line, 0, "a number of runs")?;
    match unsigned(word, 1, 2_147_483_647) {
        Ok(value) => Some(value),
        Err(why) => {
            let name = name(reading);
            let message = format!(
                "({name}): vrrp script {what} value '{}' invalid, defaulting to 1",
                word.text()
            );
            bad(reading, word, message, why, "write 1 or more");
            Some(1)
        }
    }
}

/// `user`.
pub(crate) fn user(reading: &mut Reading<'_>, line: &Line) {
    let Some(user) = reading.need(line, 0, "a user") else {
        return;
    };
    let group = line.arg(1).map(|word| word.text());
    let found = ids(reading, &user.text(), group.as_deref());
    let span = line.span();
    if let Some(script) = current(reading) {
        match found {
            Some(ids) => script.ids = Some(ids),
            None => script.user_failed = Some(span),
        }
    }
}

/// `init_fail`.
pub(crate) fn init_fail(reading: &mut Reading<'_>, _: &Line) {
    if let Some(script) = current(reading) {
        script.init_fail = true;
    }
}
