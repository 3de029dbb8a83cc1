//! `MISC_CHECK`: a script that says how a server is.

use syntax::{Diagnostic, Span};

use super::value::lacks;
use super::{check, real};
use crate::lines::Line;
use crate::parse::command::command;
use crate::parse::number::unsigned;
use crate::parse::script::{bad, default_ids, ids, unread_words};
use crate::reading::Reading;

/// The longest that a script may take, in seconds.
const LONGEST: u32 = u32::MAX / 1_000_000;

/// Ends one: without a script it is as if it were not there.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some(check) = check(reading) else { return };
    let user = check.user;
    let Some(mut script) = check.script.take() else {
        let message = "No script path has been specified for MISC_CHECKER - skipping";
        let told = Diagnostic::warning("missing-keyword", message)
            .at(closed)
            .help("write `misc_path \"/path/of/program arguments\"` into it");
        return reading.fault(told);
    };
    match user {
        // It was told of, and the check is gone.
        Some(None) => return,
        Some(named) => script.ids = named,
        None => {
            let Some(found) = default_ids(reading) else {
                let message = "Unable to set default user for misc script, removing";
                let told = Diagnostic::warning("unknown-user", message)
                    .at(closed)
                    .note("Unable to set default user keepalived_script for script")
                    .help("write `script_user USER` into global_defs, or `user USER` into the check");
                return reading.fault(told);
            };
            script.ids = Some(found);
        }
    }
    if let Some(real) = real(reading) {
        real.programs.push(script);
    }
}

/// `misc_path`.
pub(crate) fn path(reading: &mut Reading<'_>, line: &Line) {
    let (found, extra) = command(line);
    unread_words(reading, line, &extra);
    if let (Some(check), true) = (check(reading), line.arg(0).is_some()) {
        check.script = found;
    }
}

/// `misc_timeout`.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds that it may take") else {
        return;
    };
    if let Err(why) = unsigned(word, 0, LONGEST) {
        let message = format!("Invalid misc_timeout value '{}'", word.text());
        bad(reading, word, message, why, "write whole seconds");
    }
}

/// `user`.
pub(crate) fn user(reading: &mut Reading<'_>, line: &Line) {
    let script = check(reading)
        .and_then(|check| check.script.as_ref())
        .map(|script| {
            script
                .words
                .iter()
                .map(|word| format!("'{word}'"))
                .collect::<Vec<_>>()
        })
        .unwrap_or_default()
        .join(" ");
    let Some(user) = line.arg(0) else {
        let message = format!("No user specified for misc checker script {script}");
        return lacks(reading, line, &message, "write a user, and perhaps a group");
    };
    let group = line.arg(1).map(|word| word.text());
    let found = ids(reading, &user.text(), group.as_deref());
    if found.is_none() {
        let message = format!("Failed to set uid/gid for misc checker script {script} - removing");
        let told = Diagnostic::warning("unknown-user", message)
            .at(line.span())
            .help("write a user (and a group) that this machine has");
        reading.fault(told);
    }
    if let Some(check) = check(reading) {
        check.user = Some(found);
    }
}
