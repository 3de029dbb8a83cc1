//! Checks by a program (`option external-check`): it is started, and its exit status is the verdict.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use haproxy_cfg::model::ProxyId;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proxy_core::check::{CheckStatus, ProgramPlan, Verdict};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout, timeout_at};

use crate::thread::Thread;

/// What a program that cannot be started is taken to end with.
const NOT_STARTED: i32 = 255;

/// What a program is taken to end with that a signal ended.
const BY_SIGNAL: i32 = -1;

/// Between the signal that asks a program to end and the one that it cannot withstand.
const GRACE: Duration = Duration::from_secs(1);

/// Asks the program of a backend how one of its servers does; it has until `until` for its answer.
pub(super) async fn ask(
    plan: &ProgramPlan,
    thread: &Thread,
    (proxy, server): (ProxyId, usize),
    until: Instant,
) -> Verdict {
    let config = thread.config().proxy(proxy);
    let state = &thread.shared.runtime.proxies[proxy.0 as usize];
    let call = plan.call(
        config.mode,
        &config.servers[server],
        &state.servers[server],
        state,
    );
    let mut command = Command::new(OsStr::from_bytes(&plan.command));
    if !plan.keeps_environment {
        command.env_clear();
    }
    command
        .args(call.arguments.iter().map(|argument| OsStr::from_bytes(argument)))
        .envs(
            call.environment
                .iter()
                .map(|(name, value)| (name, OsStr::from_bytes(value))),
        )
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let Ok(mut child) = command.spawn() else {
        return ended(CheckStatus::ProgramError, NOT_STARTED);
    };
    match timeout_at(until, child.wait()).await {
        Ok(Ok(status)) => of_status(status),
        Ok(Err(_)) => ended(CheckStatus::ProgramError, NOT_STARTED),
        Err(_) => {
            end(&mut child).await;
            ended(CheckStatus::ProgramTimeout, 0)
        }
    }
}

fn ended(status: CheckStatus, code: i32) -> Verdict {
    Verdict {
        code: Some(code),
        ..Verdict::plain(status)
    }
}

fn of_status(status: ExitStatus) -> Verdict {
    match status.code() {
        Some(0) => ended(CheckStatus::ProgramOk, 0),
        Some(code) => ended(CheckStatus::ProgramError, code),
        None => ended(CheckStatus::ProgramError, BY_SIGNAL),
    }
}

/// Ends a program that took too long, and waits for its end.
async fn end(child: &mut Child) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
    // One that ended meanwhile needs no signal.
    let asked = pid.is_some_and(|pid| kill(Pid::from_raw(pid), Signal::SIGTERM).is_ok());
    if !asked || timeout(GRACE, child.wait()).await.is_err() {
        // It is gone, or goes now.
        let _gone = child.kill().await;
    }
}
