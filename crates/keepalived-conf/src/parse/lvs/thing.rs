//! `FILE_CHECK` and `BFD_CHECK`: a server is as a file or a BFD session says.

use syntax::{Diagnostic, Span};

use super::value::lacks;
use super::{check, server};
use crate::lines::Line;
use crate::parse::number::signed;
use crate::parse::script::bad;
use crate::reading::Reading;

/// Ends a `FILE_CHECK`.
pub(crate) fn end_file(reading: &mut Reading<'_>, closed: Span) {
    if check(reading).is_some_and(|check| check.thing.is_none()) {
        let told = Diagnostic::warning(
            "missing-keyword",
            "FILE_CHECK has no track_file specified - ignoring",
        )
        .at(closed)
        .help("write `track_file NAME` into it");
        reading.fault(told);
    }
}

/// `track_file`, which must stand before.
pub(crate) fn track_file(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the name of a track_file") else {
        return;
    };
    let name = word.text().into_owned();
    let known = reading
        .written
        .files
        .iter()
        .any(|file| !file.removed && file.name.value == name);
    if !known {
        let told = Diagnostic::warning("unknown-tracked", format!("track_file {name} not found"))
            .at(word.span)
            .help("write a `track_file` block of that name before the virtual server");
        return reading.fault(told);
    }
    if let Some(check) = check(reading) {
        check.thing = Some(name);
    }
}

/// `weight` of a `FILE_CHECK`.
pub(crate) fn weight(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = line.arg(0) else {
        return lacks(reading, line, "track file weight missing", "write a number");
    };
    if let Err(why) = signed(word, -i32::MAX, i32::MAX) {
        let message = format!(
            "weight for track file must be in [{}..{}] inclusive. Ignoring...",
            -i32::MAX,
            i32::MAX
        );
        return bad(reading, word, message, why, "write a number");
    }
    if let Some(word) = line.arg(1).filter(|word| word.bytes != b"reverse") {
        let message = format!("unknown track file weight option {} - ignoring", word.text());
        let told = Diagnostic::warning("unknown-option", message)
            .at(word.span)
            .help("only 'reverse' may stand here");
        reading.fault(told);
    }
}

/// The real server in messages.
fn frame(reading: &mut Reading<'_>) -> String {
    let shown = server(reading).and_then(|server| Some(server.shown(server.real_servers.last()?)));
    format!("({})", shown.unwrap_or_default())
}

/// Ends a `BFD_CHECK`.
pub(crate) fn end_session(reading: &mut Reading<'_>, closed: Span) {
    let nothing = check(reading).is_some_and(|check| check.thing.is_none() && !check.thing_told);
    if nothing {
        let message = format!(
            "{} No name has been specified for BFD_CHECKER - skipping",
            frame(reading)
        );
        let told = Diagnostic::warning("missing-keyword", message)
            .at(closed)
            .help("write `name BFD_INSTANCE` into it");
        reading.fault(told);
    }
}

/// `name` of a `BFD_CHECK`: a `bfd_instance` before it.
pub(crate) fn session(reading: &mut Reading<'_>, line: &Line) {
    let frame = frame(reading);
    let word = line.arg(0).filter(|_| line.args().len() == 1);
    let name = word.map(|word| word.text().into_owned());
    let sessions = &reading.written.sessions;
    let configured = |name: &str| {
        sessions
            .iter()
            .any(|session| !session.disabled && session.name.value == name)
    };
    let fault = match &name {
        None => Some("No or too many names specified - skipping checker".to_owned()),
        Some(name) if !configured(name) => Some(format!("BFD {name} not configured")),
        Some(name) => check(reading)
            .and_then(|check| check.thing.as_ref())
            .map(|known| format!("BFD {name} already specified as {known}")),
    };
    if let Some(fault) = fault {
        let told = Diagnostic::warning("unknown-tracked", format!("{frame} BFD_CHECK - {fault}"))
            .at(line.span())
            .help("write the name of one bfd_instance that stands before the virtual server");
        reading.fault(told);
        if let Some(check) = check(reading) {
            check.thing_told = true;
        }
    } else if let Some(check) = check(reading) {
        check.thing = name;
    }
}
