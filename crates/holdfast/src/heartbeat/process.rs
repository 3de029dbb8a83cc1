//! The process: starting it in the background, its pid file, its signals, and what other command lines ask of one that runs.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use heartbeat::log::{Level, Log};
use heartbeat::{Command, Ending, Paths};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, setsid};
use tokio::runtime::LocalOptions;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::arguments::Start;
use super::journal::Journal;
use super::{FAILED, PID_FILE, REFUSED, SPOKEN, directives, put, reading};
use crate::background::{Readiness, Waited, detach, silence};
use crate::host::hostname;

/// For how long a process that is told to end is waited for: its resources may take their time.
const LONGEST_STOP: Duration = Duration::from_secs(3600);

/// Between two looks whether it has ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The process that runs, as the pid file has it.
fn running() -> Option<Pid> {
    let pid: i32 = fs::read_to_string(PID_FILE).ok()?.trim().parse().ok()?;
    (pid > 1 && is_there(Pid::from_raw(pid))).then_some(Pid::from_raw(pid))
}

/// Whether a process runs. One that has ended and that its parent has not asked about yet does not.
fn is_there(pid: Pid) -> bool {
    if kill(pid, None) == Err(Errno::ESRCH) {
        return false;
    }
    // Without /proc nothing more is known. The state stands behind the name, which is in brackets.
    fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| {
        stat.rsplit_once(") ")
            .is_none_or(|(_, rest)| !rest.starts_with('Z'))
    })
}

/// `-s`
pub(super) fn status() -> u8 {
    if let Some(pid) = running() {
        let name = hostname();
        put(&format!(
            "heartbeat OK [pid {pid} et al] is running on {name} [{name}]...\n"
        ));
        return 0;
    }
    put("heartbeat is stopped. No process\n");
    FAILED
}

/// `-k`
pub(super) fn stop() -> u8 {
    let Some(pid) = running() else {
        super::say("INFO: Heartbeat already stopped.\n");
        return 0;
    };
    if let Err(error) = kill(pid, Signal::SIGTERM) {
        super::say(&format!("heartbeat: process {pid}: {error}\n"));
        return FAILED;
    }
    let until = Instant::now() + LONGEST_STOP;
    while is_there(pid) {
        if Instant::now() >= until {
            super::say(&format!("heartbeat: process {pid} does not end\n"));
            return FAILED;
        }
        look_away();
    }
    0
}

#[expect(
    clippy::disallowed_methods,
    reason = "the poll interval of a loop with a deadline: no process can wait for one that is not its child"
)]
fn look_away() {
    std::thread::sleep(LOOK_AGAIN);
}

/// `-r`
pub(super) fn reload() -> u8 {
    match running() {
        Some(pid) if kill(pid, Signal::SIGHUP).is_ok() => 0,
        _ => {
            super::say("heartbeat: no process runs that could be told to reload\n");
            FAILED
        }
    }
}

/// `-R`. The original takes the place of its own process that way, and refuses it to others.
pub(super) fn restart() -> u8 {
    if let Some(pid) = running() {
        super::say(&format!("ERROR: Heartbeat already running [pid {pid}].\n"));
        return FAILED;
    }
    super::say("ERROR: heartbeat is not running.\n");
    REFUSED
}

/// Reads the files and runs the node, in the background unless it is asked to stay; gives the exit status.
pub(super) fn run(paths: &Paths, start: Start) -> u8 {
    let debug = start.debug;
    let node = hostname();
    let loaded = reading::read(&paths.ha_dir);
    let journal = Rc::new(Journal::open(&loaded.configuration.settings.log, &node, debug));
    let log = Log::new(Rc::clone(&journal) as _);
    for (level, text) in reading::findings(&loaded) {
        log.at(level, text);
    }
    if loaded.has_errors() {
        log.at(Level::Error, "Configuration error, heartbeat not started.");
        return REFUSED;
    }
    log.info("**************************");
    log.info(format!(
        "Configuration validated. Starting heartbeat {SPOKEN} (holdfast {})",
        env!("CARGO_PKG_VERSION")
    ));
    if let Some(pid) = running() {
        log.info(format!("heartbeat: already running [pid {pid}]."));
        return 0;
    }
    if start.verbose {
        put(&directives::configuration(&loaded, &node, &paths.ha_dir));
    }
    let begun = if start.foreground { stay() } else { detach() };
    let readiness = match begun {
        Ok(Waited::Parent { runs, .. }) => return if runs { 0 } else { FAILED },
        Ok(Waited::Child(readiness)) => readiness,
        Err(error) => {
            log.at(Level::Error, format!("cannot go into the background: {error}"));
            return FAILED;
        }
    };
    if let Err(error) = fs::write(PID_FILE, format!("{:9}\n", std::process::id())) {
        log.at(Level::Error, format!("{PID_FILE}: {error}"));
        return FAILED;
    }
    let mut readiness = Some(readiness);
    let outcome = in_runtime(paths, &node, loaded, &log, debug, || {
        journal.leave_console();
        if let Err(error) = File::options()
            .read(true)
            .write(true)
            .open("/dev/null")
            .and_then(|null| silence(&null))
        {
            log.at(Level::Error, format!("/dev/null: {error}"));
        }
        if let Some(readiness) = readiness.take() {
            readiness.tell();
        }
    });
    // It may be gone already.
    let _ = fs::remove_file(PID_FILE);
    match outcome {
        Ok(()) => 0,
        Err(error) => {
            log.at(Level::Error, format!("heartbeat ends: {error}"));
            FAILED
        }
    }
}

/// Leaves the terminal's session without leaving the process: whoever started it waits for it.
fn stay() -> io::Result<Waited> {
    match setsid() {
        // The first of a group of processes has a session to lose that others share.
        Ok(_) | Err(Errno::EPERM) => Ok(Waited::Child(Readiness::nobody())),
        Err(error) => Err(error.into()),
    }
}

fn in_runtime(
    paths: &Paths,
    node: &str,
    loaded: heartbeat_conf::Loaded,
    log: &Log,
    debug: u8,
    started: impl FnMut(),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())?;
    runtime.block_on(generations(paths, node, loaded, log, debug, started))
}

/// One start after the other, until the last one ends.
async fn generations(
    paths: &Paths,
    node: &str,
    mut loaded: heartbeat_conf::Loaded,
    log: &Log,
    debug: u8,
    mut started: impl FnMut(),
) -> io::Result<()> {
    let mut log = log.clone();
    let (tell, mut told) = mpsc::unbounded_channel();
    tokio::task::spawn_local(listen(paths.ha_dir.clone(), tell, log.clone())?);
    loop {
        log.info(format!("heartbeat: version {SPOKEN}"));
        let known = reading::told(&loaded, node, &paths.ha_dir);
        let mut config = loaded.configuration;
        reading::without_serial(&mut config);
        let ending =
            heartbeat::run(&config, &known, node, paths, log.clone(), &mut told, &mut started).await?;
        if ending == Ending::Stopped {
            return Ok(());
        }
        log.info("Restarting heartbeat.");
        loaded = reading::read(&paths.ha_dir);
        let journal = Journal::open(&loaded.configuration.settings.log, node, debug);
        journal.leave_console();
        log = Log::new(Rc::new(journal));
        for (level, text) in reading::findings(&loaded) {
            log.at(level, text);
        }
        if loaded.has_errors() {
            return Err(io::Error::other("the files are refused"));
        }
    }
}

/// Signals, as long as the program runs.
fn listen(
    folder: std::path::PathBuf,
    tell: mpsc::UnboundedSender<Command>,
    log: Log,
) -> io::Result<impl Future<Output = ()>> {
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut known = contents(&folder);
    Ok(async move {
        loop {
            let command = tokio::select! {
                _ = term.recv() => Some(Command::Stop),
                _ = interrupt.recv() => Some(Command::Stop),
                _ = hang_up.recv() => {
                    let now = contents(&folder);
                    let command = changed(&known, &now, &folder, &log);
                    known = now;
                    command
                }
            };
            // Whoever listened has ended.
            if command.is_some_and(|command| tell.send(command).is_err()) {
                return;
            }
        }
    })
}

/// The files as they are: ha.cf with haresources, and authkeys.
fn contents(folder: &Path) -> [Vec<u8>; 3] {
    // One that cannot be read is told of when the files are read.
    ["ha.cf", "haresources", "authkeys"].map(|name| fs::read(folder.join(name)).unwrap_or_default())
}

/// What a reload means.
fn changed(known: &[Vec<u8>; 3], now: &[Vec<u8>; 3], folder: &Path, log: &Log) -> Option<Command> {
    if known == now {
        log.info("Configuration unchanged.");
        return None;
    }
    let loaded = reading::read(folder);
    if loaded.has_errors() {
        for (level, text) in reading::findings(&loaded) {
            log.at(level, text);
        }
        log.at(Level::Error, "The files are refused: everything stays as it is.");
        return None;
    }
    if known[..2] == now[..2] {
        log.info("Reloading keys.");
        return Some(Command::Keys(Box::new(loaded.configuration.keys)));
    }
    log.info("Configuration changed: restarting.");
    Some(Command::Restart)
}
