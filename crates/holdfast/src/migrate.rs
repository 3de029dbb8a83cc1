//! `holdfast migrate`: what haproxy.cfg and keepalived.conf files have to become for another version. What is found and written is the crate
//! `lint`'s to say; here are the command line, the files, and what the language of the target still has against the result.

mod found;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ::lint::migrate::report::{
    Machine as Whole, Refused, Report, html, json, machine_json, machine_markdown, machine_text, markdown,
    text,
};
use ::lint::migrate::{self, Kind, Migrated};
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use syntax::{Severity, Version};

use crate::host::But;
use crate::keepalived::elsewhere::Elsewhere;
use crate::language::is_keepalived;

use self::found::Found;
use crate::lint::machine::Machine;

/// Exit status when nothing is left to decide.
const FINE: u8 = 0;
/// Exit status when something is.
const OPEN: u8 = 1;
/// Exit status when a file could not be read or written; clap's too for a wrong command line.
const FAILED: u8 = 2;

/// How the report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For a terminal.
    #[default]
    Text,
    /// For a ticket or a wiki.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// An object for each file.
    Json,
}

/// The command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Files, and folders, of which each *.cfg and *.conf of haproxy or keepalived is taken. From heartbeat: a folder with ha.cf, haresources and authkeys for each
    /// node, as FOLDER or NODE=FOLDER.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The version that the files were written for: of haproxy from 1.3 on, of keepalived from 1.2 on; or `heartbeat`. Guessed from
    /// what they use when it is left out.
    #[arg(long, value_name = "VERSION", value_parser = language)]
    from: Option<Language>,
    /// The version that is to read them, 3.4 of haproxy and 2.4 of keepalived when it is left out; or, from heartbeat, `keepalived`.
    #[arg(long, value_name = "VERSION", value_parser = language)]
    to: Option<Language>,
    /// From heartbeat: writes the files and the report below this folder.
    #[arg(long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Put the new text into the files.
    #[arg(long, conflicts_with = "dry_run")]
    write: bool,
    /// Change nothing, as without --write.
    #[arg(long)]
    dry_run: bool,
    /// Write defaults that changed as they were, so that behaviour stays.
    #[arg(long)]
    pin: bool,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What files are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Language {
    /// That version of haproxy or keepalived.
    Version(Version),
    /// heartbeat.
    Heartbeat,
    /// keepalived.
    Keepalived,
}

fn language(text: &str) -> Result<Language, String> {
    match text {
        "heartbeat" => Ok(Language::Heartbeat),
        "keepalived" => Ok(Language::Keepalived),
        _ => version(text).map(Language::Version),
    }
}

fn version_of(language: Option<Language>) -> Option<Version> {
    match language {
        Some(Language::Version(version)) => Some(version),
        _ => None,
    }
}

fn version(text: &str) -> Result<Version, String> {
    let mut parts = text.splitn(3, '.').map(str::parse);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => Ok(Version::new(major, minor)),
        _ => Err(format!("'{text}' is no version: write one such as 2.6")),
    }
}

/// A program whose files are migrated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Program {
    Haproxy,
    Keepalived,
}

impl Program {
    fn of(text: &[u8]) -> Self {
        if is_keepalived(text) {
            Self::Keepalived
        } else {
            Self::Haproxy
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Haproxy => "haproxy",
            Self::Keepalived => "keepalived",
        }
    }

    fn versions(self) -> &'static [Version] {
        match self {
            Self::Haproxy => migrate::VERSIONS,
            Self::Keepalived => migrate::keepalived::VERSIONS,
        }
    }

    /// The version that files are migrated to when nothing else is said.
    fn usual(self) -> Version {
        match self {
            Self::Haproxy => Version::new(3, 4),
            Self::Keepalived => Version::new(2, 4),
        }
    }

    fn migrate(self, text: &[u8], options: migrate::Options) -> Result<Migrated, String> {
        let migrated = match self {
            Self::Haproxy => migrate::migrate(text, options),
            Self::Keepalived => migrate::keepalived::migrate(text, options),
        };
        migrated.map_err(|error| error.to_string())
    }
}

/// A file with what became of it.
struct Done {
    name: String,
    migrated: Migrated,
    refused: Vec<Refused>,
}

/// Runs it; gives the exit status.
pub(crate) fn run(options: &Options) -> u8 {
    let (from, to) = match (options.from, options.to) {
        (Some(Language::Heartbeat), Some(Language::Keepalived)) => {
            return crate::migrate_heartbeat::run(&options.files, options.output.as_deref());
        }
        (from @ (None | Some(Language::Version(_))), to @ (None | Some(Language::Version(_)))) => {
            (version_of(from), version_of(to))
        }
        _ => {
            let text = "holdfast migrate: versions of a program become one another, and --from heartbeat --to keepalived\n";
            // Nobody is left to be told when standard error is closed.
            let _ = io::stderr().write_all(text.as_bytes());
            return FAILED;
        }
    };
    let mut status = FINE;
    let mut fail = |name: &str, error: String| {
        // Nobody is left to be told when standard error is closed.
        let _ = writeln!(io::stderr(), "holdfast migrate: {name}: {error}");
        status = FAILED;
    };
    let mut all = Vec::new();
    let mut found = Found::default();
    for name in &options.files {
        if let Err(error) = found.take(name) {
            fail(name, error.to_string());
        }
    }
    for name in &found.files {
        match file(options, from, to, name) {
            Ok(done) => all.push(done),
            Err(error) => fail(name, error),
        }
    }
    let reports: Vec<Report<'_>> = all
        .iter()
        .map(|done| Report {
            name: &done.name,
            migrated: &done.migrated,
            refused: &done.refused,
        })
        .collect();
    // What lies in folders is a machine's; files that are named one by one are told one by one.
    let whole = Whole {
        files: &reports,
        clusters: &found.clusters,
        left: &found.left,
    };
    let shown = match options.format {
        Format::Html => html(&whole),
        Format::Text if found.folders => machine_text(&whole),
        Format::Markdown if found.folders => machine_markdown(&whole),
        Format::Json if found.folders => machine_json(&whole),
        Format::Text => reports.iter().map(text).collect::<Vec<_>>().join("\n"),
        Format::Markdown => reports.iter().map(markdown).collect::<Vec<_>>().join("\n"),
        Format::Json => reports.iter().map(json).collect(),
    };
    // A reader that went away does not want the rest.
    let _ = io::stdout().write_all(shown.as_bytes());
    let open = |done: &Done| done.migrated.count(Kind::Decide) > 0 || !done.refused.is_empty();
    if status == FINE && (all.iter().any(open) || !found.clusters.is_empty()) {
        status = OPEN;
    }
    status
}

fn file(options: &Options, from: Option<Version>, to: Option<Version>, name: &str) -> Result<Done, String> {
    let before = std::fs::read(name).map_err(|error| error.to_string())?;
    let program = Program::of(&before);
    let to = to.unwrap_or(program.usual());
    for version in from.into_iter().chain([to]) {
        if !program.versions().contains(&version) {
            return Err(format!("there is no version {version} of {}", program.name()));
        }
    }
    if let Some(from) = from.filter(|from| *from > to) {
        return Err(format!("--from {from} is later than --to {to}"));
    }
    let wanted = migrate::Options {
        from,
        to,
        pin: options.pin,
    };
    let migrated = program.migrate(&before, wanted)?;
    let refused = match program {
        Program::Haproxy => refused(name, &migrated),
        Program::Keepalived => refused_by_keepalived(name, &migrated),
    };
    if options.write && migrated.is_changed() {
        crate::replace::replace(Path::new(name), &before, &migrated.after)
            .map_err(|error| error.to_string())?;
    }
    Ok(Done {
        name: name.to_owned(),
        migrated,
        refused,
    })
}

/// What the language of the target has against the new text, as far as it is about words and not about this machine.
fn refused(name: &str, migrated: &Migrated) -> Vec<Refused> {
    let dialect = Dialect {
        version: migrated.to,
        strict: true,
    };
    let input = Input::Text {
        name: name.to_owned(),
        bytes: migrated.after.clone(),
    };
    let options = LoadOptions {
        ignore_unresolved: true,
        ..LoadOptions::default()
    };
    let loaded = load(&[input], dialect, &But(&Machine), options);
    let alerts = loaded
        .diagnostics
        .iter()
        .filter(|told| told.severity == Severity::Alert);
    alerts
        .map(|told| Refused {
            line: told.span.map(|span| loaded.sources.locate(span).1.line),
            message: told.message.lines().next().unwrap_or_default().to_owned(),
        })
        .collect()
}

/// The same of a keepalived.conf: words that the target does not know, or warns of.
fn refused_by_keepalived(name: &str, migrated: &Migrated) -> Vec<Refused> {
    let dialect = keepalived_conf::Dialect::strict(migrated.to.major, migrated.to.minor);
    let options = keepalived_conf::LoadOptions::default();
    let loaded = keepalived_conf::load_bytes(name, migrated.after.clone(), dialect, &Elsewhere, options);
    let of_language = [
        "unknown-keyword",
        "unknown-option",
        "deprecated",
        "missing-argument",
    ];
    let told = loaded
        .diagnostics
        .iter()
        .filter(|told| told.severity == Severity::Alert || of_language.contains(&told.code));
    told.map(|told| Refused {
        line: told.span.map(|span| loaded.sources.locate(span).1.line),
        message: told.message.lines().next().unwrap_or_default().to_owned(),
    })
    .collect()
}
