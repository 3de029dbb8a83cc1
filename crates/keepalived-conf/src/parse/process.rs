//! How the program itself runs.

use std::time::Duration;

use syntax::Diagnostic;

use super::notify::{command_of, ids_of};
use super::number::{switch, unsigned};
use super::script::bad;
use crate::lines::{Line, Word};
use crate::reading::Reading;

/// `startup_script` and `shutdown_script`.
pub(crate) fn script(reading: &mut Reading<'_>, line: &Line) {
    let keyword = line.keyword().text().into_owned();
    let Some((mut found, words)) = command_of(reading, line) else {
        return;
    };
    let Some(ids) = ids_of(reading, line, &keyword, &words) else {
        return;
    };
    found.ids = Some(ids);
    let program = &mut reading.written.global.program;
    let slot = if keyword == "startup_script" {
        &mut program.startup
    } else {
        &mut program.shutdown
    };
    if slot.is_some() {
        let told = Diagnostic::warning(
            "duplicate-keyword",
            format!("{keyword} already specified - ignoring"),
        )
        .at(line.span())
        .help("remove one of them, or have one script call the other");
        return reading.fault(told);
    }
    *slot = Some(found);
}

/// Their timeouts.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "seconds") else {
        return;
    };
    let keyword = line.keyword().text().into_owned();
    match unsigned(word, 1, 1000) {
        Ok(seconds) => {
            let program = &mut reading.written.global.program;
            let time = Some(Duration::from_secs(seconds.into()));
            if keyword == "startup_script_timeout" {
                program.startup_timeout = time;
            } else {
                program.shutdown_timeout = time;
            }
        }
        Err(why) => {
            let message = format!("{keyword} '{}' must be in [1, 1000] - ignoring", word.text());
            bad(reading, word, message, why, "write whole seconds");
        }
    }
}

/// `umask`.
pub(crate) fn umask(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a mask") else {
        return;
    };
    match mask(&word.text()) {
        Some(value) => reading.written.global.program.umask = Some(value),
        None => {
            let told = Diagnostic::warning("bad-value", format!("Unknown umask bit {}", word.text()))
                .at(word.span)
                .help("write a number such as 0177, or names such as IRWXO|IXGRP");
            reading.fault(told);
        }
    }
}

/// A number as C writes them, or names of bits with `|` between them; nine bits.
fn mask(text: &str) -> Option<u32> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        let value = if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
            u32::from_str_radix(digits, 16)
        } else if text.len() > 1 && text.starts_with('0') {
            u32::from_str_radix(text, 8)
        } else {
            text.parse()
        };
        return value.ok().filter(|value| *value <= 0o777);
    }
    text.split('|').try_fold(0, |mask, name| {
        let name = name.trim().strip_prefix('I')?;
        let (bits, who) = match name.strip_prefix("RWX") {
            Some("U") => (7, "USR"),
            Some("G") => (7, "GRP"),
            Some("O") => (7, "OTH"),
            Some(_) => return None,
            None => {
                let (bit, who) = name.split_at_checked(1)?;
                let bit = match bit {
                    "R" => 4,
                    "W" => 2,
                    "X" => 1,
                    _ => return None,
                };
                (bit, who)
            }
        };
        let shift = match who {
            "USR" => 6,
            "GRP" => 3,
            "OTH" => 0,
            _ => return None,
        };
        Some(mask | (bits << shift))
    })
}

/// `process_name`, `vrrp_process_name`.
pub(crate) fn name(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "a name") else {
        return;
    };
    let name = Some(word.text().into_owned());
    let program = &mut reading.written.global.program;
    if line.keyword().text() == "process_name" {
        program.parent_name = name;
    } else {
        program.vrrp_name = name;
    }
}

/// `process_names`.
pub(crate) fn names(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.program.own_names = true;
}

/// A switch that is on without a value.
fn flag(reading: &mut Reading<'_>, line: &Line) -> bool {
    let given = line.arg(0).map_or(Some(true), switch);
    if given.is_none() {
        let keyword = line.keyword().text().into_owned();
        let told = Diagnostic::warning("bad-value", format!("Invalid {keyword} value"))
            .at(line.span())
            .help("write on or off");
        reading.fault(told);
    }
    given.unwrap_or(false)
}

/// `use_symlink_paths`.
pub(crate) fn symlinks(reading: &mut Reading<'_>, line: &Line) {
    reading.written.global.program.symlinks = flag(reading, line);
}

/// `set_supplementary_groups`.
pub(crate) fn groups(reading: &mut Reading<'_>, line: &Line) {
    reading.written.global.program.groups = flag(reading, line);
}

/// The path behind a keyword that needs none, or an absolute one.
fn path(reading: &mut Reading<'_>, line: &Line, word: &Word) -> Option<String> {
    let path = word.text().into_owned();
    if path.starts_with('/') {
        return Some(path);
    }
    let keyword = line.keyword().text().into_owned();
    let told = Diagnostic::warning(
        "bad-value",
        format!("{keyword}: '{path}' is no absolute path - ignoring"),
    )
    .at(word.span)
    .help("write a path that begins with a slash");
    reading.fault(told);
    None
}

/// `config_save_dir`.
pub(crate) fn save_folder(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = reading.need(line, 0, "a folder")
        && let Some(path) = path(reading, line, word)
    {
        reading.written.global.program.save_folder = Some(path);
    }
}

/// `reload_file` and `reload_check_config`.
pub(crate) fn reload_file(reading: &mut Reading<'_>, line: &Line) {
    let file = match line.arg(0) {
        None => None,
        Some(word) => match path(reading, line, word) {
            Some(path) => Some(path),
            None => return,
        },
    };
    let reload = &mut reading.written.global.program.reload;
    if line.keyword().text() == "reload_file" {
        reload.file = Some(file);
    } else {
        reload.check = Some(file);
    }
}

/// `reload_time_file`.
pub(crate) fn reload_time_file(reading: &mut Reading<'_>, line: &Line) {
    if let Some(word) = reading.need(line, 0, "a file")
        && let Some(path) = path(reading, line, word)
    {
        reading.written.global.program.reload.time_file = Some(path);
    }
}

/// `reload_repeat`.
pub(crate) fn reload_repeat(reading: &mut Reading<'_>, _: &Line) {
    reading.written.global.program.reload.repeat = true;
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn masks_are_numbers_or_names_of_bits() {
        assert_eq!(mask("0177"), Some(0o177));
        assert_eq!(mask("0x1f"), Some(0o37));
        assert_eq!(mask("18"), Some(0o22));
        assert_eq!(mask("IRWXO|IXGRP"), Some(0o017));
        assert_eq!(mask("IXUSR|IRWXG|IRWXO"), Some(0o177));
        for bad in ["01000", "IR", "RUSR", "IRWX", "IZUSR", "", "09"] {
            assert_eq!(mask(bad), None, "{bad}");
        }
    }
}
