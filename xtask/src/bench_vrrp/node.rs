//! The machines of a measurement: namespaces with cables, a program that speaks VRRP in one, and what is recorded of its adverts.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use test_support::namespace::Namespace;
use test_support::process::{Program, resident_kib};

use crate::lab::capture::{parse, record};
use crate::wait::until;

/// How long anything is waited for: a thousand instances and a busy machine take their time.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that is measured.
pub(super) struct Subject {
    pub(super) label: &'static str,
    program: PathBuf,
    before: &'static [&'static str],
}

impl Subject {
    /// keepalived itself.
    pub(super) fn original(program: &Path) -> Self {
        Self {
            label: "keepalived",
            program: program.to_owned(),
            before: &[],
        }
    }

    /// Holdfast in its place.
    pub(super) fn holdfast(program: &Path) -> Self {
        Self {
            label: "holdfast",
            program: program.to_owned(),
            before: &["keepalived", "-G"],
        }
    }
}

/// A machine.
pub(super) struct Node {
    pub(super) network: Namespace,
    folder: tempfile::TempDir,
}

impl Node {
    /// One without a cable.
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            network: Namespace::new()?,
            folder: tempfile::tempdir()?,
        })
    }

    /// Writes its configuration.
    pub(super) fn write(&self, text: &str) -> Result<()> {
        Ok(fs::write(self.folder.path().join("keepalived.conf"), text)?)
    }

    /// Starts a program on it.
    pub(super) fn start(&self, subject: &Subject) -> Result<Running> {
        let at = |name: &str| self.folder.path().join(name);
        for name in ["parent.pid", "vrrp.pid"] {
            // Of one that was killed.
            match fs::remove_file(at(name)) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
                _ => {}
            }
        }
        let mut command = self.network.command(&subject.program.to_string_lossy());
        command
            .args(subject.before)
            .args(["-P", "-n", "-l", "-f"])
            .arg(at("keepalived.conf"))
            .arg("-p")
            .arg(at("parent.pid"))
            .arg("-r")
            .arg(at("vrrp.pid"));
        let program = Program::start(&mut command)?;
        let pid = |name: &str| {
            let file = at(name);
            until(PATIENCE, || fs::read_to_string(&file).ok()?.trim().parse().ok())
                .with_context(|| format!("no {name}"))
        };
        Ok(Running {
            parent: pid("parent.pid")?,
            child: pid("vrrp.pid")?,
            program,
        })
    }

    /// How many addresses it has that end in that.
    fn addresses(&self, end: &str) -> Result<usize> {
        let shown = self.network.ip(&["-o", "-4", "addr", "show"])?;
        Ok(shown.lines().filter(|line| line.contains(end)).count())
    }

    /// Waits until it has so many virtual addresses (those of `/32`).
    pub(super) fn wait_for(&self, count: usize, running: &Running) -> Result<()> {
        until(PATIENCE, || {
            self.addresses("/32 ")
                .is_ok_and(|found| found == count)
                .then_some(())
        })
        .with_context(|| {
            let found = self.addresses("/32 ").unwrap_or_default();
            let said = running.program.output().unwrap_or_default();
            let end: Vec<&str> = said.lines().rev().take(5).collect();
            format!(
                "{found} of {count} addresses; it said at last: {}",
                end.join(" | ")
            )
        })
    }
}

/// A program at work. It is killed when this goes out of scope.
pub(super) struct Running {
    parent: i32,
    child: i32,
    program: Program,
}

impl Running {
    /// Sends its parent a signal.
    pub(super) fn signal(&self, signal: Signal) -> Result<()> {
        Ok(kill(Pid::from_raw(self.parent), signal)?)
    }

    /// Has it end in order.
    pub(super) fn stop(mut self) -> Result<()> {
        self.signal(Signal::SIGTERM)?;
        until(PATIENCE, || self.program.wait_code()).context("it does not end")?;
        Ok(())
    }

    /// Ends all of it at once, as a power failure does.
    pub(super) fn kill(&self) -> Result<()> {
        // The parent may not start another, nor the child give anything back.
        kill(Pid::from_raw(self.parent), Signal::SIGSTOP)?;
        kill(Pid::from_raw(self.child), Signal::SIGKILL)?;
        Ok(kill(Pid::from_raw(self.parent), Signal::SIGKILL)?)
    }

    /// CPU time of the process that speaks VRRP so far, all of its threads together.
    pub(super) fn cpu(&self) -> Result<Duration> {
        let mut all = Duration::ZERO;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child))? {
            let stat = fs::read_to_string(thread?.path().join("schedstat"))?;
            let nanoseconds = stat.split(' ').next().context("no time")?.parse()?;
            all += Duration::from_nanos(nanoseconds);
        }
        Ok(all)
    }

    /// Memory of that process, in KiB.
    pub(super) fn memory(&self) -> Result<u64> {
        Ok(resident_kib(self.child)?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for pid in [self.child, self.parent] {
            // It may have ended already.
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

/// An advert that was recorded.
#[derive(Clone, Copy, Debug)]
pub(super) struct Advert {
    pub(super) at: SystemTime,
    pub(super) source: [u8; 4],
    pub(super) vrid: u8,
    pub(super) priority: u8,
}

/// A recording of all adverts of IPv4 that come into a machine.
pub(super) struct Recording {
    file: PathBuf,
    program: Program,
    _folder: tempfile::TempDir,
}

/// Bytes of the header that tcpdump puts before packets of any interface (LINUX_SLL2).
const LINK_HEADER: usize = 20;

impl Recording {
    /// Begins one; nothing is missed from then on.
    pub(super) fn start(network: &Namespace) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("adverts.pcap");
        let mut command: Command = network.command("tcpdump");
        record(
            &mut command,
            &["-i", "any", "-y", "LINUX_SLL2", "-Q", "in"],
            &file,
            "ip proto 112",
        );
        let program = Program::start(&mut command)?;
        until(PATIENCE, || {
            let text = program.output().ok()?;
            text.contains("listening on").then_some(())
        })
        .context("tcpdump does not listen")?;
        Ok(Self {
            file,
            program,
            _folder: folder,
        })
    }

    /// What was recorded so far.
    pub(super) fn adverts(&self) -> Result<Vec<Advert>> {
        let bytes = fs::read(&self.file)?;
        Ok(parse(&bytes)?
            .iter()
            .filter_map(|frame| advert(frame.at, &frame.bytes))
            .collect())
    }

    /// Ends it; all that was recorded.
    pub(super) fn end(mut self) -> Result<Vec<Advert>> {
        self.program.signal(Signal::SIGINT)?;
        if self.program.wait_code() != Some(0) {
            bail!("tcpdump does not end as it should");
        }
        self.adverts()
    }

    /// Waits for an advert such as that.
    pub(super) fn wait_for(&self, what: &str, is_it: impl Fn(&Advert) -> bool) -> Result<Advert> {
        until(PATIENCE, || self.adverts().ok()?.into_iter().find(&is_it))
            .with_context(|| format!("no {what}"))
    }
}

fn advert(at: SystemTime, frame: &[u8]) -> Option<Advert> {
    let packet = frame.get(LINK_HEADER..)?;
    let header = usize::from(packet.first()? & 0x0f) * 4;
    Some(Advert {
        at,
        source: packet.get(12..16)?.try_into().ok()?,
        vrid: *packet.get(header + 1)?,
        priority: *packet.get(header + 2)?,
    })
}

/// One instance of a file.
pub(super) fn instance(
    name: &str,
    interface: &str,
    vrid: usize,
    priority: u8,
    interval: &str,
    address: &str,
) -> String {
    format!(
        "vrrp_instance {name} {{\n interface {interface}\n version 3\n virtual_router_id {vrid}\n priority {priority}\n \
         advert_int {interval}\n virtual_ipaddress {{\n {address}/32\n }}\n}}\n"
    )
}

/// Global definitions of all files: nothing in them differs between the programs, and the scheduler does not decide the figures.
pub(super) const GLOBAL: &str = "global_defs {\n vrrp_rt_priority 20\n vrrp_rlimit_rttime 5000000\n vrrp_garp_master_repeat 1\n vrrp_garp_master_delay 0\n}\n";

/// Milliseconds, as they are printed.
pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
