//! Reading heartbeat's files: what is there, what is wrong with it, and what is asked for that is not done.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use heartbeat::Told;
use heartbeat_conf::model::{Configuration, MediumKind};
use heartbeat_conf::{Input, Inputs, Loaded, Source, load};
use heartbeat_proto::Level;
use syntax::Severity;

use super::host::Machine;

/// Reads the three files of a folder.
pub(super) fn read(folder: &Path) -> Loaded {
    let source = |name: &str| {
        let path = folder.join(name);
        let shown = path.display().to_string();
        let mode = fs::metadata(&path).map(|found| found.permissions().mode() & 0o7777);
        match (fs::read(&path), mode) {
            (Ok(bytes), Ok(mode)) => Source::File(Input::new(shown, bytes).mode(mode)),
            _ => Source::Missing(shown),
        }
    };
    load(
        &Inputs {
            ha_cf: source("ha.cf"),
            haresources: source("haresources"),
            authkeys: source("authkeys"),
        },
        &Machine,
    )
}

/// Settings that are told even when no line has them.
const DEFAULTS: [(&str, &str); 6] = [
    ("auto_failback", "legacy"),
    ("baud", "19200"),
    ("debug", "0"),
    ("hopfudge", "1"),
    ("msgfmt", "classic"),
    ("udpport", "694"),
];

/// Directives that may stand several times, of which none is the value.
const SEVERAL: [&str; 13] = [
    "apiauth",
    "bcast",
    "env",
    "mcast",
    "mcast6",
    "node",
    "ping",
    "ping6",
    "ping_group",
    "respawn",
    "serial",
    "ucast",
    "ucast6",
];

/// What those who ask are told of the files.
pub(super) fn told(loaded: &Loaded, node: &str, ha_dir: &Path) -> Told {
    let mut parameters: Vec<(String, String)> = DEFAULTS
        .iter()
        .map(|&(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let text = loaded.sources.files().next();
    let text = text.map_or_else(String::new, |(_, file)| {
        String::from_utf8_lossy(file.bytes()).into_owned()
    });
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        let Some((name, value)) = line.split_once(|letter: char| letter.is_ascii_whitespace()) else {
            continue;
        };
        if SEVERAL.contains(&name) {
            continue;
        }
        parameters.retain(|(known, _)| known != name);
        parameters.push((name.to_owned(), value.trim().to_owned()));
    }
    let version = format!("{} (holdfast {})", super::SPOKEN, env!("CARGO_PKG_VERSION"));
    let environment = parameters
        .iter()
        .map(|(name, value)| (format!("HA_{name}"), value.clone()))
        .chain([
            ("HA_CURHOST".to_owned(), node.to_owned()),
            ("HA_DIR".to_owned(), ha_dir.display().to_string()),
        ])
        .collect();
    parameters.push(("hbversion".to_owned(), version.clone()));
    Told {
        version,
        parameters,
        environment,
        group_keys: group_keys(loaded),
    }
}

/// What the groups are called in messages: their first resource as it was written.
pub(crate) fn group_keys(loaded: &Loaded) -> Vec<String> {
    let groups = loaded.configuration.groups.iter();
    groups
        .map(|group| {
            group.resources.first().map_or_else(String::new, |first| {
                String::from_utf8_lossy(loaded.sources.text(first.span)).into_owned()
            })
        })
        .collect()
}

/// What is to be told of the files.
pub(super) fn findings(loaded: &Loaded) -> Vec<(Level, String)> {
    loaded
        .diagnostics
        .iter()
        .flat_map(|diagnostic| {
            let level = match diagnostic.severity {
                _ if diagnostic.refuses => Level::Error,
                Severity::Alert => Level::Error,
                Severity::Warning => Level::Warning,
                Severity::Note | Severity::Diag => Level::Info,
            };
            let place = diagnostic
                .span
                .map(|span| loaded.sources.locate(span))
                .map_or_else(String::new, |(file, at)| {
                    format!("{file}:{}:{}: ", at.line, at.column)
                });
            let lines = diagnostic.message.trim_end().lines();
            lines.map(move |line| (level, format!("{place}{line}")))
        })
        .collect()
}

/// Takes out the ways that cannot be used.
pub(super) fn without_serial(config: &mut Configuration) {
    config
        .settings
        .media
        .retain(|medium| !matches!(medium.kind, MediumKind::Serial { .. }));
}
