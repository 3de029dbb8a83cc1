//! `holdfast plan`: what starting a haproxy.cfg here and now would do. Nothing is started, listened on or changed; addresses are
//! bound for a moment, without anybody being able to connect.

mod difference;
mod files;
mod kernel;
mod listeners;
mod nodes;
mod process;

use std::fmt::Write as _;

use haproxy_cfg::{Dialect, Input, LoadOptions, Loaded, load};
use proxy::tls::TlsMessage;
use serde_json::json;
use syntax::render::HaproxyShape;
use syntax::{SourceMap, Span};

use self::difference::Difference;
use self::files::Noting;
use crate::host::But;
use crate::language::is_keepalived_file;
use crate::report::{Format, print};

/// Exit status when it would start.
const STARTS: u8 = 0;
/// Exit status when it would not, or not as the file says.
const WRONG: u8 = 1;
/// Exit status when a file cannot be read; clap's for a wrong command line too.
const UNREADABLE: u8 = 2;

/// The command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Files and folders of haproxy, read as one configuration, as with several -f; or a file of keepalived.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The configuration that runs: what a reload would change is said too.
    #[arg(long, value_name = "FILE")]
    against: Vec<String>,
    /// Read the files as that version of haproxy or keepalived does.
    #[arg(long, value_name = "VERSION")]
    dialect: Option<String>,
    /// How the report is written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How grave something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    /// As it should be.
    Fine,
    /// Worth a look.
    Note,
    /// It keeps the file from starting, or from doing what it says.
    Wrong,
}

/// One thing that was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Item {
    grade: Grade,
    /// What it is about.
    about: String,
    /// What was found.
    what: String,
    /// Where it stands, where that is in a file.
    place: Option<String>,
}

impl Item {
    fn new(grade: Grade, about: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            grade,
            about: about.into(),
            what: what.into(),
            place: None,
        }
    }

    fn at(self, place: String) -> Self {
        Self {
            place: Some(place),
            ..self
        }
    }
}

/// Things of one kind.
type Part = (&'static str, Vec<Item>);

/// Runs it; gives the exit status.
pub(crate) fn run(options: &Options) -> u8 {
    print(plan(options).map_err(|text| (text, UNREADABLE)), UNREADABLE)
}

/// The report and the exit status; what the reading says where a file is refused.
fn plan(options: &Options) -> Result<(String, u8), Vec<u8>> {
    let of_nodes = |files: &[String]| files.iter().filter(|name| is_keepalived_file(name)).count();
    let parts = match (of_nodes(&options.files), options.files.as_slice()) {
        (0, _) => of_proxies(options)?,
        (1, [file]) => of_node(options, file)?,
        _ => return Err(b"holdfast plan: one file of keepalived, or files of haproxy\n".to_vec()),
    };
    let worst = parts
        .iter()
        .flat_map(|(_, items)| items)
        .map(|item| item.grade)
        .max();
    let starts = worst != Some(Grade::Wrong);
    let text = match options.format {
        Format::Text => as_text(&parts, starts),
        Format::Json => as_json(&parts, starts),
    };
    Ok((text, if starts { STARTS } else { WRONG }))
}

/// What is to be said of files of haproxy.
fn of_proxies(options: &Options) -> Result<Vec<Part>, Vec<u8>> {
    let host = Noting::default();
    let dialect = options.dialect.as_deref().map(str::parse).transpose();
    let dialect = dialect.map_err(|error| format!("--dialect: {error}\n").into_bytes())?;
    let loaded = read(&options.files, dialect, &host)?;
    let sources = &loaded.sources;
    let (_, messages) = proxy::tls::configs(&loaded.config, &|span| place(sources, span));
    let mut parts = vec![
        ("listeners", listeners::look(&loaded.config, sources)),
        ("process", process::look(&loaded.config)),
        ("files", files::look(&host, &certificates(&messages, sources))),
        ("kernel", kernel::look(&loaded.config)),
    ];
    if !options.against.is_empty() {
        let running = read(&options.against, dialect, &Noting::default())?;
        let difference = Difference::between(&running, &loaded);
        parts.push(("changes", difference.changes()));
        parts.push(("what a reload ends", difference.ended()));
    }
    Ok(parts)
}

/// What is to be said of a file of keepalived.
fn of_node(options: &Options, file: &str) -> Result<Vec<Part>, Vec<u8>> {
    let loaded = nodes::read(file, options.dialect.as_deref())?;
    let mut parts = nodes::look(&loaded);
    for running in &options.against {
        let running = nodes::read(running, options.dialect.as_deref())?;
        parts.extend(nodes::difference(&running.config, &loaded.config));
    }
    Ok(parts)
}

/// A configuration that haproxy would take.
fn read(files: &[String], dialect: Option<Dialect>, host: &Noting) -> Result<Loaded, Vec<u8>> {
    let inputs: Vec<Input> = files.iter().cloned().map(Input::Path).collect();
    let options = LoadOptions {
        lines: true,
        ..LoadOptions::default()
    };
    let loaded = load(&inputs, dialect.unwrap_or_default(), &But(host), options);
    if loaded.has_errors() {
        let shape = HaproxyShape {
            pid: std::process::id(),
            hints: true,
        };
        return Err(loaded.report(shape).into());
    }
    Ok(loaded)
}

/// What is wrong with certificates, and would keep the process from starting or is warned of.
fn certificates(messages: &[TlsMessage], sources: &SourceMap) -> Vec<Item> {
    let items = messages.iter().map(|message| {
        let grade = if message.fatal { Grade::Wrong } else { Grade::Note };
        Item::new(grade, "TLS", message.text.clone()).at(place(sources, message.span))
    });
    items.collect()
}

/// `FILE:LINE`.
fn place(sources: &SourceMap, span: Span) -> String {
    let (file, place) = sources.locate(span);
    format!("{file}:{}", place.line)
}

fn as_text(parts: &[Part], starts: bool) -> String {
    let mut out = String::new();
    for (name, items) in parts {
        // Writing into a text cannot fail.
        let _ = writeln!(out, "{name}");
        if items.is_empty() {
            let _ = writeln!(out, "  none");
        }
        for item in items {
            let mark = match item.grade {
                Grade::Fine => "ok  ",
                Grade::Note => "note",
                Grade::Wrong => "WRONG",
            };
            let place = item
                .place
                .as_ref()
                .map_or_else(String::new, |place| format!("  ({place})"));
            let _ = writeln!(out, "  {mark:5} {}: {}{place}", item.about, item.what);
        }
        let _ = writeln!(out);
    }
    out.push_str(if starts {
        "It would start.\n"
    } else {
        "It would not start, or not do what it says.\n"
    });
    out
}

fn as_json(parts: &[Part], starts: bool) -> String {
    let mut all = serde_json::Map::new();
    for (name, items) in parts {
        let items: Vec<_> = items
            .iter()
            .map(|item| {
                let grade = match item.grade {
                    Grade::Fine => "ok",
                    Grade::Note => "note",
                    Grade::Wrong => "wrong",
                };
                json!({ "grade": grade, "about": item.about, "what": item.what, "place": item.place })
            })
            .collect();
        all.insert((*name).to_owned(), items.into());
    }
    all.insert("starts".to_owned(), starts.into());
    format!("{:#}\n", serde_json::Value::Object(all))
}
