//! The keepalived programs of the lab, and a running one.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::node::Node;
use super::pacing::until;
use super::programs::Foreground;

/// Where the parent and its child leave their process ids.
const PID_FILE: &str = "/run/keepalived.pid";
const CHILD_PID_FILE: &str = "/run/vrrp.pid";

/// What keepalived logs on a node, in the node's folder.
pub(super) const LOG: &str = "keepalived-said";

/// Programs of the lab's own that stand in front of the node's others on a daemon's `PATH`.
const OWN_PROGRAMS: &str = "bin";

/// A keepalived program, under that name.
#[derive(Debug)]
pub(super) struct Program {
    program: PathBuf,
    version: String,
}

impl Program {
    /// Puts the program into `folder` as `keepalived` and asks it for its version.
    pub(super) fn install(program: &Path, folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let copy = folder.join("keepalived");
        fs::copy(program, &copy).with_context(|| format!("cannot copy {}", program.display()))?;
        let output = Command::new(&copy).arg("-v").output()?;
        // The original tells it on standard error.
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        let version = said.lines().find(|line| !line.is_empty()).unwrap_or_default();
        if !output.status.success() || version.is_empty() {
            bail!("{} -v says no version ({})", copy.display(), output.status);
        }
        Ok(Self {
            program: copy,
            version: version.to_owned(),
        })
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

/// A running keepalived. It is killed when this is dropped.
pub(super) struct Keepalived {
    /// Parent and child, by the lab's numbers.
    parent: Pid,
    child: Pid,
    name: String,
    started: SystemTime,
    running: Foreground,
}

impl Keepalived {
    /// Starts the program on the node with a file as it is, and waits until its child runs.
    pub(super) fn start(node: &Node, program: &Program, file: &Path) -> Result<Self> {
        let log = node.folder().join(LOG);
        let said = File::options().create(true).append(true).open(&log)?;
        for stale in [PID_FILE, CHILD_PID_FILE] {
            match fs::remove_file(node.path(stale)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let mut path = node.folder().join(OWN_PROGRAMS).into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let mut command = node.command(&program.program);
        command
            .env("PATH", path)
            .args(["-n", "-l", "-D", "-P", "-p", PID_FILE, "-r", CHILD_PID_FILE, "-f"])
            .arg(file)
            .stdout(said.try_clone()?)
            .stderr(said);
        let started = SystemTime::now();
        let mut running = Foreground::start(&mut command)?;
        let what = format!("keepalived to start on {}", node.name());
        let ((parent, child), _) = until(Duration::from_secs(10), &what, || {
            if let Some(status) = running.ended()? {
                bail!(
                    "keepalived ended ({status}): {}",
                    fs::read_to_string(&log)?.trim()
                );
            }
            Ok(node.process_of(PID_FILE)?.zip(node.process_of(CHILD_PID_FILE)?))
        })?;
        Ok(Self {
            parent,
            child,
            name: node.name().to_owned(),
            started,
            running,
        })
    }

    /// Just before it was started.
    pub(super) fn started(&self) -> SystemTime {
        self.started
    }

    /// Makes it read its file again.
    pub(super) fn reload(&self) -> Result<()> {
        kill(self.parent, Signal::SIGHUP).context("keepalived is not there any more")
    }

    /// Makes it leave its figures in /tmp/keepalived.stats of its node.
    pub(super) fn show_figures(&self) -> Result<()> {
        kill(self.parent, Signal::SIGUSR2).context("keepalived is not there any more")
    }

    /// Asks it to end, and gives the time at which it was asked. It is waited for.
    pub(super) fn stop(mut self) -> Result<SystemTime> {
        let asked = SystemTime::now();
        kill(self.parent, Signal::SIGTERM).context("keepalived is not there any more")?;
        let what = format!("keepalived to stop on {}", self.name);
        until(Duration::from_secs(10), &what, || self.running.ended())?;
        Ok(asked)
    }

    /// Ends it without a chance to say anything, and gives the time of it.
    pub(super) fn kill(mut self) -> Result<SystemTime> {
        // A child whose parent dies resigns, and a parent whose child dies starts another: a stopped child does neither.
        let at = SystemTime::now();
        for (process, signal) in [
            (self.child, Signal::SIGSTOP),
            (self.parent, Signal::SIGKILL),
            (self.child, Signal::SIGKILL),
        ] {
            kill(process, signal).context("keepalived is not there any more")?;
        }
        let what = format!("keepalived to die on {}", self.name);
        until(Duration::from_secs(10), &what, || self.running.ended())?;
        Ok(at)
    }
}

/// Gives the node a `systemctl` that answers `status NAME` by the pid file of that service: a node has no systemd.
pub(super) fn install_systemctl(node: &Node) -> Result<()> {
    let folder = node.folder().join(OWN_PROGRAMS);
    fs::create_dir_all(&folder)?;
    let program = folder.join("systemctl");
    fs::write(
        &program,
        "#!/bin/sh\n\
         # As systemctl: 0 when the service runs, 3 when it does not.\n\
         [ \"$1\" = status ] && [ -n \"$2\" ] || exit 1\n\
         read -r pid < \"/run/$2.pid\" && kill -0 \"$pid\" || exit 3\n",
    )?;
    node.run(&["chmod", "755", &program.to_string_lossy()]).map(drop)
}
