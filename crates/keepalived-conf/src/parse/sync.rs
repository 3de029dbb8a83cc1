//! `vrrp_sync_group`: instances that change their state together.

use syntax::{Diagnostic, Span};

use super::owner::Owner;
use super::{notify, number, track};
use crate::lines::Line;
use crate::reading::Reading;
use crate::written::{Spanned, SyncGroup};

/// Begins a group; one of a name that there is already is left out.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(word) = reading.need(line, 0, "the group's name") else {
        return false;
    };
    let name = word.text().into_owned();
    let earlier = reading
        .written
        .sync_groups
        .iter()
        .find(|group| group.name.value == name);
    if let Some(earlier) = earlier {
        let told = Diagnostic::warning(
            "duplicate-name",
            format!("vrrp sync group {name} already defined"),
        )
        .at(word.span)
        .label(earlier.name.span, "first defined here")
        .help("give it another name, or remove it");
        reading.fault(told);
        return false;
    }
    reading
        .written
        .sync_groups
        .push(SyncGroup::new(Spanned::new(name, word.span)));
    true
}

/// Ends it. What its members have to do with is told later.
pub(crate) fn end(_: &mut Reading<'_>, _: Span) {}

/// The group that is being read.
pub(super) fn current<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut SyncGroup> {
    reading.written.sync_groups.last_mut()
}

/// Its name.
pub(super) fn current_name(reading: &Reading<'_>) -> String {
    let last = reading.written.sync_groups.last();
    last.map(|group| group.name.value.clone()).unwrap_or_default()
}

/// A line of `group`: names of instances.
pub(crate) fn members(reading: &mut Reading<'_>, line: &Line) {
    let names: Vec<_> = line
        .words
        .iter()
        .map(|word| Spanned::new(word.text().into_owned(), word.span))
        .collect();
    if let Some(group) = current(reading) {
        group.members.extend(names);
    }
}

/// `notify_master` and its kin.
pub(crate) fn notify_line(reading: &mut Reading<'_>, line: &Line) {
    notify::read(reading, line, Owner::Group);
}

/// `smtp_alert`.
pub(crate) fn smtp_alert(reading: &mut Reading<'_>, line: &Line) {
    let value = match line.arg(0) {
        None => true,
        Some(word) => match number::switch(word) {
            Some(value) => value,
            None => {
                let name = current_name(reading);
                let message = format!("({name}) invalid smtp_alert value '{}'", word.text());
                let told = Diagnostic::warning("bad-value", message)
                    .at(word.span)
                    .help("write true or false");
                return reading.fault(told);
            }
        },
    };
    if let Some(group) = current(reading) {
        group.smtp_alert = Some(value);
    }
}

/// `sync_group_tracking_weight`.
pub(crate) fn tracking_weight(reading: &mut Reading<'_>, _: &Line) {
    if let Some(group) = current(reading) {
        group.tracking_weight = true;
    }
}

/// `global_tracking`, the old word for what a group tracks itself.
pub(crate) fn global_tracking(reading: &mut Reading<'_>, line: &Line) {
    let name = current_name(reading);
    let told = Diagnostic::warning(
        "deprecated",
        format!("({name}) global_tracking is deprecated. Use track_interface/script/file on the sync group"),
    )
    .at(line.keyword().span)
    .help("write track_interface, track_script or track_file into the group");
    reading.fault(told);
    tracking_weight(reading, line);
}

/// An entry of `track_script`.
pub(crate) fn track_script(reading: &mut Reading<'_>, line: &Line) {
    track::script_of(reading, line, Owner::Group);
}

/// An entry of `track_interface`.
pub(crate) fn track_interface(reading: &mut Reading<'_>, line: &Line) {
    track::interface_of(reading, line, Owner::Group);
}
