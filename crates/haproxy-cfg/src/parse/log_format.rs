//! `log-format` and its kin: the lines that hold a format.

use syntax::{Context, Diagnostic};

use super::format;
use super::frame::Frame;
use super::line::{Line, shown};
use super::reading::{Reading, Section};
use super::sample::Usage;
use crate::keywords::place;
use crate::model::Mode;
use crate::written::{FormatKind, FormatLine, Set};

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
        if name == "log-format" {
            // It is not looked at, but no other line counts then.
            let line = FormatLine {
                kind: FormatKind::Log,
                words: "log-format",
                span: line.span(),
                faults: Vec::new(),
                format: None,
            };
            give(reading, line);
        }
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
    let told = reading.diagnostics.len();
    let format = format::parse(reading, word, usage, wording);
    if format.as_ref().is_some_and(|format| format.parts.is_empty()) {
        return;
    }
    let mut faults: Vec<(Option<Mode>, Diagnostic)> = Vec::new();
    // The original reads a format where it is used: of one that is not, nothing is said.
    if reading.dialect.strict {
        let wrong = reading.diagnostics.drain(told..);
        faults.extend(wrong.map(|told| (None, told)));
    }
    let reserved = format
        .as_ref()
        .and_then(|format| format::kept_for_http(reading, format, wording));
    faults.extend(reserved.map(|told| (Some(Mode::Tcp), told)));
    let (kind, words) = match name.as_str() {
        "log-format" => (FormatKind::Log, "log-format"),
        "log-format-sd" => (FormatKind::Structured, "log-format-sd"),
        "error-log-format" => (FormatKind::Error, "error-log-format"),
        _ => (FormatKind::UniqueId, "unique-id-format"),
    };
    give(
        reading,
        FormatLine {
            kind,
            words,
            span: line.span(),
            faults,
            format: format.map(Box::new),
        },
    );
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

/// Notes what gives a format from here on. In `defaults` it is told when it takes the place of another; in a proxy it is meant to.
pub(super) fn give(reading: &mut Reading<'_>, line: FormatLine) {
    let (kind, span) = (line.kind, line.span);
    // The original takes this option for its neighbour.
    let words = match line.words {
        "option httpslog" => "option httplog",
        words => words,
    };
    let own = reading.settings().set_format(line);
    let Section::Defaults(index) = reading.section else {
        return;
    };
    let parent = |index: Option<usize>| reading.written.defaults.get(index?);
    let parents = std::iter::successors(parent(reading.written.defaults[index].parent), |section| {
        parent(section.parent)
    });
    let inherited = || {
        parents
            .filter_map(|section| section.settings.format(kind))
            .next()
            .cloned()
    };
    let spoken_of = matches!(kind, FormatKind::Log | FormatKind::Error);
    if let Some(before) = own.or_else(inherited).filter(|_| spoken_of) {
        let message = format!(
            "'{words}' overrides previous '{}' in 'defaults' section.",
            before.words
        );
        let told = Diagnostic::warning("overwritten", message).at(span);
        reading.tell(
            told.label(before.span, "given here before")
                .help("remove one of them"),
        );
    }
}

/// `unique-id-header NAME`.
pub(crate) fn unique_id_header(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        let told =
            Diagnostic::alert("missing-argument", "unique-id-header expects an argument.").at(line.behind());
        return reading.tell(told.help("write: unique-id-header X-Unique-ID"));
    };
    reading.settings().unique_id_header = Some(Set::new(word.text.to_vec().into(), line.span()));
}
