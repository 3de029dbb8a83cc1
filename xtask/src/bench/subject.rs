//! A program under measurement: started on its core with a configuration file, ended when its turn is over.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::cpu;
use crate::wait;

/// One of the two programs.
#[derive(Debug)]
pub(super) struct Subject {
    /// What the report calls it.
    pub(super) label: String,
    /// The first line of what it says of its version.
    pub(super) version: String,
    path: PathBuf,
    /// It is asked to end when its turn is over, and not killed.
    ends_softly: bool,
}

impl Subject {
    /// `letter` tells two programs of one name apart.
    pub(super) fn new(letter: &str, path: &Path) -> anyhow::Result<Self> {
        let path = path
            .canonicalize()
            .with_context(|| format!("no program {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut subject = Self {
            label: format!("{letter}:{name}"),
            version: String::new(),
            path,
            ends_softly: false,
        };
        let output = subject
            .command()
            .arg("-v")
            .output()
            .with_context(|| subject.cannot_start())?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.lines()
            .next()
            .unwrap_or("unknown")
            .clone_into(&mut subject.version);
        Ok(subject)
    }

    /// One that has something to do at its end.
    pub(super) fn ending_softly(self) -> Self {
        Self {
            ends_softly: true,
            ..self
        }
    }

    /// The program as `haproxy`: `holdfast` takes that name as its first argument.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        if self.path.file_name().is_some_and(|name| name == "holdfast") {
            command.arg("haproxy");
        }
        command
    }

    /// Starts it in the foreground on the proxy's core and waits until it accepts connections at `address`.
    pub(super) fn start(&self, config: &Path, address: SocketAddr) -> anyhow::Result<Running> {
        let running = self.launch(config)?;
        running.until_it_accepts(address)?;
        Ok(running)
    }

    /// Starts it without waiting.
    pub(super) fn launch(&self, config: &Path) -> anyhow::Result<Running> {
        let log = config.with_extension("log");
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let same_file = file.try_clone().context("cannot write two streams to one file")?;
        let mut command = self.command();
        command.arg("-db").arg("-f").arg(config);
        command.stdin(Stdio::null()).stdout(file).stderr(same_file);
        let child = cpu::on_core(cpu::PROXY, || command.spawn())?.with_context(|| self.cannot_start())?;
        Ok(Running {
            child,
            log,
            ends_softly: self.ends_softly,
        })
    }

    fn cannot_start(&self) -> String {
        format!("cannot start {}", self.path.display())
    }
}

/// A program that runs until this is dropped.
pub(super) struct Running {
    child: Child,
    log: PathBuf,
    ends_softly: bool,
}

impl Running {
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until a connection to `address` can be made.
    pub(super) fn until_it_accepts(&self, address: SocketAddr) -> anyhow::Result<()> {
        let accepted = wait::until(Duration::from_secs(30), || {
            // A process that has ended never will.
            let ended =
                fs::read_to_string(format!("/proc/{}/stat", self.pid())).map_or(true, |s| s.contains(") Z "));
            if ended {
                return Some(false);
            }
            TcpStream::connect(address).ok().map(|_| true)
        });
        if accepted != Some(true) {
            let said = fs::read_to_string(&self.log).unwrap_or_default();
            bail!(
                "does not accept connections at {address}; it said: {}",
                said.trim()
            );
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if self.ends_softly
            && let Ok(pid) = i32::try_from(self.pid())
            && kill(Pid::from_raw(pid), Signal::SIGUSR1).is_ok()
        {
            let ended = || self.child.try_wait().ok().flatten();
            if wait::until(Duration::from_secs(30), ended).is_some() {
                return;
            }
        }
        // An error means that it has ended already, which the measurement has noticed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
