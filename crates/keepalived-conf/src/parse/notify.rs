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
    if reading.need(line, 0, "a script").is_none() {
        return;
    }
    let keyword = line.keyword().text().into_owned();
    let (found, words) = command(line);
    let Some(mut found) = found else {
        let told = Diagnostic::warning("missing-argument", format!("'{keyword}' has no script"))
            .at(line.span())
            .help("write the script's path between the quotes");
        return reading.tell(told);
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
    unread_words(reading, line, words.get(2..).unwrap_or_default());
    let mut words = words.iter();
    if let Some(user) = words.next() {
        let Some(named) = ids(reading, user, words.next().map(String::as_str)) else {
            let told = Diagnostic::warning(
                "unknown-user",
                format!("({instance}) {keyword}: no such user or group, the script is not run"),
            )
            .at(line.span())
            .help("write a user (and a group) that this machine has, or put the arguments into the script's quotes");
            return reading.tell(told);
        };
        found.ids = Some(named);
    } else {
        let Some(ids) = default_ids(reading) else {
            let told = Diagnostic::warning(
                "unknown-user",
                "Unable to set default user keepalived_script for script",
            )
            .at(line.span())
            .note(format!("({instance}) {keyword} is not run"))
            .help("write `script_user USER` into global_defs, or a user behind the script");
            return reading.fault(told);
        };
        found.ids = Some(ids);
    }
    if let Some(notify) = owner.notify(reading) {
        *slot(notify, &keyword) = Some(found);
    }
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
