//! The namespaces around the whole lab, so that nothing of it can outlive it or touch the host.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};
use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::wait::{WaitStatus, wait};

use super::Args;

/// The lab's own folder: on a tmpfs that nobody outside sees and that vanishes with the lab.
pub(super) const WORK: &str = "/run/lab";

/// How the stages inside the namespaces came out.
pub(super) enum End {
    /// This machine makes no such namespaces.
    Refused(String),
    /// They ended.
    Ended(ExitStatus),
}

/// Runs the lab in new process, mount, network and host name namespaces, to its end.
pub(super) fn enter(args: &Args) -> Result<End> {
    let flags = CloneFlags::CLONE_NEWPID
        | CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWUTS;
    // A thread of its own: the namespaces for new processes are a thread's, and other layers of tests may follow.
    std::thread::scope(|scope| {
        let stages = scope.spawn(|| {
            if let Err(errno) = unshare(flags) {
                return Ok(End::Refused(format!(
                    "the kernel refuses new namespaces: {}",
                    errno.desc()
                )));
            }
            let status = Command::new(own_program()?).args(args.for_stage("init")).status();
            status
                .map(End::Ended)
                .context("cannot start the lab in its namespaces")
        });
        stages
            .join()
            .unwrap_or_else(|_| bail!("the lab's first stage panicked"))
    })
}

/// The process namespace's init: prepares the private mounts, starts the scenarios and reaps whatever is orphaned. Its
/// own end makes the kernel kill every process that is left.
pub(super) fn init(args: &Args) -> Result<()> {
    set_pdeathsig(Signal::SIGKILL).context("cannot tie the lab to the process that started it")?;
    let none: Option<&str> = None;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)
        .context("cannot make mounts private")?;
    mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none).context("cannot mount /proc")?;
    mount(
        Some("lab"),
        "/run",
        Some("tmpfs"),
        MsFlags::empty(),
        Some("mode=755"),
    )
    .context("cannot mount /run")?;
    std::fs::create_dir_all(WORK)?;

    let worker = Command::new(own_program()?)
        .args(args.for_stage("inside"))
        .env("PATH", path_with_sbin())
        .spawn()
        .context("cannot start the scenarios")?;
    let worker = i32::try_from(worker.id()).context("process id out of range")?;
    loop {
        match wait() {
            // The scenarios have said in the summary what they found.
            Ok(WaitStatus::Exited(pid, _)) if pid.as_raw() == worker => {
                return Ok(());
            }
            Ok(WaitStatus::Signaled(pid, signal, _)) if pid.as_raw() == worker => {
                bail!("the scenarios were ended by {signal}");
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno).context("cannot wait for the scenarios"),
        }
    }
}

fn own_program() -> Result<PathBuf> {
    std::env::current_exe().context("cannot tell the path of this program")
}

/// `PATH` with the sbin folders, which a root shell made by `sudo` or `su` may lack.
fn path_with_sbin() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let sbin = ["/usr/local/sbin", "/usr/sbin", "/sbin"].map(|folder| Path::new(folder).to_path_buf());
    std::env::join_paths(std::env::split_paths(&path).chain(sbin)).unwrap_or(path)
}
