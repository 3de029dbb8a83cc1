//! Where the running program writes down what it knows, and how.

use syntax::Diagnostic;

use super::number::{switch, unsigned};
use super::script::bad;
use crate::lines::Line;
use crate::reading::Reading;

/// `state_dump_file`, `stats_dump_file`, `json_dump_file`.
pub(crate) fn file(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a file, or a folder with a slash behind it") else {
        return;
    };
    let path = word.text().into_owned();
    if !path.starts_with('/') {
        let keyword = line.keyword().text().into_owned();
        let told = Diagnostic::warning(
            "bad-value",
            format!("{keyword}: '{path}' is no absolute path - ignoring"),
        )
        .at(word.span)
        .help("write a path that begins with a slash");
        return reading.tell(told);
    }
    let dumps = &mut reading.written.global.dumps;
    match &*line.keyword().text() {
        "state_dump_file" => dumps.state = Some(path),
        "stats_dump_file" => dumps.stats = Some(path),
        _ => dumps.json = Some(path),
    }
}

/// `data_use_instance`.
pub(crate) fn use_instance(reading: &mut Reading<'_>, line: &Line) {
    let value = line.arg(0).map_or(Some(true), switch);
    match value {
        Some(value) => reading.written.global.dumps.use_instance = value,
        None => {
            let told = Diagnostic::warning("bad-value", "Invalid data_use_instance value")
                .at(line.span())
                .help("write on or off");
            reading.fault(told);
        }
    }
}

/// `json_version`.
pub(crate) fn json_version(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "1 or 2") else {
        return;
    };
    match unsigned(word, 1, 2) {
        Ok(version) => reading.written.global.dumps.json_object = version == 2,
        Err(why) => {
            let message = format!("Invalid json_version {}", word.text());
            bad(reading, word, message, why, "write 1 or 2");
        }
    }
}
