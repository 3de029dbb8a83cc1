//! Programs: where they are, and whether somebody else could change what runs as root.

use std::time::Duration;

use syntax::{Diagnostic, Span};

use crate::model::{Script, VrrpScript};
use crate::parse::script::default_ids;
use crate::reading::Reading;
use crate::written::Command;

/// What was found out about programs so far.
#[derive(Debug, Default)]
pub(super) struct Programs {
    /// The first that runs as root, when any does.
    as_root: Option<Span>,
    /// Those of them that others may change.
    insecure: Vec<Span>,
}

/// Why a program is not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    /// It is not there, or cannot be looked at.
    Missing,
    /// It is no file, or security forbids it.
    Insecure,
}

/// The path searched where the environment has none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The scripts that can be run, and where each of the written ones went.
pub(super) fn scripts(
    reading: &mut Reading<'_>,
    programs: &mut Programs,
) -> (Vec<VrrpScript>, Vec<Option<usize>>) {
    let mut out = Vec::new();
    let mut places = Vec::new();
    let default = default_ids(reading);
    for written in std::mem::take(&mut reading.written.scripts) {
        let ids = written.ids.or(default);
        let (Some(command), Some(ids), false) = (&written.command, ids, written.removed) else {
            places.push(None);
            continue;
        };
        let name = &written.name.value;
        match program(reading, command, ids, programs) {
            Ok(script) => {
                places.push(Some(out.len()));
                out.push(VrrpScript {
                    name: name.clone(),
                    script,
                    interval: written.interval.unwrap_or(Duration::from_secs(1)),
                    timeout: written.timeout,
                    weight: written.weight,
                    rise: written.rise.unwrap_or(1),
                    fall: written.fall.unwrap_or(1),
                    init_fail: written.init_fail,
                });
            }
            Err(fault) => {
                places.push(None);
                let (why, help) = match fault {
                    Fault::Missing => (
                        "since not found/accessible",
                        "install the program, or write its whole path",
                    ),
                    Fault::Insecure => (
                        "due to insecure",
                        "it must be a file that root owns, and so must every folder above it; nobody else may write to them",
                    ),
                };
                let told =
                    Diagnostic::warning("script-disabled", format!("Disabling track script {name} {why}"))
                        .at(command.span)
                        .note("instances that track it run as if they did not")
                        .help(help);
                reading.fault(told);
            }
        }
    }
    (out, places)
}

/// The program of a `notify`; the original leaves out one that it does not find without a word.
pub(super) fn notify(
    reading: &mut Reading<'_>,
    command: Option<Command>,
    keyword: &str,
    programs: &mut Programs,
) -> Option<Script> {
    let command = command?;
    let ids = command.ids?;
    match program(reading, &command, ids, programs) {
        Ok(script) => Some(script),
        Err(fault) => {
            let shown = &command.words[0];
            let (message, help) = match fault {
                Fault::Missing => (
                    format!("{keyword}: '{shown}' is not found or cannot be looked at; it is not run"),
                    "install the program, or write its whole path",
                ),
                Fault::Insecure => (
                    format!("{keyword}: '{shown}' could be changed by others; it is not run"),
                    "it must be a file that root owns, and so must every folder above it; nobody else may write to them",
                ),
            };
            reading.tell(
                Diagnostic::warning("script-disabled", message)
                    .at(command.span)
                    .help(help),
            );
            None
        }
    }
}

fn program(
    reading: &mut Reading<'_>,
    command: &Command,
    ids: (u32, u32),
    programs: &mut Programs,
) -> Result<Script, Fault> {
    let name = &command.words[0];
    let path = if name.contains('/') {
        // A relative path is not looked for anywhere.
        let found = name
            .starts_with('/')
            .then(|| reading.host.canonical_path(name).ok());
        found.flatten().ok_or(Fault::Missing)?
    } else {
        let found = search(reading, name).ok_or(Fault::Missing)?;
        reading.tell(
            Diagnostic::warning(
                "path-search",
                format!("script `{name}` resolved by path search to `{found}`. Please specify full path."),
            )
            .at(command.span)
            .help(format!("write {found}")),
        );
        found
    };
    let status = reading.host.file_status(&path).map_err(|_| Fault::Missing)?;
    if !status.regular {
        return Err(Fault::Insecure);
    }
    if status.mode & 0o111 == 0 {
        reading.tell(
            Diagnostic::warning(
                "not-executable",
                format!("'{path}' is no program: nobody may execute it"),
            )
            .at(command.span)
            .help(format!("chmod a+x {path}")),
        );
    }
    if ids.0 == 0 {
        programs.as_root.get_or_insert(command.span);
        if others_may_change(reading, &path) {
            if reading.written.global.script_security {
                return Err(Fault::Insecure);
            }
            programs.insecure.push(command.span);
        }
    }
    let mut words = command.words.clone();
    words[0] = path;
    Ok(Script {
        command: words,
        uid: ids.0,
        gid: ids.1,
    })
}

/// Where a program of that name is along the path.
fn search(reading: &Reading<'_>, name: &str) -> Option<String> {
    let path = reading.host.env("PATH");
    let path = path
        .as_deref()
        .map_or_else(|| DEFAULT_PATH.into(), String::from_utf8_lossy);
    path.split(':')
        .filter(|folder| folder.starts_with('/'))
        .find_map(|folder| {
            let file = format!("{}/{name}", folder.trim_end_matches('/'));
            let status = reading.host.file_status(&file).ok()?;
            let fits = status.regular && status.mode & 0o111 != 0;
            fits.then(|| reading.host.canonical_path(&file).ok()).flatten()
        })
}

/// Whether somebody but root may change what is run: the file, or a folder above it.
fn others_may_change(reading: &Reading<'_>, path: &str) -> bool {
    let mut parts = vec!["/"];
    parts.extend(
        path.match_indices('/')
            .skip(1)
            .map(|(at, _)| &path[..at])
            .chain([path]),
    );
    parts.into_iter().any(|part| {
        let Ok(status) = reading.host.file_status(part) else {
            return true;
        };
        let sticky = status.folder && status.mode & 0o1000 != 0;
        let group_writes = status.mode & 0o020 != 0 && status.gid != 0;
        let others_write = status.mode & 0o002 != 0;
        status.uid != 0 || (!sticky && (group_writes || others_write))
    })
}

/// Tells that scripts run as root without script security.
pub(super) fn security(reading: &mut Reading<'_>, programs: &Programs) {
    let Some(first) = programs.as_root else { return };
    if reading.written.global.script_security {
        return;
    }
    reading.outcome.insecure_scripts = true;
    let mut message =
        "SECURITY VIOLATION - scripts are being executed but script_security not enabled.".to_owned();
    if !programs.insecure.is_empty() {
        message += " There are insecure scripts.";
    }
    let mut told = Diagnostic::warning("script-security", message)
        .at(first)
        .help("write `enable_script_security` and `script_user USER` into global_defs");
    for span in &programs.insecure {
        told = told.label(*span, "others may change this script, which runs as root");
    }
    reading.tell(told);
}
