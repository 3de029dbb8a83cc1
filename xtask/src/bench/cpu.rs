//! Cores, CPU time and resident memory of other processes.

use std::fs;
use std::iter::Sum;
use std::time::Duration;

use anyhow::Context;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::time::ClockId;
use nix::unistd::Pid;
use test_support::process::resident_kib;

/// The core of the proxy.
pub(super) const PROXY: usize = 0;
/// The core of nginx and of the load generator. On a machine with one core it is the same.
pub(super) const LOAD: usize = 1;

/// Does `start` with this thread on one core: a process that it starts stays there, with all its threads.
pub(super) fn on_core<T>(core: usize, start: impl FnOnce() -> T) -> anyhow::Result<T> {
    let this_thread = Pid::from_raw(0);
    let before = sched_getaffinity(this_thread).context("cannot read this thread's cores")?;
    let mut wanted = CpuSet::new();
    let core = if before.is_set(core).unwrap_or(false) {
        core
    } else {
        0
    };
    wanted.set(core).context("no such core")?;
    sched_setaffinity(this_thread, &wanted).with_context(|| format!("cannot move to core {core}"))?;
    let result = start();
    sched_setaffinity(this_thread, &before).context("cannot move back to all cores")?;
    Ok(result)
}

/// The CPU time, user and system, that a process and its living children have used.
pub(super) fn time_of(pid: u32) -> anyhow::Result<Duration> {
    with_children(pid, |process| {
        let id = Pid::from_raw(i32::try_from(process).context("a process id beyond 31 bits")?);
        let clock = ClockId::pid_cpu_clock_id(id).with_context(|| format!("process {process} has ended"))?;
        let time = clock
            .now()
            .with_context(|| format!("process {process} has ended"))?;
        Ok(Duration::from(time))
    })
}

/// The resident memory of a process and its living children, in bytes.
pub(super) fn resident(pid: u32) -> anyhow::Result<u64> {
    with_children(pid, |process| {
        let kibibytes = resident_kib(process.cast_signed())
            .with_context(|| format!("cannot tell the memory of process {process}"))?;
        Ok(kibibytes * 1024)
    })
}

/// The sum of a measure over the process, its children, and theirs. A child that ends meanwhile counts nothing; the
/// process itself must live.
fn with_children<T: Sum>(pid: u32, measure: impl Fn(u32) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let mut measured = vec![measure(pid)?];
    let mut open = children(pid);
    while let Some(process) = open.pop() {
        measured.extend(measure(process));
        open.extend(children(process));
    }
    Ok(measured.into_iter().sum())
}

/// The living children of a process; none when it has ended.
fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| {
            list.split_whitespace()
                .filter_map(|child| child.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Lets this process and those that it starts have as many open files as it may give them, and says how many.
pub(super) fn raise_open_files() -> anyhow::Result<u64> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).context("cannot read the limit of open files")?;
    // Who may raise the hard limit gets what 20,000 connections with both their sides need.
    let wanted = hard.max(41_000);
    if setrlimit(Resource::RLIMIT_NOFILE, wanted, wanted).is_ok() {
        return Ok(wanted);
    }
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("cannot raise the limit of open files")?;
    Ok(hard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn a_process_started_on_a_core_stays_there() {
        let output = on_core(PROXY, || {
            Command::new("sh")
                .args(["-c", "grep Cpus_allowed_list /proc/self/status"])
                .output()
        })
        .expect("moved")
        .expect("started");
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            "Cpus_allowed_list:\t0"
        );
    }

    #[test]
    fn cpu_time_grows_with_work_and_memory_is_there() {
        let own = std::process::id();
        let before = time_of(own).expect("own time");
        let mut sum = 0_u64;
        while time_of(own).expect("own time") < before + Duration::from_millis(5) {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(sum > 0);
        assert!(resident(own).expect("own memory") > 100_000);
    }

    #[test]
    fn a_process_that_has_ended_is_an_error() {
        let mut child = Command::new("true").spawn().expect("started");
        let pid = child.id();
        child.wait().expect("ended");
        assert!(time_of(pid).is_err());
        assert!(resident(pid).is_err());
    }
}
