//! Scripts that are told of an instance's changes, or a group's.

use syntax::Diagnostic;

use super::command::command;
use super::owner::Owner;
use super::script::{default_ids, ids, unread_words};
use crate::lines::Line;
use crate::reading::Reading;
use crate::written::{Command, WrittenNotify};

/// `notify_master` and its kin.
pub(crate) fn line(reading: &mut Reading<'_>, line: &Line) {
    read(reading, line, Owner::Instance);
}

/// The same of any owner.
pub(super) fn read(reading: &mut Reading<'_>, line: &Line, owner: Owner) {
    let keyword = line.keyword().text().into_owned();
    let Some((mut found, words)) = command_of(reading, line) else {
        return;
    };
    let instance = owner.name(reading);
    let taken = owner
        .notify(reading)
        .is_some_and(|notify| slot(notify, &keyword).is_some());
    if taken {
        let told = Diagnostic::warning(
            "duplicate-keyword",
            format!(
                "({instance}) {keyword} script already specified - ignoring {}",
                found.words.join(" ")
            ),
        )
        .at(line.span())
        .help("remove one of them, or have one script call the other");
        return reading.fault(told);
    }
    let Some(ids) = ids_of(reading, line, &format!("({instance}) {keyword}"), &words) else {
        return;
    };
    found.ids = Some(ids);
    if let Some(notify) = owner.notify(reading) {
        *slot(notify, &keyword) = Some(found);
    }
}

/// The command behind a keyword, and the words behind that.
pub(super) fn command_of(reading: &mut Reading<'_>, line: &Line) -> Option<(Command, Vec<String>)> {
    reading.need(line, 0, "a script")?;
    let (found, words) = command(line);
    if found.is_none() {
        let keyword = line.keyword().text().into_owned();
        let told = Diagnostic::warning("missing-argument", format!("'{keyword}' has no script"))
            .at(line.span())
            .help("write the script's path between the quotes");
        reading.tell(told);
    }
    Some((found?, words))
}

/// The user and group that a program is run as: those that stand behind it, or else those of all programs. `what` is for messages.
pub(super) fn ids_of(
    reading: &mut Reading<'_>,
    line: &Line,
    what: &str,
    words: &[String],
) -> Option<(u32, u32)> {
    unread_words(reading, line, words.get(2..).unwrap_or_default());
    if let Some(user) = words.first() {
        let named = ids(reading, user, words.get(1).map(String::as_str));
        if named.is_none() {
            let told = Diagnostic::warning(
                "unknown-user",
                format!("{what}: no such user or group, the script is not run"),
            )
            .at(line.span())
            .help("write a user (and a group) that this machine has, or put the arguments into the script's quotes");
            reading.tell(told);
        }
        return named;
    }
    let ids = default_ids(reading);
    if ids.is_none() {
        let told = Diagnostic::warning(
            "unknown-user",
            "Unable to set default user keepalived_script for script",
        )
        .at(line.span())
        .note(format!("{what} is not run"))
        .help("write `script_user USER` into global_defs, or a user behind the script");
        reading.fault(told);
    }
    ids
}

fn slot<'n>(notify: &'n mut WrittenNotify, keyword: &str) -> &'n mut Option<Command> {
    match keyword {
        "notify_master" => &mut notify.master,
        "notify_backup" => &mut notify.backup,
        "notify_fault" => &mut notify.fault,
        "notify_stop" => &mut notify.stop,
        "notify_master_rx_lower_pri" => &mut notify.master_rx_lower_pri,
        _ => &mut notify.any,
    }
}
