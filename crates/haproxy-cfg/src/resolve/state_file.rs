//! Files that keep the state of servers, and counters, over reloads: which of them count for whom, and whether they are there.

use std::path::Path;

use syntax::{Context, Diagnostic, Span};

use super::inherit::Inherited;
use crate::model::{StateFile, Word};
use crate::parse::Reading;
use crate::signature::Value;
use crate::values::strip_os_code;
use crate::written::ProxySection;

/// What a line of the global section says, and where.
fn global_path(reading: &Reading<'_>, keyword: &str) -> Option<(Word, Span)> {
    let mut sections = reading.written.sections.iter();
    sections.find_map(|section| {
        let mut lines = section.lines.iter().filter(|_| section.keyword == "global");
        let given = lines.find(|line| line.name == keyword)?;
        Some((given.get("path").and_then(Value::text)?.clone(), given.span))
    })
}

/// A path that counts from `server-state-base`, where there is one.
fn based(reading: &Reading<'_>, path: &Word) -> Word {
    match global_path(reading, "server-state-base") {
        Some((base, _)) => {
            let whole = Path::new(&base.to_string()).join(path.to_string());
            whole.to_string_lossy().into_owned().into()
        }
        None => path.clone(),
    }
}

/// The file of the global section. Tells when it is not there.
pub(super) fn global(reading: &mut Reading<'_>) -> Option<Word> {
    let (path, span) = global_path(reading, "server-state-file")?;
    let path = based(reading, &path);
    if let Err(error) = reading.host.path_kind(&path.to_string()) {
        let why = strip_os_code(&error);
        let message = format!("config: Can't open global server state file '{path}': {why}");
        let told = Diagnostic::warning("missing-file", message)
            .at(span)
            .context(Context::Whole);
        reading.tell(told.help("check the path; it is written by: show servers state"));
    }
    Some(path)
}

/// `stats-file`: the last one that is named. Tells when it is not there.
pub(super) fn counters(reading: &mut Reading<'_>) -> Option<Word> {
    let globals = reading.written.sections.iter();
    let globals = globals.filter(|section| section.keyword == "global");
    let given = globals
        .flat_map(|section| &section.lines)
        .rfind(|line| line.name == "stats-file")?;
    let (path, span) = (given.get("path").and_then(Value::text)?.clone(), given.span);
    if reading.host.path_kind(&path.to_string()).is_err() {
        let message = format!("config: Can't load stats-file '{path}': cannot open file.");
        let told = Diagnostic::warning("missing-file", message)
            .at(span)
            .context(Context::Whole);
        reading.tell(told.help("check the path; the file is written by: dump stats-file"));
    }
    Some(path)
}

/// Where the states of a proxy's servers come from. Tells when they cannot be read.
pub(super) fn of_proxy(reading: &mut Reading<'_>, section: &ProxySection) -> Option<StateFile> {
    let inherited = Inherited::new(reading, section);
    let last = |name: &str| inherited.last_line(reading, section, name);
    let load = last("load-server-state-from-file")?;
    let span = load.span;
    let from = load.arguments.first().and_then(|argument| argument.value.word());
    let name = &section.name;
    let (message, help) = match from {
        Some("global") => {
            if global_path(reading, "server-state-file").is_some() {
                return Some(StateFile::Global);
            }
            (
                format!(
                    "{} '{name}' configured to load server state file from global section 'server-state-file' directive. \
                     Unfortunately, 'server-state-file' is not set!",
                    Reading::proxy_words(section.kind)
                ),
                "add 'server-state-file PATH' to the global section",
            )
        }
        Some("local") => {
            let own = last("server-state-file-name")
                .and_then(|given| given.get("name").and_then(Value::text).cloned())
                .filter(|file| **file != *b"use-backend-name");
            let file = based(reading, &own.unwrap_or_else(|| name.clone()));
            let Err(error) = reading.host.path_kind(&file.to_string()) else {
                return Some(StateFile::Own(file));
            };
            (
                format!(
                    "Proxy '{name}': Can't open server state file '{file}': {}.",
                    strip_os_code(&error)
                ),
                "it is written by 'show servers state' of the stats socket",
            )
        }
        _ => return None,
    };
    let told = Diagnostic::warning("missing-file", message).at(span);
    reading.tell(told.context(Context::Whole).help(help));
    None
}
