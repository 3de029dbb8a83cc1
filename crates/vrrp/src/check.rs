//! Tracked scripts at work: starts, watches and ends them as `ScriptMachine` says, and tells what became of them.

use std::cell::Cell;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::rc::Rc;
use std::time::Duration;

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

/// How the runs of a script have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// With status 0.
    pub(crate) succeeded: u64,
    /// With another one, or by a signal, or not at all because they could not begin.
    pub(crate) failed: u64,
    /// Too late.
    pub(crate) timed_out: u64,
    /// The status of the last one that had one.
    pub(crate) last_status: Option<i32>,
    /// How long the last one took.
    pub(crate) last_run: Option<Duration>,
}

impl Tally {
    fn count(&mut self, end: ScriptEnd, took: Duration) {
        match end {
            ScriptEnd::Exited(0) => self.succeeded += 1,
            ScriptEnd::Exited(_) | ScriptEnd::Killed(_) => self.failed += 1,
            ScriptEnd::TimedOut => self.timed_out += 1,
        }
        if let ScriptEnd::Exited(status) = end {
            self.last_status = Some(status);
        }
        self.last_run = Some(took);
    }
}

/// A script that is run again and again. Dropped, it is no longer run, and a run under way is asked to end.
#[derive(Debug)]
pub(crate) struct Check {
    /// What is run.
    pub(crate) script: VrrpScript,
    /// What is known of it.
    pub(crate) health: Health,
    tally: Rc<Cell<Tally>>,
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
        let tally = Rc::<Cell<Tally>>::default();
        let counted = Rc::clone(&tally);
        let task = spawn_local(run(script.clone(), clock, log, reports, counted, stopped));
        Self {
            script,
            health,
            tally,
            stop,
            task,
        }
    }

    /// How its runs have ended.
    pub(crate) fn tally(&self) -> Tally {
        self.tally.get()
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
    tally: Rc<Cell<Tally>>,
    mut stopped: oneshot::Receiver<()>,
) {
    let name = &script.name;
    let mut machine = ScriptMachine::new(clock.now(), script_timing(&script));
    let mut running: Option<Running> = None;
    let mut began = clock.now();
    let count = |end, began| {
        let mut counts = tally.get();
        counts.count(end, clock.now().saturating_sub(began));
        tally.set(counts);
    };
    loop {
        machine.handle_timeout(clock.now());
        while let Some(action) = machine.poll_action() {
            match action {
                ScriptAction::Run => {
                    began = clock.now();
                    match Running::start(&script.script, &[]) {
                        Ok(started) => running = Some(started),
                        Err(error) => {
                            log.info(format!("VRRP_Script({name}) cannot be run: {error}"));
                            count(ScriptEnd::Exited(NOT_STARTED), began);
                            machine.handle_end(ScriptEnd::Exited(NOT_STARTED));
                        }
                    }
                }
                ScriptAction::SkippedStillRunning => log.info(format!(
                    "Track script {name} is already running, expect idle - skipping run"
                )),
                ScriptAction::Terminate => {
                    if let Some(mut running) = running.take() {
                        // How it ends is of no interest any more.
                        let _ = running.end().await;
                    }
                    count(ScriptEnd::TimedOut, began);
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
                count(end, began);
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
