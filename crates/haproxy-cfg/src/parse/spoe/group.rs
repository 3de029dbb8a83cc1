//! Lines of `spoe-group`.

use super::{Act, add_names};
use crate::parse::line::Line;
use crate::parse::reading::Reading;

/// The keywords.
pub(super) const ROWS: &[(&str, Act)] = &[("messages", messages)];

/// `messages NAME …`.
fn messages(reading: &mut Reading<'_>, line: &Line<'_>) {
    add_names(reading, line, "spoe-message", |spoe| {
        spoe.groups.last_mut().map(|group| &mut group.messages)
    });
}
