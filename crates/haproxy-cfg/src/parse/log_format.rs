//! `log-format` and its kin: the lines that hold a format.

use syntax::{Context, Diagnostic};

use super::format;
use super::frame::Frame;
use super::line::{Line, shown};
use super::reading::Reading;
use super::sample::Usage;
use crate::keywords::place;

/// `log-format STRING` and its kin.
pub(crate) fn log_format(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = shown(line.keyword()).into_owned();
    let Some(word) = line.arg(0) else {
        let message = format!("{name} expects an argument.");
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("add the format in quotes"));
    };
    if let Some(extra) = line.arg(1) {
        let message = format!("{name} expects only one argument, don't forget to escape spaces!");
        let told = Diagnostic::alert("extra-argument", message).at(extra.span);
        return reading.tell(told.help("put the format into quotes"));
    }
    if reading.place() == place::BACKEND && name != "unique-id-format" {
        ignored_in_backends(reading, line, &name);
        if name != "error-log-format" {
            return;
        }
    }
    let usage = if name == "unique-id-format" {
        Usage::UNIQUE_ID
    } else if name == "log-format-sd" {
        Usage::LOG_SD
    } else {
        Usage::LOG
    };
    let what = if name == "unique-id-format" {
        "unique-id"
    } else {
        &name
    };
    let lead = format!("{}: failed to parse {what} : ", reading.parsing(line.span()));
    let mut wording = Frame::new(&lead);
    wording.context = Context::Whole;
    if let Some(format) = format::parse(reading, word, usage, wording) {
        if matches!(name.as_str(), "log-format" | "log-format-sd") && !format.parts.is_empty() {
            reading.settings().log_format = Some(line.span());
        }
        format::keep_to_mode(reading, &format, wording);
    }
}

/// Backends write no lines to the log.
fn ignored_in_backends(reading: &mut Reading<'_>, line: &Line<'_>, name: &str) {
    let Some(proxy) = reading.proxy_ref() else { return };
    let message = format!(
        "backend '{}' : '{name}' directive is ignored in backends.",
        proxy.name
    );
    let told = Diagnostic::warning("ignored-keyword", message).at(line.keyword().span);
    reading.tell(told.help("move it into the frontend, which writes the log"));
}
