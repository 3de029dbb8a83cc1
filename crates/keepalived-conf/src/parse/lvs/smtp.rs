//! `SMTP_CHECK`.

use super::value::lacks;
use crate::lines::Line;
use crate::reading::Reading;

/// `helo_name`.
pub(crate) fn helo_name(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_none() {
        lacks(
            reading,
            line,
            "SMTP_CHECK helo name missing",
            "write the name to greet with",
        );
    }
}
