//! Master and worker (`-W`, `-Ws`): a process that watches over the one that serves, and replaces it on reload. To reload it becomes
//! itself anew, so that a new version of the program is taken up as well; it remembers its workers in the environment.

mod conversation;
pub(crate) mod line;
mod socket;
mod worker;

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use nix::sys::signal::{SigSet, Signal};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Pid, execve};

use super::FAILED;
use super::arguments::Options;
use super::console::{Console, Grade};
use super::predecessors::{dismiss, signal};
use super::start::{Start, serve};
use crate::background::{Readiness, Waited, detach};
use crate::service_manager;
use haproxy_cfg::model::Level;
use line::Line;
use proxy::handover::{self, Taken};
use socket::{Board, MasterSocket};
use worker::{Worker, Workers};

/// The variable in which a master remembers its workers while it becomes itself anew.
const WORKERS: &str = "HOLDFAST_WORKERS";

/// Signals that a master waits for.
const AWAITED: [Signal; 8] = [
    Signal::SIGCHLD,
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGTERM,
    Signal::SIGUSR1,
    Signal::SIGUSR2,
    Signal::SIGTTOU,
    Signal::SIGTTIN,
];

/// A master that became itself anew.
#[derive(Debug)]
pub(crate) struct Again {
    workers: Workers,
}

impl Again {
    /// None in a first start.
    pub(crate) fn from_environment() -> Option<Self> {
        let text = std::env::var(WORKERS).ok()?;
        Some(Self {
            workers: Workers::read(&text),
        })
    }

    /// The listening sockets of the worker that is to be replaced; none when it gives none.
    pub(crate) fn take_sockets(&self) -> Vec<Taken> {
        let line = self.workers.current().and_then(Worker::line);
        // The addresses are bound beside it then, as without a master.
        line.and_then(|line| handover::take(line.connect(Level::Admin).ok()?).ok())
            .unwrap_or_default()
    }
}

/// Goes on with the old workers, since the files cannot be run.
pub(crate) fn keep(options: &Options, mut again: Again, console: &mut Console) -> u8 {
    console.quiet = false;
    console.tell(Grade::Warning, "Loading failure!");
    again.workers.count_failure();
    let awaited = block();
    let socket = match options.master_socket.as_deref().map(socket::bind).transpose() {
        Ok(socket) => socket,
        Err(text) => {
            console.tell(Grade::Warning, &text);
            None
        }
    };
    let board = serve_socket(socket, &again.workers, console);
    service_manager::ready(options.notify_systemd);
    watch(options, again.workers, &awaited, &board, console)
}

/// Becomes a master with a new worker; gives the exit status.
pub(crate) fn run(options: &Options, mut start: Start, again: Option<Again>, mut console: Console) -> u8 {
    let first_start = again.is_none();
    let mut readiness = Readiness::nobody();
    if start.daemon {
        match detach() {
            Ok(Waited::Parent { runs: true, .. }) => return 0,
            Ok(Waited::Parent { runs: false, .. }) => return FAILED,
            Ok(Waited::Child(second)) => readiness = second,
            Err(error) => {
                console.alert_main(&format!("Cannot fork. ({error})"));
                return FAILED;
            }
        }
    }
    let socket = match options.master_socket.as_deref().map(socket::bind).transpose() {
        Ok(socket) => socket,
        Err(text) => {
            console.tell(Grade::Alert, &text);
            return match again {
                Some(again) => keep(options, again, &mut console),
                None => FAILED,
            };
        }
    };
    let mut workers = again.map_or_else(|| Workers::new(now()), |again| again.workers);
    let awaited = block();
    let pidfile = start.pidfile.take();
    let leaves_terminal = start.daemon;
    let most_reloads = start.max_reloads();
    let (line, end_of_worker) = match Line::new() {
        Ok((line, end)) => (Some(line), Some(end)),
        Err(error) => {
            console.warn_main(&format!("[master] Cannot make a line to the worker. ({error})"));
            (None, None)
        }
    };
    let (child, runs) = match worker::fork_worker() {
        Ok(worker::Forked::Worker(worker_readiness)) => {
            // The lines to other workers must end with the master.
            drop((socket, line, workers));
            if let Err(error) = awaited.thread_unblock() {
                console.alert_main(&format!("Cannot receive signals. ({})", error.desc()));
                return FAILED;
            }
            return serve(start, end_of_worker, worker_readiness, console);
        }
        Ok(worker::Forked::Master { child, runs }) => (child, runs),
        Err(error) => {
            console.alert_main(&format!("[master] Cannot fork. ({error})"));
            return FAILED;
        }
    };
    // The worker has its own handles of the listeners and of its end.
    drop((start, end_of_worker));
    if !runs {
        // Its reason has been told by itself.
        let _ = waitpid(child, None);
        if first_start {
            if let Some(pidfile) = pidfile {
                pidfile.remove();
            }
            return FAILED;
        }
        console.tell(Grade::Warning, "Loading failure!");
        workers.count_failure();
        let board = serve_socket(socket, &workers, &mut console);
        service_manager::ready(options.notify_systemd);
        return watch(options, workers, &awaited, &board, &mut console);
    }
    console.tell(Grade::Notice, &format!("New worker ({child}) forked"));
    console.tell(Grade::Notice, "Loading success.");
    let former = workers.replace(Worker::new(child.as_raw(), now(), line));
    signal(&former, Signal::SIGUSR1);
    if let Some(most) = most_reloads {
        signal(&workers.outlived(most), Signal::SIGTERM);
    }
    if first_start && let Some(farewell) = options.farewell {
        dismiss(&options.old_pids, farewell);
    }
    if let Some(mut pidfile) = pidfile
        && let Err(error) = pidfile.add(std::process::id())
    {
        console.warn_main(&format!("Cannot write pidfile ({error})"));
    }
    let board = serve_socket(socket, &workers, &mut console);
    service_manager::ready(options.notify_systemd);
    if leaves_terminal && let Err(error) = leave_terminal() {
        console.warn_main(&format!("Cannot leave the terminal ({error})"));
    }
    readiness.tell();
    watch(options, workers, &awaited, &board, &mut console)
}

/// Seconds since the epoch.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Serves the socket, when there is one; gives where the workers are to be shown.
fn serve_socket(socket: Option<MasterSocket>, workers: &Workers, console: &mut Console) -> Board {
    let board = Arc::new(Mutex::new(workers.clone()));
    if let Some(socket) = socket
        && let Err(error) = socket::serve(socket, Arc::clone(&board))
    {
        console.tell(
            Grade::Warning,
            &format!("The master's socket is not served ({error})."),
        );
    }
    board
}

fn leave_terminal() -> io::Result<()> {
    let null = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    crate::background::silence(&null)
}

/// From here on these signals wait until they are asked for.
fn block() -> SigSet {
    let awaited: SigSet = AWAITED.into_iter().collect();
    // Only an invalid set could be refused.
    let _ = awaited.thread_block();
    awaited
}

/// Watches over the workers until the last one has ended.
fn watch(
    options: &Options,
    mut workers: Workers,
    awaited: &SigSet,
    board: &Board,
    console: &mut Console,
) -> u8 {
    let mut leaving: Option<Signal> = None;
    let mut status = 0;
    loop {
        reap(&mut workers, &mut status, &mut leaving, console);
        board
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone_from(&workers);
        if workers.is_empty() {
            let status = match leaving {
                Some(Signal::SIGTERM) if status == 128 + Signal::SIGTERM as i32 => 0,
                _ => status,
            };
            console.tell(
                Grade::Warning,
                &format!("All workers exited. Exiting... ({status})"),
            );
            return u8::try_from(status).unwrap_or(FAILED);
        }
        match awaited.wait() {
            Ok(Signal::SIGHUP | Signal::SIGUSR2) if leaving.is_none() => {
                console.tell(Grade::Notice, "Reloading HAProxy");
                service_manager::reloading(options.notify_systemd);
                let error = become_anew(&workers);
                workers.stay();
                console.tell(
                    Grade::Warning,
                    &format!("Failed to reexecute the master process ({error})"),
                );
                service_manager::ready(options.notify_systemd);
            }
            Ok(end @ (Signal::SIGTERM | Signal::SIGINT | Signal::SIGUSR1)) => {
                if leaving.is_none() {
                    console.tell(Grade::Warning, "Exiting Master process...");
                    service_manager::stopping(options.notify_systemd);
                }
                leaving = Some(end);
                signal(&workers.pids(), end);
            }
            Ok(pass_on @ (Signal::SIGTTOU | Signal::SIGTTIN)) => {
                signal(&workers.pids(), pass_on);
            }
            // A worker ended, which is looked at above, or the wait was interrupted.
            _ => {}
        }
    }
}

/// Takes note of the workers that have ended. One that ends in an unasked way takes the others with it.
fn reap(workers: &mut Workers, status: &mut i32, leaving: &mut Option<Signal>, console: &mut Console) {
    loop {
        let (pid, code) = match waitpid(Pid::from_raw(-1), Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => (pid, code),
            Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, 128 + signal as i32),
            Err(nix::errno::Errno::ECHILD) => {
                // None is left, whatever is remembered.
                workers.clear();
                return;
            }
            _ => return,
        };
        let Some(worker) = workers.remove(pid.as_raw()) else {
            continue;
        };
        let kind = if worker.is_current() { "Current" } else { "Former" };
        let how = words_for(code);
        let grade = if code == 0 || !worker.is_current() {
            Grade::Warning
        } else {
            Grade::Alert
        };
        console.tell(
            grade,
            &format!("{kind} worker ({pid}) exited with code {code} ({how})"),
        );
        if worker.is_current() {
            *status = code;
            if code != 0 && leaving.is_none() {
                console.tell(
                    Grade::Alert,
                    "exit-on-failure: killing every processes with SIGTERM",
                );
                *leaving = Some(Signal::SIGCHLD);
                signal(&workers.pids(), Signal::SIGTERM);
            }
        }
    }
}

/// How the original calls an exit code.
fn words_for(code: i32) -> String {
    match Signal::try_from(code - 128) {
        _ if code <= 128 => "Exit".to_owned(),
        Ok(Signal::SIGTERM) => "Terminated".to_owned(),
        Ok(Signal::SIGINT) => "Interrupt".to_owned(),
        Ok(Signal::SIGKILL) => "Killed".to_owned(),
        Ok(Signal::SIGSEGV) => "Segmentation fault".to_owned(),
        Ok(Signal::SIGABRT) => "Aborted".to_owned(),
        Ok(other) => other.as_str().to_owned(),
        Err(_) => "Exit".to_owned(),
    }
}

/// Runs the program anew in this process; gives what went wrong.
fn become_anew(workers: &Workers) -> io::Error {
    let attempt = || -> io::Result<std::convert::Infallible> {
        let mut path = std::env::current_exe()?.into_os_string().into_vec();
        // A program that was replaced is found under its old name.
        const GONE: &[u8] = b" (deleted)";
        if path.ends_with(GONE) {
            path.truncate(path.len() - GONE.len());
        }
        let path = CString::new(path)?;
        let arguments = std::env::args_os()
            .map(|word| CString::new(word.into_vec()))
            .collect::<Result<Vec<_>, _>>()?;
        let mut environment = std::env::vars_os()
            .filter(|(name, _)| name.as_bytes() != WORKERS.as_bytes())
            .map(|(name, value)| {
                let mut line = name.into_vec();
                line.push(b'=');
                line.extend(value.into_vec());
                CString::new(line)
            })
            .collect::<Result<Vec<_>, _>>()?;
        environment.push(CString::new(format!("{WORKERS}={}", workers.written()))?);
        // Signals stay blocked meanwhile, so that none is lost.
        Ok(execve(&path, &arguments, &environment)?)
    };
    match attempt() {
        Err(error) => error,
        Ok(never) => match never {},
    }
}
