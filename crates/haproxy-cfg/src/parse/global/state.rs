//! Files that keep the state of servers, and counters.

use super::super::line::Line;
use super::super::reading::Reading;
use super::{kept, once};

/// `server-state-base PATH`.
pub(crate) fn state_base(reading: &mut Reading<'_>, line: &Line<'_>) {
    if kept(reading, line).is_some() {
        once(reading, line, "server-state-base");
    }
}

/// `server-state-file PATH`.
pub(crate) fn state_file(reading: &mut Reading<'_>, line: &Line<'_>) {
    if kept(reading, line).is_some() {
        once(reading, line, "server-state-file");
    }
}

/// `stats-file PATH`: the last one counts.
pub(crate) fn stats_file(reading: &mut Reading<'_>, line: &Line<'_>) {
    kept(reading, line);
}
