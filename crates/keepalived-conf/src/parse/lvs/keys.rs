//! `SSL`: keys of checks over TLS.

use super::value::lacks;
use crate::lines::Line;
use crate::reading::Reading;

/// `password`, `ca`, `certificate` and `key`.
pub(crate) fn line(reading: &mut Reading<'_>, line: &Line) {
    if line.arg(0).is_some() {
        return;
    }
    let what = match &*line.keyword().bytes {
        b"ca" => "cafile",
        b"certificate" => "certfile",
        b"key" => "keyfile",
        _ => "password",
    };
    lacks(
        reading,
        line,
        &format!("SSL {what} missing"),
        "write it behind the keyword",
    );
}
