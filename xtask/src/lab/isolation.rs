//! The namespaces around the whole lab, so that nothing of it can outlive it or touch the host.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, wait};

use super::LEFT_OUT;

/// First argument of the stage that is the process namespace's init.
pub(super) const INIT: &str = "__init";
/// First argument of the stage that runs the scenarios.
pub(super) const INSIDE: &str = "__inside";

/// The lab's own folder: a tmpfs that nobody outside sees and that vanishes with the lab.
pub(super) const WORK: &str = "/run/lab";

/// Starts the lab in new process, mount and network namespaces and gives its exit status.
pub(super) fn enter(args: &[String]) -> Result<ExitCode> {
    let flags = CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWUTS;
    if let Err(errno) = unshare(flags) {
        eprintln!("lab: left out: the kernel refuses new namespaces: {}", errno.desc());
        return Ok(ExitCode::from(LEFT_OUT));
    }
    let status = Command::new(own_program()?)
        .args(["lab", INIT])
        .args(args)
        .status()
        .context("cannot start the lab in its namespaces")?;
    Ok(ExitCode::from(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}

/// The process namespace's init: prepares the private mounts, starts the scenarios, reaps whatever is orphaned, and ends
/// with the scenarios' status. Its own end makes the kernel kill every process that is left.
pub(super) fn init(args: &[String]) -> Result<ExitCode> {
    set_pdeathsig(Signal::SIGKILL).context("cannot tie the lab to the process that started it")?;
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).context("cannot make mounts private")?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none).context("cannot mount /proc")?;
    mount(Some("lab"), "/run", Some("tmpfs"), MsFlags::empty(), Some("mode=755")).context("cannot mount /run")?;
    std::fs::create_dir_all(WORK)?;

    let worker = Command::new(own_program()?)
        .args(["lab", INSIDE])
        .args(args)
        .env("PATH", path_with_sbin())
        .process_group(0)
        .spawn()
        .context("cannot start the scenarios")?;
    let worker = i32::try_from(worker.id()).context("process id out of range")?;
    loop {
        match wait() {
            Ok(WaitStatus::Exited(pid, code)) if pid.as_raw() == worker => {
                return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid.as_raw() == worker => {
                anyhow::bail!("the scenarios were ended by {signal}");
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno).context("cannot wait for the scenarios"),
        }
    }
}

fn own_program() -> Result<std::path::PathBuf> {
    std::env::current_exe().context("cannot tell the path of this program")
}

/// `PATH` with the sbin folders, which a root shell made by `sudo` or `su` may lack.
fn path_with_sbin() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(|folder| Path::new(folder).to_path_buf());
    std::env::join_paths(std::env::split_paths(&path).chain(sbin)).unwrap_or(path)
}
