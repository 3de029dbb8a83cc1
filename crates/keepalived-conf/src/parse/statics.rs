//! What stays on the machine, and the instances that track it: `static_ipaddress` and `track_group`.

use syntax::{Diagnostic, Span, Version};

use super::address::address;
use crate::lines::{Line, Word};
use crate::reading::Reading;
use crate::written::{Spanned, WrittenStatic, WrittenTrackGroup};

/// Whom an address, a route or a rule belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// An instance: it comes and goes with MASTER.
    Instance,
    /// The machine.
    Machine,
}

/// An address of the machine.
pub(crate) fn address_line(reading: &mut Reading<'_>, line: &Line) {
    if let Some((what, group)) = address(reading, line, Home::Machine) {
        reading
            .written
            .static_addresses
            .push(WrittenStatic { what, group });
    }
}

/// `track_group` behind an entry: its name, when there is such a group by now.
pub(super) fn track_group(reading: &mut Reading<'_>, word: &Word) -> Option<String> {
    let name = word.text().into_owned();
    let known = reading
        .written
        .track_groups
        .iter()
        .any(|group| group.name.value == name);
    if known {
        return Some(name);
    }
    let told = Diagnostic::warning("unknown-group", format!("track_group {name} not found"))
        .at(word.span)
        .help(format!("define `track_group {name} {{ group {{ ... }} }}` in front of it; as it stands no instance tracks it"));
    reading.fault(told);
    None
}

/// Begins a group; a second one of a name is skipped.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let [word, ..] = line.args() else {
        let told = Diagnostic::warning("missing-argument", "track_group must have a name - skipping")
            .at(line.behind())
            .help("write a name behind it; as it stands the whole block is left out");
        reading.fault(told);
        return false;
    };
    let name = word.text().into_owned();
    let earlier = reading
        .written
        .track_groups
        .iter()
        .find(|group| group.name.value == name);
    if let Some(earlier) = earlier {
        let told = Diagnostic::warning("duplicate-name", format!("track_group {name} already defined"))
            .at(word.span)
            .label(earlier.name.span, "first defined here")
            .help("give it another name; as it stands the whole block is left out");
        reading.fault(told);
        return false;
    }
    reading.written.track_groups.push(WrittenTrackGroup {
        name: Spanned::new(name, word.span),
        members: Vec::new(),
    });
    true
}

/// Ends it.
pub(crate) fn end(reading: &mut Reading<'_>, at: Span) {
    let empty = reading
        .written
        .track_groups
        .last()
        .is_some_and(|group| group.members.is_empty());
    if !empty {
        return;
    }
    let Some(group) = reading.written.track_groups.pop() else {
        return;
    };
    let message = format!(
        "Static track group {} has no members - removing",
        group.name.value
    );
    let told = Diagnostic::warning("no-member", message)
        .at(at)
        .help("write `group { INSTANCE }` into it");
    // Older versions said nothing.
    if reading.dialect.strict && reading.dialect.version < Version::new(2, 3) {
        reading.tell(told);
    } else {
        reading.fault(told);
    }
}

/// Begins the members of a group; a second list of them is skipped.
pub(crate) fn begin_members(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(group) = reading.written.track_groups.last() else {
        return false;
    };
    if group.members.is_empty() {
        return true;
    }
    let message = format!("Group list already specified for sync group {}", group.name.value);
    let told = Diagnostic::warning("duplicate-keyword", message)
        .at(line.span())
        .help("write all members into one list; as it stands this one is left out");
    reading.fault(told);
    false
}

/// Members of a group, one or more a line.
pub(crate) fn member(reading: &mut Reading<'_>, line: &Line) {
    if let Some(group) = reading.written.track_groups.last_mut() {
        let members = line.words.iter();
        group
            .members
            .extend(members.map(|word| Spanned::new(word.text().into_owned(), word.span)));
    }
}

/// Ends the members of a group.
pub(crate) fn end_members(reading: &mut Reading<'_>, at: Span) {
    let empty = reading
        .written
        .track_groups
        .last()
        .filter(|group| group.members.is_empty());
    if let Some(name) = empty.map(|group| group.name.value.clone()) {
        let told = Diagnostic::warning(
            "no-member",
            format!("Warning - track group {name} has empty group block"),
        )
        .at(at)
        .help("write the names of instances into it");
        reading.fault(told);
    }
}
