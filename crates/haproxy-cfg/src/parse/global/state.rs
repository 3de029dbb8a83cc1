//! Files that keep the state of servers.

use syntax::{Context, Diagnostic};

use super::super::line::Line;
use super::super::reading::Reading;
use super::{kept, once};
use crate::signature::Value;

/// `server-state-base PATH`.
pub(crate) fn state_base(reading: &mut Reading<'_>, line: &Line<'_>) {
    if kept(reading, line).is_some() {
        once(reading, line, "server-state-base");
    }
}

/// `server-state-file PATH`. What stands in the file is not read.
pub(crate) fn state_file(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = kept(reading, line) else { return };
    if !once(reading, line, "server-state-file") {
        return;
    }
    let Some(Value::Text(path)) = given.get("path") else {
        return;
    };
    let path = path.to_string();
    if reading.host.path_kind(&path).is_err() {
        let message =
            format!("config: Can't open global server state file '{path}': No such file or directory");
        let told = Diagnostic::warning("missing-file", message)
            .at(line.span())
            .context(Context::Whole);
        reading.tell(told.help("check the path; it is written by: show servers state"));
    }
}
