//! What lines of a proxy name that stands elsewhere, and what they need to be of use: FastCGI applications, caches of filters,
//! files of server states.

use syntax::{Context, Diagnostic, Severity, Span};

use super::inherit::Inherited;
use crate::model::{Mode, Proxy, Word};
use crate::parse::Reading;
use crate::signature::{Argument, Given};
use crate::values::strip_os_code;
use crate::written::ProxySection;

/// A proxy and its words in messages.
struct Subject<'a> {
    section: &'a ProxySection,
    proxy: &'a Proxy,
    kind: &'static str,
}

/// Tells what the lines of a proxy lack.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    let lines: Vec<Given> = Inherited::new(reading, section)
        .lines(reading, section)
        .filter(|given| LOOKED_AT.contains(&given.name))
        .cloned()
        .collect();
    if lines.is_empty() {
        return;
    }
    let subject = Subject {
        section,
        proxy,
        kind: Reading::proxy_words(section.kind),
    };
    for given in lines.iter().filter(|given| given.name == "filter") {
        filter(reading, &subject, given);
    }
    application(reading, &subject, &lines);
    states(reading, &subject, &lines);
}

const LOOKED_AT: &[&str] = &[
    "filter",
    "use-fcgi-app",
    "load-server-state-from-file",
    "server-state-file-name",
];

fn tell(
    reading: &mut Reading<'_>,
    severity: Severity,
    code: &'static str,
    span: Span,
    words: String,
    help: &str,
) {
    let told = Diagnostic::new(severity, code, words).at(span);
    reading.tell(told.context(Context::Whole).help(help));
}

fn declared(reading: &Reading<'_>, keyword: &str, name: &Word) -> bool {
    let mut sections = reading.written.sections.iter();
    sections.any(|section| section.keyword == keyword && section.name == *name)
}

fn text(arguments: &[Argument], name: &str) -> Option<Word> {
    let found = arguments.iter().find(|argument| argument.name == name)?;
    found.value.text().cloned()
}

/// `filter cache NAME` and `filter fcgi-app NAME`.
fn filter(reading: &mut Reading<'_>, subject: &Subject<'_>, given: &Given) {
    let Some(name) = given.option("cache").and_then(|values| text(values, "name")) else {
        return;
    };
    if !declared(reading, "cache", &name) {
        let words = format!(
            "config: {} '{}': unable to find the cache '{name}' referenced by the filter 'cache'.",
            subject.kind, subject.section.name
        );
        let help = format!("add a section: cache {name}");
        tell(reading, Severity::Alert, "unknown-name", given.span, words, &help);
    }
}

/// `use-fcgi-app NAME` and `filter fcgi-app NAME`.
fn application(reading: &mut Reading<'_>, subject: &Subject<'_>, lines: &[Given]) {
    let name = &subject.section.name;
    let mut found: Vec<(Word, Span, bool)> = Vec::new();
    for given in lines {
        if given.name == "use-fcgi-app" {
            found.extend(text(&given.arguments, "name").map(|app| (app, given.span, true)));
        } else if let Some(values) = given.option("fcgi-app") {
            found.extend(text(values, "name").map(|app| (app, given.span, false)));
        }
    }
    for (app, span, used) in found {
        if !used && !declared(reading, "fcgi-app", &app) {
            let words = format!("proxy '{name}' : fcgi-app '{app}' not found.");
            let help = format!("add a section: fcgi-app {app}");
            tell(reading, Severity::Alert, "unknown-name", span, words, &help);
        }
        if used && subject.proxy.mode != Mode::Http {
            let words = format!("proxy '{name}': FCGI application cannot be used in non-HTTP mode.");
            tell(
                reading,
                Severity::Alert,
                "needs-http",
                span,
                words,
                "write: mode http",
            );
            continue;
        }
        let server = subject.section.servers.iter().any(|line| {
            let more = line.params.more.as_deref();
            more.and_then(|more| more.proto) == Some("fcgi")
        });
        if !used && !server {
            let words = format!("proxy '{name}': FCGI app configured but no FCGI server found.");
            let help = "add 'proto fcgi' to its servers";
            tell(reading, Severity::Alert, "bad-protocol", span, words, help);
        }
    }
}

/// `load-server-state-from-file`, whose file is to be there.
fn states(reading: &mut Reading<'_>, subject: &Subject<'_>, lines: &[Given]) {
    let Some(load) = lines
        .iter()
        .find(|given| given.name == "load-server-state-from-file")
    else {
        return;
    };
    let from = load.arguments.first().and_then(|argument| argument.value.word());
    let name = &subject.section.name;
    let global = |keyword: &str| {
        let mut sections = reading.written.sections.iter();
        sections.any(|section| {
            let lines = &section.lines;
            section.keyword == "global" && lines.iter().any(|line| line.name == keyword)
        })
    };
    match from {
        Some("global") if !global("server-state-file") => {
            let words = format!(
                "{} '{name}' configured to load server state file from global section 'server-state-file' directive. \
                 Unfortunately, 'server-state-file' is not set!",
                subject.kind
            );
            let help = "add 'server-state-file PATH' to the global section";
            tell(reading, Severity::Warning, "missing-file", load.span, words, help);
        }
        Some("local") if !global("server-state-base") => {
            let own = lines
                .iter()
                .find(|given| given.name == "server-state-file-name")
                .and_then(|given| text(&given.arguments, "name"));
            let file = own
                .filter(|file| **file != *b"use-backend-name")
                .unwrap_or_else(|| name.clone());
            let Err(error) = reading.host.path_kind(&file.to_string()) else {
                return;
            };
            let words = format!(
                "Proxy '{name}': Can't open server state file '{file}': {}.",
                strip_os_code(&error)
            );
            let help = "it is written by 'show servers state' of the stats socket";
            tell(reading, Severity::Warning, "missing-file", load.span, words, help);
        }
        _ => {}
    }
}
