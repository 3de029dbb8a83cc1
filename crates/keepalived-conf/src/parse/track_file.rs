//! `track_file`: a file with a number in it.

use syntax::{Diagnostic, Span, Version};

use super::number::signed;
use super::script::bad;
use crate::lines::Line;
use crate::model::{FileInit, Weight};
use crate::reading::Reading;
use crate::written::{Spanned, WrittenFile};

/// Begins a file.
pub(crate) fn begin(reading: &mut Reading<'_>, line: &Line) -> bool {
    let Some(name) = reading.need(line, 0, "a name") else {
        return false;
    };
    let name = Spanned::new(name.text().into_owned(), name.span);
    let earlier = reading
        .written
        .files
        .iter()
        .find(|file| !file.removed && file.name.value == name.value)
        .map(|file| file.name.span);
    if let Some(earlier) = earlier {
        let told = Diagnostic::warning(
            "duplicate-name",
            format!("a track_file '{}' is defined above already", name.value),
        )
        .at(name.span)
        .label(earlier, "first defined here")
        .help("who tracks it takes the first; give this one another name, or remove it");
        reading.tell(told);
    }
    reading.written.files.push(WrittenFile {
        name,
        path: None,
        weight: Weight {
            value: 1,
            reverse: false,
        },
        init: None,
        removed: false,
    });
    true
}

/// Ends it: without a path it is as if it were not there.
pub(crate) fn end(reading: &mut Reading<'_>, closed: Span) {
    let Some(file) = current(reading).filter(|file| file.path.is_none()) else {
        return;
    };
    file.removed = true;
    let (name, at) = (file.name.value.clone(), file.name.span);
    let told = Diagnostic::warning(
        "missing-keyword",
        format!("No file set for track_file {name} - ignoring"),
    )
    .at(closed)
    .label(at, "this one")
    .help("write `file \"/path/of/the/file\"` into its block");
    reading.fault(told);
}

fn current<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut WrittenFile> {
    reading.written.files.last_mut()
}

fn name(reading: &Reading<'_>) -> String {
    let last = reading.written.files.last();
    last.map(|file| file.name.value.clone()).unwrap_or_default()
}

/// `file`.
pub(crate) fn file(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = line.arg(0) else {
        let told = Diagnostic::warning("missing-argument", "track file file name missing")
            .at(line.behind())
            .help("write the file's path behind it");
        return reading.fault(told);
    };
    let path = Spanned::new(word.text().into_owned(), word.span);
    let name = name(reading);
    let Some(file) = current(reading) else { return };
    if let Some(earlier) = &file.path {
        let message = format!("File already set for track file {name} - ignoring {}", path.value);
        let told = Diagnostic::warning("duplicate-keyword", message)
            .at(path.span)
            .label(earlier.span, "first given here")
            .help("remove one of them");
        return reading.fault(told);
    }
    file.path = Some(path);
}

/// `weight`.
pub(crate) fn weight(reading: &mut Reading<'_>, line: &Line) {
    let name = name(reading);
    let Some(word) = line.arg(0) else {
        let message = format!("No weight specified for track file {name} - ignoring");
        let told = Diagnostic::warning("missing-argument", message)
            .at(line.behind())
            .help("write a number behind it");
        return reading.fault(told);
    };
    // Versions up to 2.2 knew smaller numbers only.
    let old = reading.dialect.strict && reading.dialect.version < Version::new(2, 3);
    let most = if old { 254 } else { i32::MAX };
    let value = match signed(word, -most, most) {
        Ok(value) => value,
        Err(why) => {
            let message = format!(
                "Weight ({}) for track_file {name} must be between [-{most}..{most}] inclusive. Ignoring...",
                word.text()
            );
            bad(reading, word, message, why, "write a whole number; it is 1 now");
            return;
        }
    };
    let reverse = reverse(reading, line, &format!("track_file {name} unknown weight option"));
    if let Some(file) = current(reading) {
        file.weight = Weight { value, reverse };
    }
}

/// Whether `reverse` stands behind the weight. `what` begins the message when something else does.
pub(super) fn reverse(reading: &mut Reading<'_>, line: &Line, what: &str) -> bool {
    match line.arg(1) {
        None => false,
        Some(word) if word.bytes == b"reverse" => true,
        Some(word) => {
            let told = Diagnostic::warning("bad-value", format!("{what} {}", word.text()))
                .at(word.span)
                .help("only 'reverse' may stand here");
            reading.fault(told);
            false
        }
    }
}

/// `init_file`: a number, `overwrite`, or both in any order.
pub(crate) fn init_file(reading: &mut Reading<'_>, line: &Line) {
    let name = name(reading);
    let mut init = FileInit::default();
    for word in line.args() {
        let looks_like_number = word
            .bytes
            .first()
            .is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+'));
        if word.bytes == b"overwrite" {
            init.overwrite = true;
        } else if looks_like_number {
            match signed(word, i32::MIN, i32::MAX) {
                Ok(value) => {
                    init.value = value;
                    if !(-254..=254).contains(&value) {
                        let message = format!(
                            "Track file {name} init value {value} is outside sensible range [-254, 254]"
                        );
                        let told = Diagnostic::warning("bad-value", message)
                            .at(word.span)
                            .help("write a number from -254 to 254");
                        reading.fault(told);
                    }
                }
                Err(why) => {
                    let message = format!("Track file {name} init value {} is invalid", word.text());
                    bad(reading, word, message, why, "write a whole number; it is 0 now");
                }
            }
        } else {
            let message = format!("Unknown track file init option {}", word.text());
            let told = Diagnostic::warning("bad-value", message)
                .at(word.span)
                .help("a number and 'overwrite' may stand here");
            reading.fault(told);
        }
    }
    if let Some(file) = current(reading) {
        file.init = Some(init);
    }
}
