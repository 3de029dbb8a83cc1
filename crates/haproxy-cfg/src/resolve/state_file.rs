//! `load-server-state-from-file`, whose file is to be there.

use syntax::{Context, Diagnostic};

use super::inherit::Inherited;
use crate::parse::Reading;
use crate::signature::Value;
use crate::values::strip_os_code;
use crate::written::ProxySection;

/// Tells of a proxy whose states of servers cannot be read.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection) {
    let inherited = Inherited::new(reading, section);
    let last = |name: &str| inherited.last_line(reading, section, name);
    let Some(load) = last("load-server-state-from-file") else {
        return;
    };
    let from = load.arguments.first().and_then(|argument| argument.value.word());
    let name = &section.name;
    let global = |keyword: &str| {
        let mut sections = reading.written.sections.iter();
        sections.any(|section| {
            let lines = &section.lines;
            section.keyword == "global" && lines.iter().any(|line| line.name == keyword)
        })
    };
    let (message, help) = match from {
        Some("global") if !global("server-state-file") => (
            format!(
                "{} '{name}' configured to load server state file from global section 'server-state-file' directive. \
                 Unfortunately, 'server-state-file' is not set!",
                Reading::proxy_words(section.kind)
            ),
            "add 'server-state-file PATH' to the global section",
        ),
        Some("local") if !global("server-state-base") => {
            let own = last("server-state-file-name")
                .and_then(|given| given.get("name").and_then(Value::text).cloned())
                .filter(|file| **file != *b"use-backend-name");
            let file = own.unwrap_or_else(|| name.clone());
            let Err(error) = reading.host.path_kind(&file.to_string()) else {
                return;
            };
            (
                format!(
                    "Proxy '{name}': Can't open server state file '{file}': {}.",
                    strip_os_code(&error)
                ),
                "it is written by 'show servers state' of the stats socket",
            )
        }
        _ => return,
    };
    let told = Diagnostic::warning("missing-file", message).at(load.span);
    reading.tell(told.context(Context::Whole).help(help));
}
