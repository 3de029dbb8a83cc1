//! Programs that run along (`respawn`): started as their users once the node takes part, started again when they end, and ended when
//! everything has been given back.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use heartbeat_conf::model::Respawn;
use heartbeat_proto::Level;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::{Pid, User};
use tokio::process::Command;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, sleep, timeout};

use std::os::unix::process::ExitStatusExt as _;

use crate::log::Log;

/// The exit status of a program that does not want to be started again.
const ENOUGH: i32 = 100;

/// Between the end of a program and its next start.
const PAUSE: Duration = Duration::from_secs(1);

/// A program that ran for less is one that cannot run.
const SHORT: Duration = Duration::from_secs(30);

/// So often in a row a program may end so soon.
const MOST_SHORT: u32 = 10;

/// How long a program that is told to end may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The programs of a file.
#[derive(Debug)]
pub(crate) struct Programs {
    running: Vec<JoinHandle<()>>,
    end: watch::Sender<bool>,
}

/// What all of them have of the machine.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// The folder with a folder for each user.
    pub(crate) cores: PathBuf,
    /// What stands in the environment besides.
    pub(crate) environment: Vec<(String, String)>,
}

impl Programs {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self {
            running: Vec::new(),
            end: watch::channel(false).0,
        }
    }

    /// Starts them, unless they run. To be called within a local runtime.
    pub(crate) fn start(&mut self, programs: &[Respawn], surroundings: &Surroundings, log: &Log) {
        if !self.running.is_empty() {
            return;
        }
        for program in programs {
            let one = One {
                program: program.clone(),
                surroundings: surroundings.clone(),
                log: log.clone(),
                end: self.end.subscribe(),
            };
            self.running.push(spawn_local(one.keep()));
        }
    }

    /// Ends them, and waits until they have ended.
    pub(crate) async fn stop(self) {
        // Those that have ended by themselves do not listen.
        let _ = self.end.send(true);
        for running in self.running.into_iter().rev() {
            // It does nothing but wait.
            let _ = running.await;
        }
    }
}

/// One program.
struct One {
    program: Respawn,
    surroundings: Surroundings,
    log: Log,
    end: watch::Receiver<bool>,
}

impl One {
    /// Runs it until it is not to run any more.
    async fn keep(mut self) {
        let line = self.line();
        let mut short = 0;
        loop {
            let begin = Instant::now();
            match self.once(&line).await {
                Ok(None) => return,
                Ok(Some(status)) => {
                    self.log.at(Level::Warning, ended(&line, &status));
                    if status.code() == Some(ENOUGH) {
                        return;
                    }
                }
                Err(error) => self
                    .log
                    .at(Level::Error, format!("Cannot start \"{line}\": {error}")),
            }
            short = if begin.elapsed() < SHORT { short + 1 } else { 0 };
            if short > MOST_SHORT {
                let text = format!("Client {line} \"respawning too fast\"");
                return self.log.at(Level::Error, text);
            }
            self.log
                .at(Level::Error, format!("Respawning client \"{line}\":"));
            tokio::select! {
                () = sleep(PAUSE) => {}
                _ = self.end.wait_for(|end| *end) => return,
            }
        }
    }

    /// Runs it once; how it ended, or nothing when it was told to.
    async fn once(&mut self, line: &str) -> io::Result<Option<ExitStatus>> {
        if *self.end.borrow() {
            return Ok(None);
        }
        let user = User::from_name(&self.program.user)?
            .ok_or_else(|| io::Error::other(format!("there is no user {}", self.program.user)))?;
        let (uid, gid) = (user.uid.as_raw(), user.gid.as_raw());
        self.log
            .info(format!("Starting child client \"{line}\" ({uid},{gid})"));
        let mut child = Command::new(&self.program.program)
            .args(&self.program.arguments)
            .envs(self.surroundings.environment.iter().cloned())
            .current_dir(folder(&self.surroundings.cores, &self.program.user))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .uid(uid)
            .gid(gid)
            .process_group(0)
            .spawn()?;
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).unwrap_or(0);
        self.log
            .info(format!("Starting \"{line}\" as uid {uid}  gid {gid} (pid {pid})"));
        let ended = tokio::select! {
            status = child.wait() => Some(status?),
            _ = self.end.wait_for(|end| *end) => None,
        };
        if ended.is_some() {
            return Ok(ended);
        }
        self.log
            .info(format!("killing {line} process group {pid} with signal 15"));
        signal(pid, Signal::SIGTERM);
        if timeout(PATIENCE, child.wait()).await.is_err() {
            self.log.at(
                Level::Warning,
                format!("killing {line} process group {pid} with signal 9"),
            );
            signal(pid, Signal::SIGKILL);
            child.wait().await?;
        }
        Ok(None)
    }

    fn line(&self) -> String {
        std::iter::once(&self.program.program)
            .chain(&self.program.arguments)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// To the program and all that it has started.
fn signal(pid: i32, signal: Signal) {
    if pid > 1 && killpg(Pid::from_raw(pid), signal).is_err() {
        // Its group is not there before it has begun; it may have ended by itself meanwhile.
        let _ = kill(Pid::from_raw(pid), signal);
    }
}

/// Where a program of that user runs.
fn folder(cores: &Path, user: &str) -> PathBuf {
    let own = cores.join(user);
    if own.is_dir() { own } else { PathBuf::from("/") }
}

fn ended(line: &str, status: &ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("Managed {line} process exited with return code {code}."),
        (None, Some(signal)) => format!("Managed {line} process killed by signal {signal}."),
        (None, None) => format!("Managed {line} process ended: {status}."),
    }
}
