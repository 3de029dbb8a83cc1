//! `holdfast lint`: all that is wrong or odd in configuration files, in one pass, with fixes. What is judged, and how, is the crate
//! `lint`'s; here are the command line, the files and the machine.

mod heartbeat;
pub(crate) mod machine;
mod output;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use ::lint::diff::unified;
use ::lint::{Level, Levels, Report, apply_safe, haproxy, keepalived};
use haproxy_cfg::{Dialect, Input};

use self::machine::Machine;
use self::output::Format;
use crate::host::But;
use crate::language::is_keepalived_file;

/// Exit status when nothing is found.
const CLEAN: u8 = 0;
/// Exit status when something is.
const FINDINGS: u8 = 1;
/// Exit status when a file could not be read or written, and of a wrong command line; clap's too.
const FAILED: u8 = 2;

/// Where levels are looked for when the command line names no file.
const LEVELS_FILE: &str = "holdfast-lint.toml";

/// Fixes may make others possible; more rounds than this are not made.
const ROUNDS: usize = 10;

/// The command line.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Files of haproxy, each judged by itself, and folders, whose *.cfg files are read as one configuration; files of keepalived,
    /// judged as those of the nodes of one cluster, together with haproxy's; folders with an ha.cf, judged as those of the nodes of a
    /// cluster of heartbeat.
    #[arg(required_unless_present = "explain", value_name = "FILE")]
    files: Vec<String>,
    /// Read all files as one configuration, as haproxy does with several -f.
    #[arg(long)]
    together: bool,
    /// Judge each file of keepalived by itself too.
    #[arg(long, conflicts_with = "together")]
    alone: bool,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Put the safe fixes into the files.
    #[arg(long, conflicts_with = "diff")]
    fix: bool,
    /// Show what --fix would change, and change nothing.
    #[arg(long)]
    diff: bool,
    /// Judge by the language of that version: of haproxy from 1.3 to 3.5, of keepalived from 1.2 to 2.4.
    #[arg(long, value_name = "VERSION")]
    dialect: Option<String>,
    /// The file with levels; holdfast-lint.toml of this folder when there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<String>,
    /// Give a code a level: off, note, warning or error.
    #[arg(long = "level", value_name = "CODE=LEVEL", value_parser = level)]
    levels: Vec<(String, Level)>,
    /// Say what a code means, and end.
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
}

fn level(text: &str) -> Result<(String, Level), String> {
    let (code, level) = text
        .split_once('=')
        .ok_or_else(|| "write CODE=LEVEL, such as unused-acl=off".to_owned())?;
    let level = match level {
        "off" => Level::Off,
        "note" => Level::Note,
        "warning" => Level::Warning,
        "error" => Level::Error,
        _ => {
            return Err(format!(
                "'{level}' is no level: write off, note, warning or error"
            ));
        }
    };
    Ok((code.to_owned(), level))
}

/// Runs it; gives the exit status.
pub(crate) fn run(options: &Options) -> u8 {
    match lint(options) {
        Ok(status) => status,
        Err(text) => {
            // Nobody is left to be told when standard error is closed.
            let _ = writeln!(io::stderr(), "holdfast lint: {text}");
            FAILED
        }
    }
}

fn lint(options: &Options) -> Result<u8, String> {
    if let Some(code) = &options.explain {
        print(&output::explain(code)?);
        return Ok(CLEAN);
    }
    let mut levels = read_levels(options.config.as_deref())?;
    for (code, level) in &options.levels {
        levels
            .set(code, *level)
            .map_err(|error| format!("--level: {error}"))?;
    }
    let (clusters, others): (Vec<&String>, Vec<&String>) =
        options.files.iter().partition(|name| heartbeat::is_folder(name));
    let (nodes, proxies): (Vec<&String>, Vec<&String>) =
        others.into_iter().partition(|name| is_keepalived_file(name));
    let mut sets = sets(options, &nodes, &proxies);
    sets.extend(
        heartbeat::sets(&clusters, options.alone)?
            .into_iter()
            .map(Set::Heartbeat),
    );
    let dialects = Dialects::of(options, &nodes, &proxies)?;
    let judge = |set: &Set| match set {
        Set::Proxy(inputs) => haproxy::lint(inputs, dialects.proxy, &But(&Machine), &Machine, &levels),
        Set::Heartbeat(nodes) => ::lint::heartbeat::lint(nodes, &heartbeat_conf::Elsewhere, &levels),
        Set::Nodes(nodes, proxies) => {
            let machine = keepalived::Machine {
                host: &crate::keepalived::host::Machine,
                proxy_host: &But(&Machine),
                facts: &Machine,
            };
            keepalived::lint(nodes, proxies, dialects.nodes, machine, &levels)
        }
    };
    let mut reports = Vec::new();
    let mut failures = Vec::new();
    let mut fixed = 0;
    for inputs in &sets {
        let mut report = judge(inputs);
        for _ in 0..if options.fix { ROUNDS } else { 0 } {
            let (written, failed) = fix(&report);
            fixed += written;
            failures.extend(failed);
            if written == 0 {
                break;
            }
            report = judge(inputs);
        }
        reports.push(report);
    }
    if options.diff {
        let diffs: String = reports.iter().map(show_diff).collect();
        print(&diffs);
    } else {
        print(&output::findings(
            &reports,
            options.format,
            io::stdout().is_terminal(),
        ));
    }
    if matches!(options.format, Format::Full | Format::Concise) {
        let summary = output::summary(&reports, fixed);
        // Nobody is left to be told when standard error is closed.
        let _ = write!(io::stderr(), "{summary}");
    }
    for failure in &failures {
        let _ = writeln!(io::stderr(), "holdfast lint: {failure}");
    }
    Ok(
        if !failures.is_empty() || reports.iter().any(|report| report.unreadable) {
            FAILED
        } else if reports.iter().any(|report| !report.findings.is_empty()) {
            FINDINGS
        } else {
            CLEAN
        },
    )
}

fn print(text: &str) {
    // A reader that went away does not want the rest.
    let _ = io::stdout().write_all(text.as_bytes());
}

/// The levels of a file: the one that is named, or that of this folder when there is one.
pub(crate) fn read_levels(config: Option<&str>) -> Result<Levels, String> {
    let usual = || Path::new(LEVELS_FILE).exists().then_some(LEVELS_FILE);
    let Some(path) = config.or_else(usual) else {
        return Ok(Levels::default());
    };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    Levels::read(&text).map_err(|error| format!("{path}: {error}"))
}

/// What is judged in one go.
enum Set {
    /// A configuration of haproxy.
    Proxy(Vec<Input>),
    /// The files of nodes, and the configurations of haproxy that go with them.
    Nodes(Vec<keepalived::Input>, Vec<Vec<Input>>),
    /// heartbeat's files of nodes.
    Heartbeat(Vec<heartbeat_conf::Inputs>),
}

/// What the command line has judged together.
fn sets(options: &Options, nodes: &[&String], proxies: &[&String]) -> Vec<Set> {
    let input = |name: &&String| Input::Path((*name).clone());
    let proxies: Vec<Vec<Input>> = if options.together && !proxies.is_empty() {
        vec![proxies.iter().map(input).collect()]
    } else {
        proxies.iter().map(|name| vec![input(name)]).collect()
    };
    let node = |name: &&String| keepalived::Input::Path((*name).clone());
    let mut out: Vec<Set> = proxies.iter().cloned().map(Set::Proxy).collect();
    if options.alone {
        let alone = |name| Set::Nodes(vec![node(name)], proxies.clone());
        out.extend(nodes.iter().map(alone));
    } else if !nodes.is_empty() {
        out.push(Set::Nodes(nodes.iter().map(node).collect(), proxies));
    }
    out
}

/// The versions whose languages files are judged by.
#[derive(Default)]
struct Dialects {
    proxy: Dialect,
    nodes: keepalived_conf::Dialect,
}

impl Dialects {
    fn of(options: &Options, nodes: &[&String], proxies: &[&String]) -> Result<Self, String> {
        let mut dialects = Self::default();
        let Some(version) = &options.dialect else {
            return Ok(dialects);
        };
        if !nodes.is_empty() && !proxies.is_empty() {
            return Err("--dialect is for files of one program".to_owned());
        }
        if nodes.is_empty() {
            dialects.proxy = version.parse().map_err(|error| format!("--dialect: {error}"))?;
        } else {
            dialects.nodes = version.parse().map_err(|error| format!("--dialect: {error}"))?;
        }
        Ok(dialects)
    }
}

/// Puts the safe fixes of a report into its files; how many, and what could not be written.
fn fix(report: &Report) -> (usize, Vec<String>) {
    let (mut written, mut failed) = (0, Vec::new());
    for (id, file) in report.sources.files() {
        let edited = apply_safe(file.bytes(), id, &report.findings);
        if edited.applied == 0 {
            continue;
        }
        match crate::replace::replace(Path::new(file.name()), file.bytes(), &edited.bytes) {
            Ok(()) => written += edited.applied,
            Err(error) => failed.push(format!("{}: {error}", file.name())),
        }
    }
    (written, failed)
}

fn show_diff(report: &Report) -> String {
    let mut out = String::new();
    for (id, file) in report.sources.files() {
        let edited = apply_safe(file.bytes(), id, &report.findings);
        if edited.applied > 0 {
            let name = file.name().trim_start_matches('/');
            // As `patch` takes them.
            let (old, new) = (format!("a/{name}"), format!("b/{name}"));
            out += &unified(file.bytes(), &edited.bytes, &old, &new);
        }
    }
    out
}
