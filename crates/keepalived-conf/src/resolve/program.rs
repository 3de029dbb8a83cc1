//! Programs: where they are, and whether somebody else could change what runs as root.

use std::time::Duration;

use syntax::{Diagnostic, Span};

use crate::host::FileStatus;
use crate::model::{Fifo, GlobalDefs, Notify, Script, VrrpScript};
use crate::parse::script::default_ids;
use crate::reading::Reading;
use crate::written::{Command, WrittenNotify};

/// What was found out about programs so far.
#[derive(Debug, Default)]
pub(super) struct Programs {
    /// The first that runs as root, when any does.
    as_root: Option<Span>,
    /// Those of them that others may change.
    insecure: Vec<Span>,
}

/// Why a program is not run.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    /// It is not there, or cannot be looked at.
    Missing,
    /// It is no file, or security forbids it.
    Insecure,
    /// Its user may not execute what is at that path.
    NotExecutable(String),
}

impl Fault {
    fn help(&self) -> String {
        match self {
            Self::Missing => "install the program, or write its whole path".to_owned(),
            Self::Insecure => "it must be a file that root owns, and so must every folder above it; nobody else may write to them".to_owned(),
            Self::NotExecutable(path) => format!("chmod a+x {path}"),
        }
    }

    fn not_executable(path: &str, (uid, gid): (u32, u32)) -> String {
        format!("WARNING - script '{path}' is not executable for uid:gid {uid}:{gid} - disabling.")
    }
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
        if command.words[0].starts_with('<') {
            reading.tell(
                Diagnostic::warning(
                    "not-acted-on",
                    format!("vrrp_script {name} reads a file, which is not acted on yet"),
                )
                .at(command.span)
                .note("instances that track it run as if they did not")
                .help("let a program look at the file"),
            );
            places.push(None);
            continue;
        }
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
                let (message, counts) = match &fault {
                    Fault::Missing => (
                        format!("Disabling track script {name} since not found/accessible"),
                        true,
                    ),
                    Fault::Insecure => (format!("Disabling track script {name} due to insecure"), true),
                    Fault::NotExecutable(path) => (Fault::not_executable(path, ids), false),
                };
                let told = Diagnostic::warning("script-disabled", message)
                    .at(command.span)
                    .note("instances that track it run as if they did not")
                    .help(fault.help());
                if counts {
                    reading.fault(told);
                } else {
                    reading.tell(told);
                }
            }
        }
    }
    (out, places)
}

/// The program of a `notify`; the original leaves out one that it does not find without a word.
pub(super) fn notify_all(
    reading: &mut Reading<'_>,
    written: WrittenNotify,
    programs: &mut Programs,
) -> Notify {
    let mut program = |command, keyword| notify(reading, command, keyword, programs);
    Notify {
        master: program(written.master, "notify_master"),
        backup: program(written.backup, "notify_backup"),
        fault: program(written.fault, "notify_fault"),
        stop: program(written.stop, "notify_stop"),
        any: program(written.any, "notify"),
        master_rx_lower_pri: program(written.master_rx_lower_pri, "notify_master_rx_lower_pri"),
        deleted: program(written.deleted, "notify_deleted"),
    }
}

/// The FIFOs that changes are written to.
pub(super) fn fifos(reading: &mut Reading<'_>, programs: &mut Programs) -> Vec<Fifo> {
    let written = std::mem::take(&mut reading.written.global.fifos);
    let mut out = Vec::new();
    for (fifo, keyword) in [
        (written.all, "notify_fifo_script"),
        (written.vrrp, "vrrp_notify_fifo_script"),
    ] {
        let script = notify(reading, fifo.script, keyword, programs);
        out.extend(fifo.path.map(|path| Fifo {
            path,
            owner: fifo.owner,
            script,
        }));
    }
    out
}

/// What is run at the start and at the end.
pub(super) fn of_process(reading: &mut Reading<'_>, global: &mut GlobalDefs, programs: &mut Programs) {
    let program = &mut reading.written.global.program;
    let (startup, shutdown) = (program.startup.take(), program.shutdown.take());
    global.program.startup = notify(reading, startup, "startup_script", programs);
    global.program.shutdown = notify(reading, shutdown, "shutdown_script", programs);
}

/// The script of one of them.
fn notify(
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
            let message = match &fault {
                Fault::Missing => {
                    format!("{keyword}: '{shown}' is not found or cannot be looked at; it is not run")
                }
                Fault::Insecure => format!("{keyword}: '{shown}' could be changed by others; it is not run"),
                Fault::NotExecutable(path) => Fault::not_executable(path, ids),
            };
            reading.tell(
                Diagnostic::warning("script-disabled", message)
                    .at(command.span)
                    .help(fault.help()),
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
            .then(|| reading.host.canonical_path(name).ok())
            .flatten()
            .ok_or(Fault::Missing)?;
        if reading.written.global.program.symlinks {
            name.clone()
        } else {
            found
        }
    } else {
        let found = search(reading, name).ok_or(Fault::Missing)?;
        reading.tell(
            Diagnostic::warning(
                "path-search",
                format!("WARNING - script `{name}` resolved by path search to `{found}`. Please specify full path."),
            )
            .at(command.span)
            .help(format!("write {found}")),
        );
        found
    };
    let status = reading.host.file_status(&path).map_err(|_| Fault::Missing)?;
    if ids.0 == 0 {
        programs.as_root.get_or_insert(command.span);
    }
    if !status.regular {
        return Err(Fault::Insecure);
    }
    if !may_execute(status, ids) {
        return Err(Fault::NotExecutable(path));
    }
    if ids.0 == 0 && others_may_change(reading, &path) {
        if reading.written.global.script_security {
            return Err(Fault::Insecure);
        }
        programs.insecure.push(command.span);
    }
    let mut words = command.words.clone();
    words[0] = path;
    let groups = if reading.written.global.program.groups {
        reading.host.groups_of(ids.0, ids.1)
    } else {
        Vec::new()
    };
    Ok(Script {
        command: words,
        uid: ids.0,
        gid: ids.1,
        groups,
    })
}

/// Whether that user may execute a file. Root may when anybody may.
fn may_execute(status: FileStatus, (uid, gid): (u32, u32)) -> bool {
    let bit = match (uid, gid) {
        (0, _) => 0o111,
        (uid, _) if uid == status.uid => 0o100,
        (_, gid) if gid == status.gid => 0o010,
        _ => 0o001,
    };
    status.mode & bit != 0
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

/// Tells of a program of the LVS part what stands in the way of running it.
pub(super) fn checked(reading: &mut Reading<'_>, command: &Command, programs: &mut Programs) {
    notify(reading, Some(command.clone()), "script of the LVS part", programs);
}

/// Tells that scripts run as root without script security.
pub(super) fn security(reading: &mut Reading<'_>, programs: &Programs) {
    insecure(reading, programs, "scripts");
}

/// The same of those of the LVS part.
pub(super) fn security_of_checks(reading: &mut Reading<'_>, programs: &Programs) {
    insecure(reading, programs, "check scripts");
}

fn insecure(reading: &mut Reading<'_>, programs: &Programs, what: &str) {
    let Some(first) = programs.as_root else { return };
    if reading.written.global.script_security {
        return;
    }
    // The original stops at an interface that is not there, before it looks at scripts.
    reading.outcome.insecure_scripts |= reading.missing_interface.is_none();
    let mut message =
        format!("SECURITY VIOLATION - {what} are being executed but script_security not enabled.");
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
