//! `holdfast lint`: all that is wrong or odd in configuration files, in one pass, with fixes. What is judged, and how, is the crate
//! `lint`'s; here are the command line, the files and the machine.

mod diff;
pub(crate) mod machine;
mod output;

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use ::lint::{Level, Levels, Report, apply_safe, haproxy};
use haproxy_cfg::{Dialect, Input};

use self::machine::Machine;
use self::output::Format;

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
    /// Files, each judged by itself, and folders, whose *.cfg files are read as one configuration.
    #[arg(required_unless_present = "explain", value_name = "FILE")]
    files: Vec<String>,
    /// Read all files as one configuration, as haproxy does with several -f.
    #[arg(long)]
    together: bool,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Put the safe fixes into the files.
    #[arg(long, conflicts_with = "diff")]
    fix: bool,
    /// Show what --fix would change, and change nothing.
    #[arg(long)]
    diff: bool,
    /// Judge by the language of that version, from 1.3 to 3.5.
    #[arg(long, value_name = "VERSION")]
    dialect: Option<Dialect>,
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
    let levels = read_levels(options)?;
    for name in &options.files {
        refuse_other_languages(name)?;
    }
    let input = |name: &String| Input::Path(name.clone());
    let sets: Vec<Vec<Input>> = if options.together {
        vec![options.files.iter().map(input).collect()]
    } else {
        options.files.iter().map(|name| vec![input(name)]).collect()
    };
    let judge = |inputs: &[Input]| {
        let dialect = options.dialect.unwrap_or_default();
        haproxy::lint(inputs, dialect, &Machine, &Machine, &levels)
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

fn read_levels(options: &Options) -> Result<Levels, String> {
    let path = match &options.config {
        Some(path) => Some(path.as_str()),
        None => Path::new(LEVELS_FILE).exists().then_some(LEVELS_FILE),
    };
    let mut levels = match path {
        None => Levels::default(),
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
            Levels::read(&text).map_err(|error| format!("{path}: {error}"))?
        }
    };
    for (code, level) in &options.levels {
        levels
            .set(code, *level)
            .map_err(|error| format!("--level: {error}"))?;
    }
    Ok(levels)
}

/// Says so when a file is in a language that there are no rules for, rather than finding fault with each of its lines.
fn refuse_other_languages(name: &str) -> Result<(), String> {
    // What cannot be read is told with the findings.
    let text = std::fs::read(name).unwrap_or_default();
    let begins = |line: &[u8]| {
        let line = line.trim_ascii_start();
        [
            &b"vrrp_instance "[..],
            b"vrrp_sync_group ",
            b"global_defs ",
            b"virtual_server ",
        ]
        .iter()
        .any(|word| line.starts_with(word))
    };
    if text.split(|byte| *byte == b'\n').any(begins) {
        return Err(format!("{name} is a keepalived.conf; only haproxy.cfg is linted"));
    }
    Ok(())
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
            out += &diff::unified(file.name(), file.bytes(), &edited.bytes);
        }
    }
    out
}
