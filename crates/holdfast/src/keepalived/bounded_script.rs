//! A script that the program waits for, before it begins and when it is over, and not for longer than it may take.

use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use keepalived_conf::model::Script;
use nix::poll::poll;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::{Pid, getegid, geteuid};
use vrrp::log::Log;

/// How often it is looked whether it has ended, ms.
const LOOK: u8 = 20;

/// Runs it, and tells how it ended when that was not well. `called` is what it is called in messages.
pub(super) fn run(called: &str, script: &Script, timeout: Duration, log: &Log) {
    let program = script.command.first().map_or("", String::as_str);
    log.info(format!("Running {called} script {program}"));
    match start(script).and_then(|child| wait(child, timeout)) {
        Ok(Some(status)) if status.success() => {}
        Ok(Some(status)) => match status.signal() {
            Some(signal) => log.info(format!("{called} script script killed by signal {signal}")),
            None => log.info(format!(
                "{called} script script failed, status {}",
                status.code().unwrap_or_default()
            )),
        },
        Ok(None) => log.info(format!("{called} script timed out")),
        Err(error) => log.info(format!("{called} script cannot be run: {error}")),
    }
}

fn start(script: &Script) -> io::Result<Child> {
    let (program, arguments) = script
        .command
        .split_first()
        .ok_or_else(|| io::Error::other("it has no words"))?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    if !script.groups.is_empty() {
        vrrp::become_user(&mut command, script.uid, script.gid, &script.groups);
        return command.spawn();
    }
    if script.gid != getegid().as_raw() {
        command.gid(script.gid);
    }
    if script.uid != geteuid().as_raw() {
        command.uid(script.uid);
    }
    command.spawn()
}

/// Its end; none when it had to be ended.
fn wait(mut child: Child, timeout: Duration) -> io::Result<Option<ExitStatus>> {
    let until = Instant::now() + timeout;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= until {
            if let Ok(group) = i32::try_from(child.id()) {
                // It may just have ended.
                let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
            }
            child.wait()?;
            return Ok(None);
        }
        // Nothing else is to be done meanwhile.
        poll(&mut [], LOOK)?;
    }
}
