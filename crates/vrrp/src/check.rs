//! Tracked scripts at work: starts, watches and ends them as `ScriptMachine` says, and tells what became of them.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use keepalived_conf::model::VrrpScript;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::sleep_until;
use vrrp_proto::track::{Health, ScriptAction, ScriptEnd, ScriptMachine, ScriptTiming};

use crate::clock::Clock;
use crate::log::Log;
use crate::process::Running;

/// The exit status that counts for a script that cannot be started: the one that shells have for it.
const NOT_STARTED: i32 = 127;

/// A script's state has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Report {
    /// The script's name.
    pub(crate) script: String,
    /// Its state from now on.
    pub(crate) health: Health,
}

/// A script that is run again and again. Dropped, it is no longer run, and a run under way is asked to end.
#[derive(Debug)]
pub(crate) struct Check {
    /// What is run.
    pub(crate) script: VrrpScript,
    /// What is known of it.
    pub(crate) health: Health,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Check {
    /// Runs `script` from now on. To be called within a local runtime.
    pub(crate) fn start(
        script: VrrpScript,
        health: Health,
        clock: Clock,
        log: Log,
        reports: mpsc::UnboundedSender<Report>,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        let task = spawn_local(run(script.clone(), clock, log, reports, stopped));
        Self {
            script,
            health,
            stop,
            task,
        }
    }

    /// Ends it; done when no run is under way any more.
    pub(crate) async fn end(self) {
        drop(self.stop);
        // It has nothing to tell.
        let _ = self.task.await;
    }
}

/// How often and how long a script runs, as its machine wants it.
#[must_use]
pub fn script_timing(script: &VrrpScript) -> ScriptTiming {
    ScriptTiming {
        interval: script.interval,
        timeout: script.timeout.unwrap_or(script.interval),
        rise: script.rise,
        fall: script.fall,
    }
}

async fn run(
    script: VrrpScript,
    clock: Clock,
    log: Log,
    reports: mpsc::UnboundedSender<Report>,
    mut stopped: oneshot::Receiver<()>,
) {
    let name = &script.name;
    let mut machine = ScriptMachine::new(clock.now(), script_timing(&script));
    let mut running: Option<Running> = None;
    loop {
        machine.handle_timeout(clock.now());
        while let Some(action) = machine.poll_action() {
            match action {
                ScriptAction::Run => match Running::start(&script.script, &[]) {
                    Ok(started) => running = Some(started),
                    Err(error) => {
                        log.info(format!("VRRP_Script({name}) cannot be run: {error}"));
                        machine.handle_end(ScriptEnd::Exited(NOT_STARTED));
                    }
                },
                ScriptAction::SkippedStillRunning => log.info(format!(
                    "Track script {name} is already running, expect idle - skipping run"
                )),
                ScriptAction::Terminate => {
                    if let Some(mut running) = running.take() {
                        // How it ends is of no interest any more.
                        let _ = running.end().await;
                    }
                    machine.handle_end(ScriptEnd::TimedOut);
                }
                ScriptAction::ReturningNow(status) => {
                    log.info(format!("Script `{name}` now returning {status}"));
                }
                ScriptAction::Became(health, end) => {
                    log.info(format!("VRRP_Script({name}) {}", words(health, end)));
                    let report = Report {
                        script: name.clone(),
                        health,
                    };
                    // Nobody listens any more when the program ends.
                    if reports.send(report).is_err() {
                        return;
                    }
                }
            }
        }
        tokio::select! {
            biased;
            _ = &mut stopped => {
                if let Some(mut running) = running.take() {
                    // How it ends is of no interest any more.
                    let _ = running.end().await;
                }
                return;
            }
            end = ended(&mut running) => {
                running = None;
                machine.handle_end(end);
            }
            () = sleep_until(clock.instant(machine.poll_timeout())) => {}
        }
    }
}

/// Waits for the end of the run under way; for ever when there is none.
async fn ended(running: &mut Option<Running>) -> ScriptEnd {
    match running {
        Some(running) => running
            .wait()
            .await
            .map_or(ScriptEnd::Exited(NOT_STARTED), end_from),
        None => std::future::pending().await,
    }
}

fn end_from(status: ExitStatus) -> ScriptEnd {
    match (status.code(), status.signal()) {
        (Some(code), _) => ScriptEnd::Exited(code),
        (None, signal) => ScriptEnd::Killed(signal.unwrap_or_default()),
    }
}

/// What the log says of a new state.
fn words(health: Health, end: ScriptEnd) -> String {
    match (health, end) {
        (Health::Up, _) => "succeeded".to_owned(),
        (_, ScriptEnd::Exited(status)) => format!("failed (exited with status {status})"),
        (_, ScriptEnd::Killed(signal)) => format!("failed (due to signal {signal})"),
        (_, ScriptEnd::TimedOut) => "timed_out".to_owned(),
    }
}
