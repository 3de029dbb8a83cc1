//! The heartbeat programs of the lab, and a running one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::node::Node;
use super::pacing::until;
use super::programs::Foreground;

/// Where it leaves its process id.
const PID_FILE: &str = "/run/heartbeat.pid";

/// What heartbeat says on a node before it has opened its log, in the node's folder.
pub(super) const SAID: &str = "heartbeat-said";

/// Debian's.
const ORIGINAL: &str = "/usr/libexec/heartbeat/heartbeat";

/// What Debian's package and its start make.
const FOLDERS: &str = "mkdir -p /etc/ha.d /var/lib/heartbeat/cores/root /var/lib/heartbeat/api /run/heartbeat/ccm \
                       /run/heartbeat/dopd /run/heartbeat/rsctmp /run/resource-agents";

/// A heartbeat program.
#[derive(Clone, Debug)]
pub(super) struct Program(PathBuf);

impl Program {
    /// Puts Holdfast into `folder` as `heartbeat`.
    pub(super) fn holdfast(program: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let copy = folder.join("heartbeat");
        fs::copy(program, &copy).with_context(|| format!("cannot copy {}", program.display()))?;
        Ok(Self(copy))
    }

    /// Debian's.
    pub(super) fn original() -> Self {
        Self(ORIGINAL.into())
    }
}

/// A running heartbeat. It is killed when this is dropped.
pub(super) struct Heartbeat {
    program: Program,
    main: Pid,
    name: String,
    started: SystemTime,
    running: Foreground,
}

impl Heartbeat {
    /// Makes the node one of that name with the three files of a folder, as they are.
    pub(super) fn prepare(node: &Node, host: &str, files: &Path) -> Result<()> {
        node.run(&["hostname", host])?;
        node.run(&["sh", "-c", FOLDERS])?;
        for name in ["ha.cf", "haresources", "authkeys"] {
            let path = node.path("/etc/ha.d").join(name);
            fs::copy(files.join(name), &path).with_context(|| format!("cannot copy {name}"))?;
            node.run(&["chmod", "600", &format!("/etc/ha.d/{name}")])?;
        }
        Ok(())
    }

    /// Starts the program as Debian's unit does.
    pub(super) fn start(node: &Node, program: &Program) -> Result<Self> {
        let log = node.folder().join(SAID);
        let said = File::options().create(true).append(true).open(&log)?;
        match fs::remove_file(node.path(PID_FILE)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
        let mut command = node.command(&program.0);
        command.arg("-f").stdout(said.try_clone()?).stderr(said);
        let started = SystemTime::now();
        let mut running = Foreground::start(&mut command)?;
        let what = format!("heartbeat to start on {}", node.name());
        let (main, _) = until(Duration::from_secs(10), &what, || {
            if let Some(status) = running.ended()? {
                bail!("heartbeat ended ({status}): {}", fs::read_to_string(&log)?.trim());
            }
            node.process_of(PID_FILE)
        })?;
        Ok(Self {
            program: program.clone(),
            main,
            name: node.name().to_owned(),
            started,
            running,
        })
    }

    /// Just before it was started.
    pub(super) fn started(&self) -> SystemTime {
        self.started
    }

    /// Ends it as an administrator does, and gives the time at which it was asked. It is waited for.
    pub(super) fn stop(mut self, node: &Node) -> Result<SystemTime> {
        let asked = SystemTime::now();
        let status = node.command(&self.program.0).arg("-k").output()?.status;
        if !status.success() {
            bail!("heartbeat -k on {} failed ({status})", self.name);
        }
        let what = format!("heartbeat to stop on {}", self.name);
        until(Duration::from_secs(30), &what, || self.running.ended())?;
        Ok(asked)
    }

    /// Ends all its processes without a chance to say anything.
    pub(super) fn kill(mut self) -> Result<()> {
        let mut all = vec![self.main];
        let mut next = 0;
        while let Some(process) = all.get(next) {
            all.extend(children(*process));
            next += 1;
        }
        // The others can say nothing meanwhile. The first is not stopped: its parent would stop with it.
        let stops = all.iter().skip(1).map(|process| (process, Signal::SIGSTOP));
        let kills = all.iter().map(|process| (process, Signal::SIGKILL));
        for (process, signal) in stops.chain(kills) {
            match kill(*process, signal) {
                // One may have ended with another one.
                Ok(()) | Err(Errno::ESRCH) => {}
                Err(error) => return Err(error).context("heartbeat cannot be killed"),
            }
        }
        let what = format!("heartbeat to die on {}", self.name);
        until(Duration::from_secs(10), &what, || self.running.ended())?;
        Ok(())
    }
}

/// The processes that a process has started; none of one that has ended.
fn children(process: Pid) -> Vec<Pid> {
    let list = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    let list = list.unwrap_or_default();
    list.split_whitespace()
        .filter_map(|number| number.parse().ok())
        .map(Pid::from_raw)
        .collect()
}
