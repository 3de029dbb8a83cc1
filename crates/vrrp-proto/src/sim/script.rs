//! A tracked script of a node on virtual time: its runs take no time, and end as whoever drives the cluster wants it.

use crate::Time;
use crate::track::{Health, ScriptAction, ScriptEnd, ScriptMachine, ScriptTiming, TrackId};

/// How the runs of a script end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptConduct {
    /// With success, at once.
    #[default]
    Succeeds,
    /// With status 1, at once.
    Fails,
    /// Not by themselves.
    Hangs,
}

#[derive(Debug)]
pub(super) struct Script {
    pub(super) node: usize,
    pub(super) id: TrackId,
    pub(super) conduct: ScriptConduct,
    timing: ScriptTiming,
    /// None: its node does not run.
    machine: Option<ScriptMachine>,
}

impl Script {
    pub(super) fn new(node: usize, id: TrackId, timing: ScriptTiming) -> Self {
        Self {
            node,
            id,
            conduct: ScriptConduct::default(),
            timing,
            machine: None,
        }
    }

    pub(super) fn start(&mut self, now: Time) {
        self.machine
            .get_or_insert_with(|| ScriptMachine::new(now, self.timing));
    }

    pub(super) fn stop(&mut self) {
        self.machine = None;
    }

    pub(super) fn poll_timeout(&self) -> Option<Time> {
        self.machine.as_ref().map(ScriptMachine::poll_timeout)
    }

    /// Lets the time go on; what it became by that, in order.
    pub(super) fn handle_timeout(&mut self, now: Time) -> Vec<Health> {
        let mut became = Vec::new();
        let Some(machine) = &mut self.machine else {
            return became;
        };
        machine.handle_timeout(now);
        while let Some(action) = machine.poll_action() {
            match action {
                ScriptAction::Run => match self.conduct {
                    ScriptConduct::Succeeds => machine.handle_end(ScriptEnd::Exited(0)),
                    ScriptConduct::Fails => machine.handle_end(ScriptEnd::Exited(1)),
                    ScriptConduct::Hangs => {}
                },
                // It ends when it is asked to.
                ScriptAction::Terminate => machine.handle_end(ScriptEnd::TimedOut),
                ScriptAction::Became(health, _) => became.push(health),
                ScriptAction::SkippedStillRunning | ScriptAction::ReturningNow(_) => {}
            }
        }
        became
    }
}
